"""First posts that nobody answered yet, for those who answer them: welcomers and the team."""

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from forum import rules
from forum.actions.resting import rest_of
from forum.answering import LOOKED_AFTER_FOR, unanswered_for
from forum.states import Need
from forum.views.doors import View, member_of, members_only

SHOWN = 30


def _those_who_welcome(view: View) -> View:
    """For members who welcome nobody this page does not exist."""

    @wraps(view)
    @members_only
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rules.may_welcome(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return door


@require_safe
@_those_who_welcome
def unanswered(request: HttpRequest) -> HttpResponse:
    """The topics nobody answered, the longest wait first."""
    now = timezone.now()
    topics = list(unanswered_for(member_of(request), now=now).with_title()[: SHOWN + 1])
    exempt = rules.may_write_at_rest(request.user)
    rows = []
    for topic in topics[:SHOWN]:
        first = topic.first_post
        revision = first.published_revision if first else None
        if first is None or revision is None:
            continue
        rests = None if exempt else rest_of(topic.board, now=now)
        rows.append(
            {
                "title": topic.title,
                "url": topic.get_absolute_url(),
                "board": topic.board.name,
                "since": first.published_at,
                "seed": topic.author.user.avatar_seed if topic.author.user else 0,
                "asks_for": [Need(need).label for need in revision.asks_for if need in Need.values],
                "rests_until": rests,
                "reply_url": "" if rests else reverse("reply", args=[topic.public_id]),
            }
        )
    context = {"rows": rows, "more": len(topics) > SHOWN, "days": LOOKED_AFTER_FOR.days}
    return render(request, "forum/unanswered.html", context)
