"""How the house is run: numbers, staffed hours, boards, watched phrases. Moderators and operators only."""

import datetime as dt
from typing import Any

from django.conf import settings as conf
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules import has_role
from accounts.states import Role
from forum.actions import housekeeping
from forum.actions.housekeeping import NUMBERS, OF_A_BOARD, OF_A_PHRASE
from forum.actions.watching import is_readable
from forum.clocks import hours_in_words
from forum.forms import settings as forms
from forum.forms.hours import DAYS, HoursForm
from forum.models import Board, HouseRules, Member, ModAction, SeverityGuide, WatchedRule
from forum.states import ActorRole
from forum.views import keeping
from forum.views.doors import house_only, member_of
from forum.views.house_form import Page, edit
from forum.waiting import who_is_here

CHANGES_SHOWN = 10
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

#: The numbers, in the order of the page.
GROUPS: list[tuple[Promise, tuple[str, ...]]] = [
    (gettext_lazy("Time to the first answer"), forms.TARGETS),
    (gettext_lazy("Who is known"), ("trust_posts", "trust_days")),
    (gettext_lazy("Deciding"), ("claim_minutes", "undo_minutes")),
    (gettext_lazy("Second looks"), ("appeal_days", "appeal_working_days", "keep_text_days")),
    (gettext_lazy("Being answered"), ("welcome_after_hours", "team_after_hours")),
    (gettext_lazy("Reports and samples"), ("hide_at_reports", "sample_percent")),
    (gettext_lazy("Looking after the team"), ("break_after", "debrief_url")),
]


@require_safe
@house_only
def settings(request: HttpRequest) -> HttpResponse:
    """What can be set, and what was changed last."""
    context = {
        "team": who_is_here(),
        "boards": Board.objects.count(),
        "phrases": WatchedRule.objects.filter(enabled=True).count(),
        "changes": _last_changes(),
        "may_open_texts": has_role(request.user, Role.CLINICAL_REVIEWER, Role.SAFETY_LEAD),
    }
    return render(request, "forum/settings.html", context)


