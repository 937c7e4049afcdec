"""Writing: a topic, a reply, a change. Every refusal gives the text back."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from forum import actions, drafts_showing, inserting, rules
from forum.actions import Conflict, Refused, Submission
from forum.actions.drafting import forget_drafts, use_aside
from forum.actions.standing import HeldBack
from forum.forms.writing import ReplyForm, TopicForm
from forum.models import Board, Draft, Member, Post, PostRevision, Topic
from forum.openings import begin_with
from forum.showing import team_words
from forum.topic_showing import calm_lines
from forum.views import composing
from forum.views.composing import FIELDS
from forum.views.doors import member_of, members_only, refuse_unless
from forum.views.keeping import (
    forget_parked,
    keeps,
    key_of,
    may_be_kept,
    new_token,
    token_of,
    was_shown_here,
)
from forum.views.writing_page import held_back, restraint_of, sent, show

GONE = gettext_lazy("This cannot be sent here any more. Copy your text if you need it elsewhere.")

#: Buttons that keep what is typed and send nothing, and buttons that help to write it.
KEEPS = ("keep", "use", "forget")
HELPS = ("opening", "similar")

Send = Callable[[Member, ReplyForm, str], Submission]


@require_http_methods(["GET", "HEAD", "POST"])
@keeps(*FIELDS)
@members_only
def new_topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a first post in a board."""
    board = get_object_or_404(Board.objects.seen_by(request.user), slug=slug)
    refuse_unless(rules.is_here(request.user))

    def send(by: Member, form: ReplyForm, key: str) -> Submission:
        return actions.submit_topic(by=by, board=board, wording=form.wording, client_token=key)

    page = {"board": board, "heading": _("Start a topic"), "back": (board.get_absolute_url(), board.name)}
    begin = begin_with(board, request.GET.get("opening", ""))
    key = drafts_showing.key_of(drafts_showing.TOPIC, board.slug)
    return _write(request, form_class=TopicForm, send=send, page=page, key=key, initial=begin)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps(*FIELDS)
