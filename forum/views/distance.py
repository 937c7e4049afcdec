"""Mute and block: keeping away from a person, and the list of those one keeps away from."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from forum import actions, rules
from forum.badges import badges_for
from forum.forms.my_talk import NO_DISTANCE, DistanceForm
from forum.models import Distance, Post
from forum.states import DistanceKind
from forum.views.doors import member_of, members_only, refuse_unless

#: What each choice does, below its name.
HINTS = {
    DistanceKind.MUTE: gettext_lazy(
        "What they write is folded for you, and you hear nothing of it. They can still answer and quote you."
    ),
    DistanceKind.BLOCK: gettext_lazy(
        "You fold each other’s posts. Neither of you can answer, quote or name the other, and no news comes."
    ),
}
DISTANCES_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def distance(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far to keep from the writer of this post. For the team and for oneself there is no such page."""
    posts = Post.objects.seen_by(request.user).select_related("author__user", "topic")
    post = get_object_or_404(posts, public_id=public_id)
    person = post.author.user_id
    me = member_of(request)
    badges = badges_for([one for one in (person, me.user_id) if one])
    if not rules.may_keep_away(request.user, post, has_badge=person in badges):
        raise Http404
    may_block = me.user_id not in badges  # a block would fold what the team writes
    kept = Distance.objects.filter(member=me, other=post.author).values_list("kind", flat=True).first()
    form = DistanceForm(request.POST or None, initial={"kind": kept or DistanceKind.MUTE})
    if request.method == "POST" and form.is_valid():
        kind: DistanceKind | None = form.cleaned_data["kind"]
        refuse_unless(may_block or kind != DistanceKind.BLOCK)
        actions.keep_away(by=me, other=post.author, kind=kind)
        messages.success(request, _said(kind))
        # Its own page: at its place in the topic the words just said would stand far above the screen.
        return HttpResponseRedirect(reverse("post_more", args=[public_id]))
    context = {
        "post": post,
        "name": post.author.handle,
        "form": form,
        "choices": _choices(form["kind"].value(), is_kept=bool(kept), may_block=may_block),
    }
    return render(request, "forum/distance.html", context, status=422 if request.method == "POST" else 200)


def _choices(chosen: str, *, is_kept: bool, may_block: bool) -> list[dict[str, Any]]:
    labels = {DistanceKind.MUTE: _("Mute"), DistanceKind.BLOCK: _("Block")}
    choices = [
        {"value": kind.value, "label": labels[kind], "text": text, "checked": chosen == kind}
        for kind, text in HINTS.items()
        if may_block or kind != DistanceKind.BLOCK
    ]
    if is_kept:
        no_more = {"value": NO_DISTANCE, "label": _("Neither any more"), "checked": chosen == NO_DISTANCE}
        choices.append(no_more | {"text": _("You see what they write, as before.")})
    return choices


def _said(kind: DistanceKind | None) -> str:
    if kind is None:
        return _("You no longer keep away from this person.")
    return _("Saved. What they write is folded for you. They are not told.")


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def distances(request: HttpRequest) -> HttpResponse:
    """The people one keeps away from, and the way back. Keyset."""
    me = member_of(request)
    if request.method == "POST":
        actions.come_near(by=me, distance_id=_number(request.POST.get("end", "")))
        messages.success(request, _said(None))
        return HttpResponseRedirect(reverse("distances"))
    mine = Distance.objects.filter(member=me).select_related("other__user").order_by("-pk")
    if "before" in request.GET:
        mine = mine.filter(pk__lt=_number(request.GET["before"]))
    rows = list(mine[: DISTANCES_A_PAGE + 1])
    more, rows = len(rows) > DISTANCES_A_PAGE, rows[:DISTANCES_A_PAGE]
    context = {
        "rows": rows,
        "older_url": f"?before={rows[-1].pk}" if more else "",
        "newer_url": request.path if "before" in request.GET else "",
    }
    return render(request, "forum/distances.html", context)


def _number(text: str) -> int:
    """The row a button or link names; anything else is no row."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0
