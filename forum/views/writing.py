"""Writing: a topic, a reply, a change. Every refusal gives the text back."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from forum import actions, rules
from forum.actions import Conflict, Refused, Submission
from forum.actions.standing import HeldBack
from forum.forms.writing import ReplyForm, TopicForm
from forum.models import Board, Member, Post, PostRevision, Topic
from forum.showing import team_words
from forum.states import PostState, Premoderation, Trust
from forum.topic_showing import calm_lines
from forum.views.doors import member_of, members_only, refuse_unless
from forum.views.keeping import (
    came_back,
    done,
    keeps,
    key_of,
    may_be_kept,
    new_token,
    token_of,
    was_shown_here,
)
from forum.waiting import measured_wait

GONE = gettext_lazy("This cannot be sent here any more. Copy your text if you need it elsewhere.")

Send = Callable[[Member, ReplyForm, str], Submission]


@require_http_methods(["GET", "HEAD", "POST"])
@keeps("title", "text")
@members_only
def new_topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a first post in a board."""
    board = get_object_or_404(Board.objects.seen_by(request.user), slug=slug)
    refuse_unless(rules.is_here(request.user))

    def send(by: Member, form: ReplyForm, key: str) -> Submission:
        return actions.submit_topic(by=by, board=board, wording=form.wording, client_token=key)

    page = {"board": board, "heading": _("Start a topic"), "back": (board.get_absolute_url(), board.name)}
    return _write(request, form_class=TopicForm, send=send, page=page)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps("title", "text")
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
        "heading": _("Write a reply"),
        "back": (topic.get_absolute_url(), topic.title),
        # Said before a word is written; a hold is said by "what happens next".
        "calm_lines": [line for line in calm_lines(topic, now=timezone.now()) if line.kind == "slow"],
    }
    return _write(request, form_class=ReplyForm, send=send, page=page)


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
    return _page(request, form, page, token=token_of(request), status=404)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps("title", "text")
@members_only
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change one's own post; the changed text waits for a person."""
    post = _own_post(request, public_id)
    if request.method != "POST":
        refuse_unless(rules.may_edit(request.user, post))
    latest = post.latest_revision
    initial = {"title": latest.title, "text": latest.source} if latest else {}

    def send(by: Member, form: ReplyForm, key: str) -> Submission:
        return actions.edit_post(by=by, post=post, wording=form.wording)

    page = {
        "board": post.topic.board,
        "post": post,
        "heading": _("Change your post"),
        "back": (post.get_absolute_url(), _("Back to the post")),
        "is_change": True,
        "team": team_words([post]).get(post.pk),
    }
    form_class = TopicForm if post.is_first else ReplyForm
    return _write(request, form_class=form_class, send=send, page=page, initial=initial)


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
    initial: dict[str, str] | None = None,
) -> HttpResponse:
    """The one writing page: show, preview, send. `send` calls the action and may refuse."""
    if request.method != "POST":
        parked = came_back(request)
        restraint = _restraint(request, page)
        if restraint:  # said before a word is typed; what was typed before is given back
            return held_back(request, restraint, page, parked)
        form = form_class(initial=parked or initial or {})
        return _page(request, form, page | {"came_back": bool(parked)}, token=new_token(request))
    form = form_class(request.POST)
    token, key = token_of(request), key_of(request, form)
    if not form.is_valid():
        return _page(request, form, page, token=token, status=422)
    if "preview" in request.POST:
        preview = form.wording
        restraint = _restraint(request, page)
        if restraint:
            page = page | {"held_back": restraint}
        return _page(request, form, page | {"preview": preview}, token=token)
    try:
        submission = send(member_of(request), form, key)
    except HeldBack as refusal:
        form.add_error(None, refusal.message)
        return _page(request, form, page | {"held_back": refusal.restraint}, token=token, status=403)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _page(request, form, page, token=token, status=422)
    except Conflict:
        form.add_error(None, _("This post changed in the meantime. Look at it again, then send."))
        return _page(request, form, page, token=token, status=409)
    except PermissionDenied:
        form.add_error(None, GONE)
        return _page(request, form, page, token=token, status=403)
    if submission.repeated and not _holds(submission.post, form):
        form.add_error(
            None, _("You sent this form before, with other words. These are not sent yet: send them again.")
        )
        return _page(request, form, page, token=new_token(request), status=409)
    if may_be_kept(request):
        done(request)
    return _sent(request, submission, form, page)


def _restraint(request: HttpRequest, page: dict[str, Any]) -> rules.Restraint | None:
    """What keeps this person from writing here; one query. The action asks again, in its transaction."""
    return rules.stops_writing(rules.restraints_of(request.user), board_id=page["board"].pk)


def held_back(
    request: HttpRequest, restraint: rules.Restraint, page: dict[str, Any], parked: dict[str, str]
) -> HttpResponse:
    """In place of a writing page: until when, why, and the way to a second look."""
    words = "\n\n".join(parked[name] for name in ("title", "text") if parked.get(name))
    context = page | {"held_back": restraint, "kept": words}
    return render(request, "forum/held_back.html", context, status=403)


def _holds(post: Post, form: ReplyForm) -> bool:
    """Did these very words arrive in that post?"""
    return bool(PostRevision.objects.filter(post=post, sha256=form.wording.sha256).exists())


def _sent(
    request: HttpRequest, submission: Submission, form: ReplyForm, page: dict[str, Any]
) -> HttpResponse:
    """Published: go to its place. Waiting, or words of danger: this very answer says what happens next."""
    screening = form.wording.screening
    if not submission.held and not screening.show_help:
        return HttpResponseRedirect(submission.post.get_absolute_url())
    context = page | {
        "submission": submission,
        "post_url": submission.post.get_absolute_url(),
        "held": submission.held,
        "is_published": submission.post.state == PostState.PUBLISHED,
        "help_kinds": screening.kinds if screening.show_help or screening.failed else (),
        "wait": measured_wait(),
    }
    return render(request, "forum/sent.html", context)


def _page(
    request: HttpRequest, form: ReplyForm, page: dict[str, Any], *, token: str, status: int = 200
) -> HttpResponse:
    preview = page.get("preview")
    context = page | {
        "form": form,
        "token": token,
        "wait": measured_wait(),
        "will_wait": _will_wait(request, page),
        "preview_kinds": preview.screening.kinds if preview and preview.screening.show_help else (),
    }
    return render(request, "forum/write.html", context, status=status)


def _will_wait(request: HttpRequest, page: dict[str, Any]) -> bool:
    """Is it certain, before a word is read, that a person reads this first?"""
    member = member_of(request)
    board = page.get("board")
    topic = page.get("topic")
    return bool(
        page.get("is_change")
        or rules.effective_trust(trust=member.trust, user=request.user) == Trust.NEW
        or rules.holds_posts(rules.restraints_of(request.user), board_id=board.pk if board else None)
        or (board and board.premoderation == Premoderation.ALL)
        or (topic and topic.holds_replies())
    )