def _last_changes() -> list[dict[str, Any]]:
    acts = list(
        ModAction.objects.filter(subject_kind__in=housekeeping.SUBJECTS)
        .select_related("text")
        .order_by("-seq")[:CHANGES_SHOWN]
    )
    people = Member.objects.select_related("user").in_bulk([act.actor_id for act in acts if act.actor_id])
    return [
        {
            "words": housekeeping.VERBS.get(act.verb, act.verb),
            "note": act.text.note if hasattr(act, "text") else "",
            "who": people[act.actor_id].handle if act.actor_id in people else "",
            "role": ActorRole(act.role).label,
            "when": _EPOCH + dt.timedelta(microseconds=act.at_us),
        }
        for act in acts
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps(*NUMBERS)
@house_only
def numbers(request: HttpRequest) -> HttpResponse:
    """Targets and the other numbers."""

    def page() -> Page:
        house = HouseRules.current()
        return Page(
            heading=_("Numbers"),
            lead=_("How soon, how often, how long. They hold for what comes next, not for what waits."),
            back=_settings(),
            form=forms.NumbersForm,
            initial={name: getattr(house, name) for name in NUMBERS},
            save=lambda form, seen, key: housekeeping.change_house_rules(
                by=member_of(request), seen=seen, values=form.cleaned_data, idempotency_key=key
            ),
            seen=housekeeping.seen_of(house, tuple(forms.NumbersForm().fields)),
            row=house,
            names=NUMBERS,
            groups=list(GROUPS),
        )

    return edit(request, page)


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps(*DAYS)
@house_only
def hours(request: HttpRequest) -> HttpResponse:
    """When someone of the team is here."""

    def page() -> Page:
        house = HouseRules.current()
        now = hours_in_words(house.staffed_hours)
        return Page(
            heading=_("Staffed hours"),
            lead=_("When someone of the team is here. Members read them, and routine clocks run only then."),
            back=_settings(),
            form=HoursForm,
            initial={f"day_{day}": spans for day, spans in house.staffed_hours.items()},
            save=lambda form, seen, key: housekeeping.change_house_rules(
                by=member_of(request), seen=seen, values={"staffed_hours": form.hours}, idempotency_key=key
            ),
            seen=housekeeping.seen_of(house, ("staffed_hours",)),
            row=house,
            names=("staffed_hours",),
            groups=[("", DAYS)],
            notes=[
                _("Members read now: %(hours)s.") % {"hours": now}
                if now
                else _("Never set: members are promised no hours, and every hour counts for the clocks."),
                _("The hours are those of %(zone)s.") % {"zone": conf.TIME_ZONE},
                _("Write hours as in 08:00-12:00, 13:00-22:00. Leave a day empty when nobody is here."),
            ],
        )

    return edit(request, page)


@require_safe
@house_only
def boards(request: HttpRequest) -> HttpResponse:
    """Every board, in the order of Talk."""
    return render(request, "forum/settings_boards.html", {"boards": Board.objects.all()})


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("slug", *OF_A_BOARD)
@house_only
def new_board(request: HttpRequest) -> HttpResponse:
    """Open a board."""
    return edit(
        request,
        lambda: Page(
            heading=_("A new board"),
            lead=_("A board stays: it can be changed, not deleted."),
            back=(reverse("house_boards"), _("Boards")),
            form=forms.NewBoardForm,
            initial={},
            save=lambda form, seen, key: housekeeping.add_board(
                by=member_of(request), values=form.cleaned_data, idempotency_key=key
            ),
            button=_("Open the board"),
            done=_("The board is open."),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps(*OF_A_BOARD)
@house_only
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a board; its address stays."""

    def page() -> Page:
        row = get_object_or_404(Board, slug=slug)
        return Page(
            heading=row.name,
            lead=_("Its address stays %(address)s.") % {"address": row.get_absolute_url()},
            back=(reverse("house_boards"), _("Boards")),
            form=forms.BoardForm,
            initial={name: getattr(row, name) for name in OF_A_BOARD},
            save=lambda form, seen, key: housekeeping.change_board(
                by=member_of(request), board=row, seen=seen, values=form.cleaned_data, idempotency_key=key
            ),
            seen=housekeeping.seen_of(row, OF_A_BOARD),
            row=row,
            names=OF_A_BOARD,
        )

    return edit(request, page)


@require_safe
@house_only
def phrases(request: HttpRequest) -> HttpResponse:
    """Every watched phrase, those in use first."""
    rules = WatchedRule.objects.select_related("board").order_by("-enabled", "pattern", "pk")
    rows = [{"rule": rule, "is_readable": is_readable(rule.pattern, rule.kind)} for rule in rules]
    return render(request, "forum/settings_phrases.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps(*OF_A_PHRASE)
@house_only
def new_phrase(request: HttpRequest) -> HttpResponse:
    """Watch for one phrase more."""
    return edit(
        request,
        lambda: Page(
            heading=_("A new watched phrase"),
            lead=_("A post that holds it is looked at by a person. It is never blocked."),
            back=(reverse("house_phrases"), _("Watched phrases")),
            form=forms.PhraseForm,
            initial={},
            save=lambda form, seen, key: housekeeping.add_watched_rule(
                by=member_of(request), values=form.values, idempotency_key=key
            ),
            done=_("The team watches for it from now on."),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps(*OF_A_PHRASE)
@house_only
def phrase(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a watched phrase, or switch it off."""

    def page() -> Page:
        row = get_object_or_404(WatchedRule.objects.select_related("board"), pk=pk)
        return Page(
            heading=_("A watched phrase"),
            lead=_("Each change makes a new version. Posts that wait already stay as they are."),
            back=(reverse("house_phrases"), _("Watched phrases")),
            form=forms.PhraseForm,
            initial=forms.as_typed(row),
            save=lambda form, seen, key: housekeeping.change_watched_rule(
                by=member_of(request),
                rule=row,
                version=int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
                values=form.values,
                idempotency_key=key,
            ),
            seen=str(row.version),
            row=row,
            names=OF_A_PHRASE,
        )

    return edit(request, page)


@require_safe
@house_only
def guide(request: HttpRequest) -> HttpResponse:
    """What each severity means and what to do; for the team."""
    guides = [
        {"severity": one.severity, "title": str(one)}
        | {"meaning": one.words("meaning"), "to_do": one.words("do")}
        for one in SeverityGuide.objects.all()
    ]
    return render(request, "forum/severity_guide.html", {"guides": guides})


def _settings() -> tuple[str, str]:
    return reverse("settings"), _("Settings")
