"""One form under settings, whole: shown, sent, refused, or overtaken by a colleague."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from forum.actions import Conflict, Refused, housekeeping
from forum.actions.housekeeping import NAMES
from forum.forms.hours import HoursForm
from forum.forms.settings import PhraseForm
from forum.views import keeping

#: Boxes to tick: one that is not ticked is not sent at all.
_SWITCHES = ("holds", "enabled")


@dataclass
class Page:
    """One form under settings: how it is made, what it changes, and what the page around it says."""

    heading: str
    lead: str
    back: tuple[str, str]
    form: type[Form]
    initial: dict[str, Any]
    save: Callable[[Any, str, str], bool]
    seen: str = ""
    row: Model | None = None
    names: tuple[str, ...] = ()
    button: str = ""
    done: str = ""
    groups: list[tuple[Promise | str, tuple[str, ...]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def edit(request: HttpRequest, make: Callable[[], Page]) -> HttpResponse:
    """Show the form, or save it: 422 with the words when they do not fit, 409 when a colleague was faster."""
    page = make()
    if request.method != "POST":
        kept = keeping.came_back(request)
        if kept:
            kept = {name: False for name in _SWITCHES} | kept
        form = page.form(initial=page.initial | kept)
        return _show(request, page, form, seen=page.seen, came_back=bool(kept))
    form = page.form(request.POST)
    key = keeping.key_of(request, form)
    seen = request.POST.get("seen", "")[:64]
    if not form.is_valid():
        return _show(request, page, form, seen=seen, status=422)
    if isinstance(form, PhraseForm) and "try" in request.POST:
        return _show(request, page, form, seen=seen, tried=True, found=form.finds())
    try:
        changed = page.save(form, seen, key)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _show(request, page, form, seen=seen, status=422)
    except Conflict:
        fresh = make()
        return _show(request, fresh, form, seen=fresh.seen, conflict=_as_it_is_now(fresh, form), status=409)
    keeping.done(request)
    done = page.done or _("Saved. It is on the record.")
    messages.success(request, done if changed else _("Nothing was different, so nothing was changed."))
    return HttpResponseRedirect(page.back[0])


def _as_it_is_now(page: Page, form: Form) -> list[dict[str, str]]:
    """What a colleague left, where it differs from what was typed."""
    row = page.row
    if row is None:
        return []
    return [
        {"name": str(NAMES[name]), "value": housekeeping.in_words(row, name)}
        for name in page.names
        if name not in form.cleaned_data or form.cleaned_data[name] != getattr(row, name)
    ]


def _show(
    request: HttpRequest, page: Page, form: Form, *, seen: str, status: int = 200, **more: Any
) -> HttpResponse:
    sent_again = status == 422 or "tried" in more
    groups = page.groups or [("", tuple(name for name in form.fields if name != "sample"))]
    context = {
        "page": page,
        "form": form,
        "groups": [
            {"heading": heading, "fields": [(form[name], not _asks(form, name)) for name in names]}
            for heading, names in groups
        ],
        "seen": seen,
        "sample": form["sample"] if "sample" in form.fields else None,
        "token": keeping.token_of(request) if sent_again else keeping.new_token(request),
    }
    return render(request, "forum/settings_form.html", context | more, status=status)


def _asks(form: Form, name: str) -> bool:
    return form.fields[name].required or isinstance(form, HoursForm)
