"""Appeals: the person asks that somebody else looks, and somebody else answers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forum import actions, inserting, queue_showing, rules
from forum.actions import Conflict, Refused
from forum.actions.appealing import appealable, in_time, newest_decision, person_of, stands, subject_of
from forum.actions.judging import may_decide
from forum.actions.standing import day_of
from forum.forms.people import AppealDecisionForm, AppealForm
from forum.models import Appeal, HouseRules, ModAction, Post, ReviewItem, Sanction
from forum.people_showing import APPEALS, decision_shown
from forum.states import AppealState, Decision, ItemStatus
from forum.views import keeping
from forum.views.doors import member_of, members_only
from forum.views.queue import after_deciding
from safety.screening import screen

#: How an appeal ended, for the team.
ENDED = {
    AppealState.OVERTURNED: gettext_lazy("The decision was changed."),
    AppealState.CONFIRMED: gettext_lazy("The decision stays."),
    AppealState.WITHDRAWN: gettext_lazy("The person took it back."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("text")
@members_only
def appeal_post(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for a second look at the newest decision about one's own post, or read the answer."""
    post = get_object_or_404(
        Post.objects.seen_by(request.user)
        .filter(author__user_id=request.user.pk)
        .select_related("topic__board", "topic__author", "author__user")
        .select_related("published_revision", "latest_revision"),
        public_id=public_id,
    )
    found = appealable(member_of(request), [post]).get(post.pk)
    if found:
        return _appeal(request, found[0])
    # Too late, or the decision went: who has the form open gets their words back.
    action = newest_decision(post) if request.method == "POST" and keeping.was_shown_here(request) else None
    if action is None:
        raise Http404
    return _appeal(request, action)


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("text")
@members_only
def appeal_sanction(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a second look at a limit on oneself, or read the answer."""
    sanction = get_object_or_404(
        Sanction.objects.select_related("action__appeal"), pk=pk, member__user_id=request.user.pk
    )
    return _appeal(request, sanction.action)


def _appeal(request: HttpRequest, action: ModAction) -> HttpResponse:
    asked: Appeal | None = getattr(action, "appeal", None)
    if request.method == "POST" and "withdraw" in request.POST and asked:
        return _withdraw(request, action, asked)
    if request.method != "POST":
        kept = {} if asked else keeping.came_back(request)
        return _page(request, action, AppealForm(initial=kept), came_back=bool(kept))
    form = AppealForm(request.POST)
    keeping.key_of(request, form)
    if not form.is_valid():
        return _page(request, action, form, status=422)
    words, lang = form.cleaned_data["text"], get_language() or "en"
    try:
        actions.appeal(by=member_of(request), action=action, text=words, lang=lang)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _page(request, action, form, status=403)
    except Conflict:
        form.add_error(None, _("You have asked already, in other words. Those are the ones the team reads."))
        return _page(request, ModAction.objects.get(pk=action.pk), form, status=409)
    keeping.done(request)
    screening = screen(title="", body=words, lang=lang)
    if screening.show_help:  # words of danger: this very answer says where help is
        fresh = ModAction.objects.get(pk=action.pk)
        return _page(request, fresh, AppealForm(), help_kinds=screening.kinds)
    return HttpResponseRedirect(request.path)


def _withdraw(request: HttpRequest, action: ModAction, asked: Appeal) -> HttpResponse:
    try:
        actions.withdraw_appeal(by=member_of(request), appeal=asked)
    except Conflict:
        return _page(request, ModAction.objects.get(pk=action.pk), AppealForm(), late=True, status=409)
    return HttpResponseRedirect(request.path)


def _page(
    request: HttpRequest, action: ModAction, form: AppealForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    subject, house = subject_of(action), HouseRules.current()
    asked: Appeal | None = getattr(action, "appeal", None)
    if isinstance(subject, Post):
        inserting.insert([subject.shown_revision], user=request.user)
    context: dict[str, Any] = {
        "form": form,
        "decision": decision_shown(action, subject),
        "post": subject if isinstance(subject, Post) else None,
        "asked": asked,
        "answer": _answer(asked) if asked else "",
        "state": str(APPEALS[AppealState(asked.state)]) if asked else "",
        "due": day_of(asked.due_at) if asked else "",
        "may_ask": asked is None and in_time(action, window=house.appeal_window),
        "token": keeping.token_of(request) if status in {403, 422} else keeping.new_token(request),
        "days": house.appeal_working_days,
        "most": rules.APPEAL_LENGTH,
        "back_url": reverse("my_posts") if isinstance(subject, Post) else reverse("standing"),
    }
    return render(request, "forum/appeal.html", context | more, status=status)


def _answer(asked: Appeal) -> str:
    """What the second moderator wrote to the person."""
    item = ReviewItem.objects.filter(appeal=asked).order_by("-pk").first()
    written = (
        ModAction.objects.filter(item_id=item.pk, actor_id=asked.decided_by_id).select_related("text").last()
        if item and asked.decided_by_id
        else None
    )
    text = getattr(written, "text", None)
    return text.message if text else ""


def appeal_item(request: HttpRequest, item: ReviewItem) -> HttpResponse:
    """An appeal in the queue: what was decided and why, what the person says (folded), and the answer.

    Called by the page of an item. The first decider, and whoever is too close, gets a 403.
    """
    by, appeal = member_of(request), _with_decision(item)
    if not may_decide(by, appeal):
        return _not_yours(request, appeal)
    if request.method != "POST":
        kept = keeping.came_back(request)
        form = AppealDecisionForm(item=item, hints=_hints(appeal), initial=kept)
        return _show(request, item, appeal, form, came_back=bool(kept))
    form = AppealDecisionForm(request.POST, item=item, hints=_hints(appeal))
    key = keeping.key_of(request, form)
    if not form.is_valid():
        return _show(request, item, appeal, form, status=422)
    data = form.cleaned_data
    try:
        actions.decide_appeal(
            by=by,
            item=item,
            version=data["version"],
            decision=Decision(data["decision"]),
            message=data["message"],
            note=data["note"],
            idempotency_key=key,
        )
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _show(request, item, appeal, form, status=422)
    except Conflict:
        actions.count_conflict()
        kept = {"message": data["message"], "note": data["note"]}
        fresh = ReviewItem.objects.select_related("claimed_by__user").get(pk=item.pk)
        again = AppealDecisionForm(item=fresh, hints=_hints(appeal), initial=kept)
        words = _what_happened(fresh, by)
        return _show(request, fresh, _with_decision(fresh), again, conflict=words, kept=kept, status=409)
    except PermissionDenied:
        return _not_yours(request, appeal)
    keeping.done(request)
    changed = data["decision"] == Decision.OVERTURN
    messages.success(
        request,
        _("The decision is changed. The person is told.")
        if changed
        else _("The decision stays. The person is told why."),
    )
    return HttpResponseRedirect(after_deciding(item))


def _with_decision(item: ReviewItem) -> Appeal:
    return Appeal.objects.select_related("action__text", "member__user", "decided_by__user").get(
        pk=item.appeal_id
    )


def _not_yours(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    return render(
        request,
        "forum/appeal_not_yours.html",
        {"own": appeal.member.user_id == request.user.pk},
        status=403,
    )


def _hints(appeal: Appeal) -> dict[Decision, str]:
    """What each answer does, for this decision."""
    action = appeal.action
    subject = subject_of(action)
    if isinstance(subject, Sanction):
        over = _("The limit is over already. The person is told that the decision was changed.")
        overturn = _("The limit ends now.") if subject.is_in_force else over
    elif not stands(action, subject):
        overturn = _("It does not stand any more, so nothing moves. The person is told that it was changed.")
    elif decision_shown(action, subject).words_gone:
        overturn = _("Its text was deleted, so nothing comes back. The person is told that, plainly.")
    elif action.verb == "reject_edit":
        overturn = _("The change waits in the queue again. Trust comes back.")
    elif action.verb in {"redact_post", "redact_edit", "amend_post"}:
        overturn = _("The author’s own words are published again.")
    else:
        overturn = _("The post is published, in its place. Trust comes back.")
    return {
        Decision.CONFIRM: _("Nothing changes. The person reads your answer."),
        Decision.OVERTURN: overturn,
    }


def _what_happened(item: ReviewItem, by: Any) -> str:
    """Why an answer came too late."""
    if item.status == ItemStatus.OPEN:
        if item.is_claimed_by_another(by):
            return queue_showing.what_happened(item, member=by)
        return _("Something changed since you read it. Read again, then decide.")
    appeal = _with_decision(item)
    if appeal.state == AppealState.WITHDRAWN or appeal.decided_by is None:
        return _("The person took it back.")
    words = _("changed") if appeal.state == AppealState.OVERTURNED else _("kept")
    return _("%(name)s answered it: the decision was %(words)s.") % {
        "name": appeal.decided_by.handle,
        "words": words,
    }


def _show(
    request: HttpRequest,
    item: ReviewItem,
    appeal: Appeal,
    form: AppealDecisionForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    me, now, subject = member_of(request), timezone.now(), subject_of(appeal.action)
    is_open = item.status == ItemStatus.OPEN
    others = is_open and item.is_claimed_by_another(me, now=now)
    context: dict[str, Any] = {
        "item": item,
        "appeal": appeal,
        "decision": decision_shown(appeal.action, subject),
        "post": subject if isinstance(subject, Post) else None,
        "due": queue_showing.due_of(item, now=now) if is_open else "",
        "is_open": is_open,
        "is_overdue": item.due_at < now,
        "mine": is_open and queue_showing.is_mine(item, me, now=now),
        "others": others,
        "may_decide": is_open and not others,
        "form": form,
        "token": keeping.token_of(request) if status == 422 else keeping.new_token(request),
        "history": queue_showing.history_of(person_of(subject), now=now),
        "reasons": queue_showing.reasons_of(item) if item.reasons.count() > 1 else [],
        "answer": _answer(appeal),
        "ended": str(ENDED.get(AppealState(appeal.state), "")),
    }
    return render(request, "forum/queue_appeal.html", context | more, status=status)
