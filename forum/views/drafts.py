"""Drafts: saved while one types, listed, put away. Nobody reads them but their writer.

Read-only people keep and read theirs too: keeping one's own words harms nobody.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forum import actions, rules
from forum.actions import drafting
from forum.drafts_showing import all_drafts, key_of_path, listed, url_of_key
from forum.models import Draft
from forum.views.composing import FIELDS, save, saved_words, token_for
from forum.views.doors import member_of, members_only, to_sign_in
from forum.views.keeping import park, place_of


@require_http_methods(["GET", "HEAD", "POST"])
def drafts(request: HttpRequest) -> HttpResponse:
    """GET: what I began and did not send. POST: the writing page saves what stands in its fields."""
    if request.method == "POST":
        return _save(request)
    if not request.user.is_authenticated:
        return to_sign_in(request)
    context = {
        "drafts": all_drafts(member_of(request), request.user),
        "days_kept": rules.DRAFTS_KEPT_FOR.days,
    }
    return render(request, "forum/drafts.html", context)


def _save(request: HttpRequest) -> HttpResponse:
    """The token says whose form it is and where it stands; words of somebody who is gone wait for them."""
    token = place_of(request) if request.user.is_authenticated else None
    if token is None:
        if park(request, FIELDS):
            return _said(
                _("You are signed out. Your words wait for you here for one hour: sign in to go on."), 401
            )
        return _said(_("Not saved: this page was open for a long time. Press “Keep as a draft”."), 403)
    key = key_of_path(token.place)
    if not key:
        return _said(_("Not saved. Copy your words to a safe place."), 403)
    try:
        saved = save(request, key=key, token=request.POST["token"])
    except actions.Refused as refusal:
        return _said(_("Not saved. %(why)s") % {"why": refusal.message}, 422)
    except drafting.DraftOver:
        return _said(_("This was sent already. If you wrote more, press “Keep as a draft”."), 410)
    if saved is None:
        return _said("", 200)
    known = {
        "draft": saved.draft.pk,
        "sequence": saved.draft.sequence,
        "token": token_for(request, request.POST["token"], saved),
    }
    if saved.conflict:
        words = _("%(kept)s Press “Keep as a draft” to see both.") % {"kept": saved_words(saved)}
        return _said(words, 409, known=known)
    return _said(saved_words(saved), 200, known=known)


def _said(words: str, status: int, **more: Any) -> HttpResponse:
    return JsonResponse({"words": words, **more}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft away: asks once, then does it. One that is not there leads to the list."""
    by = member_of(request)
    found = Draft.objects.filter(member=by, pk=pk)
    if request.method == "POST":
        draft = found.first()
        if draft is None:
            return HttpResponseRedirect(reverse("drafts"))
        drafting.delete_draft(by=by, draft=draft)
        goes_back = request.POST.get("back") == "place"
        return HttpResponseRedirect(url_of_key(draft.key) if goes_back else reverse("drafts"))
    draft = get_object_or_404(found)
    shown = listed(draft, by, request.user)
    if shown is None:
        raise Http404
    context = {
        "draft": shown,
        "back": url_of_key(draft.key) if "place" in request.GET else reverse("drafts"),
        "from_place": "place" in request.GET,
    }
    return render(request, "forum/delete_draft.html", context)
