"""Who has an item: take the next, take this one, keep it, pass it on, take it over. Moderators only."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from forum import actions, queue_list, queue_showing
from forum.models import ReviewItem
from forum.views.doors import member_of, moderators_only


def _find(pk: int) -> ReviewItem:
    items = ReviewItem.objects.select_related(
        "post__topic__author", "topic", "appeal__action", "claimed_by__user"
    )
    return get_object_or_404(items, pk=pk)


@moderators_only
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the most pressing item that is free and meant for this moderator."""
    item = actions.take_next(by=member_of(request))
    if item:
        return HttpResponseRedirect(item.get_absolute_url())
    messages.info(request, _("Nothing free is waiting for you right now."))
    return HttpResponseRedirect(reverse("queue"))


@moderators_only
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an item, or keep it longer. The open page asks the same by script, and gets a word, not a page."""
    item = _find(pk)
    try:
        taken = actions.claim_item(by=member_of(request), item=item)
    except PermissionDenied:
        return render(request, "forum/queue_item_own.html", status=403)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        words = queue_list.who_has(_find(pk), member=member_of(request))
        return JsonResponse({"yours": taken, "words": words}, status=200 if taken else 409)
    return _to(request, pk, taken=taken)


@moderators_only
@require_POST
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """The safety lead takes an item from a colleague."""
    return _to(request, pk, taken=actions.take_over_item(by=member_of(request), item=_find(pk)))


def _to(request: HttpRequest, pk: int, *, taken: bool) -> HttpResponse:
    item = _find(pk)
    if not taken:
        messages.warning(request, queue_showing.what_happened(item, member=member_of(request)))
    return HttpResponseRedirect(item.get_absolute_url())


@moderators_only
@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass an item on; no reason is asked."""
    actions.pass_item(by=member_of(request), item=_find(pk))
    messages.info(request, _("Passed on. Somebody else takes it."))
    return HttpResponseRedirect(reverse("queue"))
