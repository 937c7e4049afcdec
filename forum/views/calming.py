"""The team calms a topic: its replies are read first, slowed, or it is closed; and the end of each."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from forum import actions, rules
from forum.actions import Conflict, Refused
from forum.forms.calming import CLOSE, HOLD, SLOW, CalmForm
from forum.models import Member, ModAction, Topic
from forum.topic_showing import acts_about, calm_lines
from forum.views import keeping
from forum.views.doors import member_of, moderators_only, refuse_unless

CHANGED = gettext_lazy("Somebody changed this topic in the meantime. Look at it again, then decide.")
THANKS: dict[str, Promise] = {
    HOLD: gettext_lazy("Replies here are now read by a person first."),
    SLOW: gettext_lazy("The topic is slow now."),
    CLOSE: gettext_lazy("The topic is closed to new replies."),
}
#: What the button beside each thing in force does, and what is said then.
ENDS: dict[str, tuple[Callable[..., ModAction | None], Promise]] = {
    HOLD: (actions.end_hold, gettext_lazy("Replies here are no longer held.")),
    SLOW: (actions.end_slow, gettext_lazy("The topic is no longer slow.")),
    CLOSE: (actions.reopen_topic, gettext_lazy("The topic is open again.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("act", "seconds", "reason", "end", "note")
@moderators_only
def calm(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is in force in this topic, the end of each, and a form for one more."""
    topic = _find(request, public_id)
    refuse_unless(rules.may_calm(request.user, topic))
    if request.method != "POST":
        kept = keeping.came_back(request)
        return _page(request, topic, CalmForm(initial=kept), came_back=bool(kept))
    if "stop" in request.POST:
        return _stop(request, topic)
    form = CalmForm(request.POST)
    key = keeping.key_of(request, form)
    if not form.is_valid():
        return _page(request, topic, form, status=422)
    try:
        _start(member_of(request), topic, form, key)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _page(request, topic, form, status=422)
    except Conflict:
        form.add_error(None, str(CHANGED))
        return _page(request, _find(request, public_id), form, status=409)
    keeping.done(request)
    messages.success(request, str(THANKS[form.cleaned_data["act"]]))
    return HttpResponseRedirect(topic.get_absolute_url())


def _find(request: HttpRequest, public_id: str) -> Topic:
    return get_object_or_404(Topic.objects.seen_by(request.user).with_title(), public_id=public_id)


def _start(by: Member, topic: Topic, form: CalmForm, key: str) -> None:
    data = form.cleaned_data
    shared: dict[str, Any] = {
        "by": by,
        "topic": topic,
        "reason": data["reason"],
        "until": form.until,
        "note": data["note"],
        "idempotency_key": key,
    }
    if data["act"] == HOLD:
        actions.hold_replies(**shared)
    elif data["act"] == SLOW:
        actions.slow_topic(seconds=data["seconds"], **shared)
    else:
        actions.close_topic(**shared)


def _stop(request: HttpRequest, topic: Topic) -> HttpResponse:
    """End one act. Sent twice, the second finds it ended."""
    end = ENDS.get(request.POST["stop"])
    form = CalmForm()
    if end is None:
        return _page(request, topic, form, status=422)
    try:
        end[0](by=member_of(request), topic=topic)
    except Refused as refusal:
        return _page(request, topic, form, status=422, refused=refusal.message)
    except Conflict:
        return _page(request, _find(request, topic.public_id), form, status=409, refused=str(CHANGED))
    messages.success(request, str(end[1]))
    return HttpResponseRedirect(topic.get_absolute_url())


def _page(
    request: HttpRequest, topic: Topic, form: CalmForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "topic": topic,
        "form": form,
        "lines": calm_lines(topic, now=timezone.now()),
        "acts": acts_about(topic),
        "token": keeping.token_of(request) if form.is_bound else keeping.new_token(request),
    }
    return render(request, "forum/calm.html", context | more, status=status)
