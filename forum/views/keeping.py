"""Typed text is never lost: a form sent without its session waits, sealed, for the person who wrote it.

The token of a form is its idempotency key too (contract: Text is never lost).
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from accounts import writing
from forum.actions.drafting import CHOICES
from forum.views.doors import View, to_sign_in

#: Fields with several values.
MANY = frozenset(CHOICES)
_KEY = re.compile(r"[0-9a-f-]{1,40}")


def keeps(*names: str) -> Callable[[View], View]:
    """For a view with a form: a visitor's POST parks these fields before the sign-in page answers.

    A form that was given to someone else is parked for that person alone, and the page is shown anew.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                if not request.user.is_authenticated:
                    park(request, names)
                    return to_sign_in(request)
                token = _read(request)
                if token and token.user_id != request.user.pk:
                    park(request, names)
                    return HttpResponseRedirect(request.path)
            return view(request, *args, **kwargs)

        return door

    return wrap


def new_token(request: HttpRequest, *, key: str = "", place: str = "") -> str:
    """The token of a form shown at this address to this person; `key` goes on with an earlier form."""
    return writing.make_token(user=request.user, place=place or request.path, key=key)


def key_of(request: HttpRequest, form: Any) -> str:
    """The idempotency key of the form that was sent; an error on the form when it is too old or foreign."""
    token = _read(request)
    if token and _is_of_this_form(token, request):
        return token.key
    form.add_error(
        None, _("This page was open for a long time. Your words are here: please send them again.")
    )
    return ""


def token_of(request: HttpRequest) -> str:
    """The token to show again: the one that was sent while it is good, so that a retry stays one act."""
    token = _read(request)
    if token and _is_of_this_form(token, request):
        return request.POST["token"]
    return new_token(request)


def came_back(request: HttpRequest) -> dict[str, Any]:
    """What this person typed here before their session ended."""
    return writing.claim(user=request.user, place=request.path) or {}


def parked_here(request: HttpRequest) -> writing.Parked | None:
    """The same, with the key of its form and when it was kept."""
    return writing.parked_at(user=request.user, place=request.path)


def done(request: HttpRequest) -> None:
    """The text arrived: forget what was kept of it."""
    writing.drop(user=request.user, place=request.path)


def forget_parked(request: HttpRequest, *, place: str = "") -> None:
    """The words of this form are safe: forget what was parked of them, and of no other window's."""
    token = _read(request)
    typed = request.POST.get("came_back", "")
    keys = {token.key if token else "", typed if _KEY.fullmatch(typed) else ""}
    writing.drop(user=request.user, place=place or request.path, keys=keys)


def may_be_kept(request: HttpRequest) -> bool:
    """Did this browser park something, or did the form that is sent say that a text came back?"""
    return writing.SESSION_KEY in request.session or "came_back" in request.POST


def was_shown_here(request: HttpRequest) -> bool:
    """Was the form that is sent given out at this address to this person, within the day?"""
    token = _read(request)
    return token is not None and _is_of_this_form(token, request)


def place_of(request: HttpRequest) -> writing.WritingToken | None:
    """What the form's token says, when it was given to this person: for a form sent to another address."""
    token = _read(request)
    return token if token and token.user_id == request.user.pk else None


def _read(request: HttpRequest) -> writing.WritingToken | None:
    try:
        return writing.read_token(request.POST.get("token", ""))
    except writing.TokenRefused:
        return None


def _is_of_this_form(token: writing.WritingToken, request: HttpRequest) -> bool:
    return token.place == request.path and token.user_id == request.user.pk


def park(request: HttpRequest, names: tuple[str, ...]) -> bool:
    """Park these fields of the form that was sent; False when there is no good token."""
    kept: dict[str, Any] = {name: request.POST[name] for name in names if name in request.POST}
    kept |= {name: request.POST.getlist(name) for name in names if name in MANY and name in request.POST}
    return keep(request, kept)


def keep(request: HttpRequest, kept: dict[str, Any]) -> bool:
    """Park these fields for the member the form was given to; False when there is no good token."""
    try:
        key = writing.park(token=request.POST.get("token", ""), data=kept)
    except (writing.TokenRefused, writing.TooMuchText):
        return False
    request.session[writing.SESSION_KEY] = key
    return True