@members_only
def reply(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write a reply in an open topic."""
    topic = _topic_to_answer(request, public_id)
    if topic is None:
        if request.method == "POST" and was_shown_here(request):
            return _given_back(request)
        raise Http404
    if request.method != "POST":
        refuse_unless(rules.takes_replies(topic))

    def send(by: Member, form: ReplyForm, key: str) -> Submission:
        return actions.submit_reply(by=by, topic=topic, wording=form.wording, client_token=key)

    page = {
        "board": topic.board,
        "topic": topic,
        "writes": {"topic": topic},
        "quoted": _quoted(request, topic) if request.method != "POST" else "",
        "heading": _("Write a reply"),
        "back": (topic.get_absolute_url(), topic.title),
        # Said before a word is written; a hold is said by "what happens next".
        "calm_lines": [line for line in calm_lines(topic, now=timezone.now()) if line.kind == "slow"],
    }
    key = drafts_showing.key_of(drafts_showing.REPLY, topic.public_id)
    return _write(request, form_class=ReplyForm, send=send, page=page, key=key)


def _quoted(request: HttpRequest, topic: Topic) -> str:
    """The post of this topic that the address asks to quote, as a block; empty for any that cannot be."""
    public_id = request.GET.get("quote", "")
    if not public_id:
        return ""
    posts = Post.objects.seen_by(request.user).filter(topic=topic, public_id=public_id)
    post = posts.select_related("author__user", "published_revision").first()
    return inserting.to_quote(post, by=member_of(request)) if post else ""


def _topic_to_answer(request: HttpRequest, public_id: str) -> Topic | None:
    """The topic if this person may open it. Roles are asked for only when it is not one that all can read."""
    topics = Topic.objects.with_title().filter(public_id=public_id)
    return topics.listed_for(request.user).first() or topics.seen_by(request.user).first()


def _given_back(request: HttpRequest) -> HttpResponse:
    """The topic went away while this person wrote: it is not named any more, and their words are kept."""
    form = ReplyForm(request.POST)
    form.is_valid()
    form.add_error(None, GONE)
    page = {"heading": _("Write a reply"), "back": (reverse("talk"), _("Talk"))}
    return show(request, form, page, token=token_of(request), status=404)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps(*FIELDS)
@members_only
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change one's own post; the changed text waits for a person."""
    post = _own_post(request, public_id)
    if request.method != "POST":
        refuse_unless(rules.may_edit(request.user, post))
    latest = post.latest_revision
    inserting.insert([latest], user=request.user)
    initial = composing.fields_of(latest) if latest else {}
    key = drafts_showing.key_of(drafts_showing.EDIT, post.public_id)

    def send(by: Member, form: ReplyForm, token: str) -> Submission:
        submission = actions.edit_post(by=by, post=post, wording=form.wording)
        forget_drafts(by=by, key=key, client_token=token)
        return submission

    page = {
        "board": post.topic.board,
        "post": post,
        "writes": {"topic": post.topic, "earlier": latest},
        "heading": _("Change your post"),
        "back": (post.get_absolute_url(), _("Back to the post")),
        "is_change": True,
        "shows_at_once": actions.in_grace(by=member_of(request), post=post),
        "team": team_words([post]).get(post.pk),
    }
    form_class = TopicForm if post.is_first else ReplyForm
    return _write(request, form_class=form_class, send=send, page=page, key=key, initial=initial)


def _own_post(request: HttpRequest, public_id: str) -> Post:
    """One's own post; someone else's, seen or not, is not there to be changed."""
    return get_object_or_404(
        Post.objects.seen_by(request.user)
        .filter(author__user_id=request.user.pk)
        .select_related("topic__board", "author__user", "latest_revision", "published_revision"),
        public_id=public_id,
    )


def _write(
    request: HttpRequest,
    *,
    form_class: type[ReplyForm],
    send: Send,
    page: dict[str, Any],
    key: str,
    initial: dict[str, Any] | None = None,
) -> HttpResponse:
    """The one writing page: show, keep, preview, send. `send` calls the action and may refuse.

    `key` names the place its drafts are kept for; `initial` is what it opens with when there is none.
    """
    if request.method != "POST":
        opening = composing.opening_of(request, key, initial=initial or {})
        restraint = restraint_of(request, page)
        if restraint:  # said before a word is typed; what was typed before is given back
            return held_back(request, restraint, page, opening.words)
        fields = composing.with_quote(opening.fields or initial or {}, page.get("quoted", ""))
        form = form_class(initial=fields)
        return show(request, form, page | {"opening": opening}, token=new_token(request, key=opening.key))
    if any(name in request.POST for name in KEEPS):
        return _keep(request, form_class, page, key)
    if any(name in request.POST for name in HELPS):
        # What is shown then has links that lead away: what is typed is kept before.
        kept = composing.keep(request, key=key, is_asked=False)
        form = form_class(initial=composing.helped(request, page))
        return show(request, form, page | kept, token=kept["token"])
    form = form_class(request.POST, by=member_of(request), **page.get("writes", {}))
    token, client_token = token_of(request), key_of(request, form)
    if not form.is_valid():
        return show(request, form, page, token=token, status=422)
    if "preview" in request.POST:
        preview = form.wording
        restraint = restraint_of(request, page)
        if restraint:
            page = page | {"held_back": restraint}
        kept = composing.keep(request, key=key, is_asked=False)
        return show(request, form, page | kept | {"preview": preview}, token=kept["token"])
    try:
        submission = send(member_of(request), form, client_token)
    except HeldBack as refusal:
        form.add_error(None, refusal.message)
        return show(request, form, page | {"held_back": refusal.restraint}, token=token, status=403)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return show(request, form, page, token=token, status=422)
    except Conflict:
        form.add_error(None, _("This post changed in the meantime. Look at it again, then send."))
        return show(request, form, page, token=token, status=409)
    except PermissionDenied:
        form.add_error(None, GONE)
        return show(request, form, page, token=token, status=403)
    if submission.repeated and not _holds(submission.post, form):
        form.add_error(
            None, _("You sent this form before, with other words. These are not sent yet: send them again.")
        )
        return show(request, form, page, token=new_token(request), status=409)
    if may_be_kept(request):
        forget_parked(request)
    return sent(request, submission, form, page)


def _keep(request: HttpRequest, form_class: type[ReplyForm], page: dict[str, Any], key: str) -> HttpResponse:
    """Keep what is typed; and then, if that was asked for, open another text or ask to delete one."""
    kept = composing.keep(request, key=key)
    if "not_kept" not in kept:
        to_delete, to_use = composing.number(request, "forget"), composing.number(request, "use")
        if to_delete:
            return HttpResponseRedirect(reverse("delete_draft", args=[to_delete]) + "?place")
        if to_use or request.POST.get("use") == composing.PARKED:
            aside = Draft.objects.filter(member=member_of(request), key=key, pk=to_use).first()
            filled_with, stands_in = composing.known_to(request).pk, kept["known"].pk
            # Pressed twice, the words of the field have changed places already: once more would take it back.
            if aside and (filled_with == to_use) == (stands_in == to_use):
                use_aside(by=member_of(request), aside=aside)
            return HttpResponseRedirect(f"{request.path}?use={to_use or composing.PARKED}")
    form = form_class(initial=composing.typed_in(request))
    status = 422 if "not_kept" in kept else 409 if kept.get("conflict") else 200
    return show(request, form, page | kept, token=kept["token"], status=status)


def _holds(post: Post, form: ReplyForm) -> bool:
    """Did these very words arrive in that post?"""
    return bool(PostRevision.objects.filter(post=post, sha256=form.wording.sha256).exists())
