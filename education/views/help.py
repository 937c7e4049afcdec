"""Help: numbers that can be pressed, and what to do first. Every number comes from CrisisResource."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from education.models import CrisisResource
from education.states import HelpKind
from education.templatetags.education_tags import call_words, honest_line, text_words


@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """What is happening, and whom to call. One query; no drawing; under 50 kB."""
    lines = list(CrisisResource.objects.for_this_site())
    emergency = _first(lines, HelpKind.EMERGENCY)
    checked = [line.reviewed_on for line in lines if line.is_checked()]
    context = {
        "emergency": emergency,
        "emergency_number": emergency.phone_href.removeprefix("tel:") if emergency else "",
        "emergency_call": call_words(emergency) if emergency else "",
        "cases": _cases(lines, emergency),
        "lines": lines,
        "honest_line": honest_line(lines),
        "checked_on": min(checked) if lines and len(checked) == len(lines) else None,
        "region": emergency.region if emergency else "",
    }
    return render(request, "education/help_now.html", context)


def _first(
    lines: list[CrisisResource], kind: str, *, but: CrisisResource | None = None
) -> CrisisResource | None:
    """The first line for this kind; a line for nothing else before one that helps with many things."""
    fitting = [line for line in lines if kind in line.kind_list and line != but]
    return min(fitting, key=lambda line: (line.kind_list.index(kind), line.order), default=None)


def _buttons(line: CrisisResource | None) -> list[dict[str, Any]]:
    if line is None:
        return []
    buttons = []
    if line.phone:
        buttons.append({"url": line.phone_href, "label": call_words(line), "icon": "phone", "kind": "call"})
    if line.sms:
        buttons.append({"url": line.sms_href, "label": text_words(line), "icon": "message", "kind": "call"})
    return buttons


def _to(url: str, label: str) -> dict[str, Any]:
    return {"url": url, "label": label, "icon": "", "kind": "quiet", "arrow": True}


def _cases(lines: list[CrisisResource], emergency: CrisisResource | None) -> list[dict[str, Any]]:
    """What may be happening, most urgent first, each with its own button: nothing only leads further."""
    suicide = _first(lines, HelpKind.SUICIDE, but=emergency)
    violence = _first(lines, HelpKind.VIOLENCE, but=emergency)
    poison = _first(lines, HelpKind.POISON, but=emergency)
    treatment = _first(lines, HelpKind.TREATMENT, but=emergency)
    cases = [
        {
            "icon": "wind",
            "heading": _("They cannot be woken, or breathe oddly"),
            "text": _("This may be an overdose."),
            "actions": [
                *_buttons(emergency)[:1],
                {"url": "#overdose", "label": _("See the steps"), "icon": "chevron-down", "kind": "quiet"},
            ],
        },
        {
            "icon": "message",
            "heading": _("Someone is thinking about suicide"),
            "text": _("For you, or for someone you love."),
            "actions": _buttons(suicide or emergency),
        },
        {
            "icon": "shield",
            "heading": _("Someone at home scares or hurts me"),
            "text": _("You can call even if you are not sure."),
            "actions": _buttons(violence or emergency),
        },
        {
            "icon": "warning",
            "heading": _("They stopped drinking or pills, and shake or see things"),
            "text": _("Stopping suddenly can be dangerous. Do not wait."),
            "actions": _buttons(emergency)[:1],
        },
        {
            "icon": "pill",
            "heading": _("They took something and I am worried"),
            "text": _("They are awake and breathing well."),
            "actions": _buttons(poison or emergency),
        },
        {
            "icon": "child",
            "heading": _("A child is not safe"),
            "text": _("In danger right now?"),
            "actions": _buttons(emergency)[:1],
        },
        {
            "icon": "refresh",
            "heading": _("They used again tonight"),
            "text": _("They are awake, and nobody is in danger."),
            "actions": [_to("#tonight", _("What to do tonight"))],
        },
        {
            "icon": "home",
            "heading": _("I have just found out"),
            "text": _("You do not have to decide anything tonight."),
            "actions": [_to("#found-out", _("First steps"))],
        },
        {
            "icon": "pin",
            "heading": _("I want to find treatment"),
            "text": treatment.what if treatment else _("Where to begin."),
            "actions": _buttons(treatment) or [_to(reverse("learn"), _("See the lessons"))],
        },
    ]
    return [case for case in cases if case["actions"]]
