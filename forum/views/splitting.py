"""The team chooses posts of a topic and moves them: into another one, or one of their own.

Three steps in one address: choose (ticks stay while one turns the page), check, move. Only the last changes
anything.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from forum import actions, marks, rules
from forum.actions import Conflict, Refused
from forum.forms.calming import NEW, TargetForm
from forum.models import Post, Topic
from forum.states import PostState
from forum.views import keeping
from forum.views.doors import member_of, moderators_only, refuse_unless

POSTS_A_PAGE = 20
EXCERPT = 160
#: Whatever else is sent as a post names none; a database need not be asked (PostgreSQL takes no NUL).
PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")


@dataclass
class Chosen:
    """Which posts of a topic are ticked, on this page of the list and on the others."""

    ids: list[str] = field(default_factory=list)
    everything: bool = False

    @classmethod
    def read(cls, request: HttpRequest) -> "Chosen":
        ids = list(dict.fromkeys(request.POST.getlist("post")))[: actions.MOST_MOVED_AT_ONCE + 1]
        return cls(
            ids=[one for one in ids if PUBLIC_ID.fullmatch(one)], everything="everything" in request.POST
        )

    def posts(self, topic: Topic) -> list[Post]:
        """The chosen posts, wherever they are by now; of the whole topic those that have a place."""
        if self.everything:
            return list(topic.posts.in_place())
        return list(Post.objects.filter(public_id__in=self.ids))


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("where", "address", "board", "title", "note")
@moderators_only
def split(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose posts and where they go, check, and move them."""
    topic = get_object_or_404(Topic.objects.seen_by(request.user).with_title(), public_id=public_id)
    refuse_unless(rules.may_calm(request.user, topic))
    if request.method != "POST":
        kept = keeping.came_back(request)
        form = TargetForm(topic=topic, by=request.user, initial=kept)
        return _choose(request, topic, form, Chosen(), came_back=bool(kept))
    chosen = Chosen.read(request)
    form = TargetForm(request.POST, topic=topic, by=request.user)
    if "check" not in request.POST and "move" not in request.POST:
        # Turning the page, or choosing again: what is typed so far is shown, not judged.
        typed = {name: request.POST[name] for name in form.fields if name in request.POST}
        return _choose(request, topic, TargetForm(topic=topic, by=request.user, initial=typed), chosen)
    key = keeping.key_of(request, form)
    if not form.is_valid():
        return _choose(request, topic, form, chosen, status=422)
    if "move" not in request.POST:
        return _check(request, topic, form, chosen)
    try:
        target = _move(request, topic, form, chosen, key)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _choose(request, topic, form, chosen, status=422)
    except Conflict:
        form.add_error(
            None, _("Somebody moved or changed one of these posts in the meantime. Look again, then choose.")
        )
        return _choose(request, topic, form, chosen, status=409)
    keeping.done(request)
    messages.success(request, _("The posts are moved. Their old places say so."))
    return HttpResponseRedirect(f"{target.get_absolute_url()}?page=last")


def _move(request: HttpRequest, topic: Topic, form: TargetForm, chosen: Chosen, key: str) -> Topic:
    data = form.cleaned_data
    shared: dict[str, Any] = {
        "by": member_of(request),
        "posts": chosen.posts(topic),
        "from_topic": topic,
        "note": data["note"],
        "idempotency_key": key,
    }
    if data["where"] == NEW or form.target is None:
        return actions.split_topic(board=data["board"], title=data["title"], **shared)
    return actions.move_posts(to_topic=form.target, **shared)


def _check(request: HttpRequest, topic: Topic, form: TargetForm, chosen: Chosen) -> HttpResponse:
    """What will happen, before it does."""
    posts = [post for post in chosen.posts(topic) if post.topic_id == topic.pk]
    if not posts:
        form.add_error(None, _("Choose the posts to move."))
        return _choose(request, topic, form, chosen, status=422)
    everything = chosen.everything or topic.posts.in_place().count() == len(posts)
    n = len(posts)
    context = {
        "topic": topic,
        "form": form,
        "chosen": chosen,
        "token": keeping.token_of(request),
        "moving": ngettext("%(n)d post moves", "%(n)d posts move", n) % {"n": n},
        "everything": everything,
        "waiting": topic.posts.filter(state__in=[PostState.HELD, PostState.RETURNED]).count(),
        "goes_to": form.target.title if form.target else form.cleaned_data["title"],
        "board": form.target.board if form.target else form.cleaned_data["board"],
        "is_new": form.target is None,
    }
    return render(request, "forum/split_check.html", context)


def _choose(
    request: HttpRequest, topic: Topic, form: TargetForm, chosen: Chosen, *, status: int = 200, **more: Any
) -> HttpResponse:
    last_page = max(1, -(-topic.last_position // POSTS_A_PAGE))
    page = _page_number(request.POST.get("page") or request.GET.get("page", "1"), last_page)
    start = (page - 1) * POSTS_A_PAGE + 1
    window = topic.posts.in_place().filter(position__gte=start, position__lt=start + POSTS_A_PAGE)
    rows = [_row(post, chosen) for post in window.with_text()]
    here = {row["value"] for row in rows}
    context = {
        "topic": topic,
        "form": form,
        "rows": rows,
        "everything": chosen.everything,
        "elsewhere": [one for one in chosen.ids if one not in here],
        "page": page,
        "last_page": last_page,
        "previous": page - 1,
        "following": page + 1 if page < last_page else 0,
        "token": keeping.token_of(request) if request.method == "POST" else keeping.new_token(request),
    }
    return render(request, "forum/split.html", context | more, status=status)


def _row(post: Post, chosen: Chosen) -> dict[str, Any]:
    words = post.shown_revision
    text = str(PostState(post.state).label)
    if post.state == PostState.PUBLISHED and words:
        text = Truncator(marks.without_marks(words.source)).chars(EXCERPT)
    return {
        "value": post.public_id,
        "label": f"{post.position}. {post.author.handle}",
        "text": text,
        "checked": post.public_id in chosen.ids,
    }


def _page_number(typed: str, last: int) -> int:
    return min(max(1, int(typed)), last) if typed.isdecimal() and len(typed) < 9 else 1
