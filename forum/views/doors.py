"""Who gets through to a page: members, moderators; and the one way to find a thing or not."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from forum import rules
from forum.models import Member

View = Callable[..., HttpResponse]


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page, the same whether or not the address is real; it returns here afterwards."""
    return redirect_to_login(request.get_full_path(), reverse("account_login"))


def members_only(view: View) -> View:
    """Visitors go to the sign-in page before anything is looked up, so they cannot tell what exists."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    return door


def moderators_only(view: View) -> View:
    """For members who do not moderate these pages do not exist."""

    @wraps(view)
    @members_only
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rules.may_moderate(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return door


def house_only(view: View) -> View:
    """For members who do not run the house these pages do not exist."""

    @wraps(view)
    @members_only
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rules.may_change_house_rules(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return door


def member_of(request: HttpRequest) -> Member:
    """The forum's side of the signed-in person; it came with the account, or is made now."""
    user: Any = request.user
    kept: Member | None = user._state.fields_cache.get("member")
    return kept or Member.objects.for_user(user)


def refuse_unless(allowed: bool) -> None:
    """403 for what a person sees but may not do."""
    if not allowed:
        raise PermissionDenied
