"""What the team changes about the house itself: numbers, staffed hours, boards, watched phrases.

Each save is a compare-and-swap on what the person had before them, and stands on the record in plain words:
what it was, and what it is now. A save that changes nothing writes nothing.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules import has_role
from accounts.states import Role
from forum import rules
from forum.actions import record
from forum.actions.errors import Conflict, Refused, one, refuse_unless
from forum.actions.watching import BadPattern, read_pattern
from forum.clocks import hours_in_words
from forum.models import Board, HouseRules, Member, ModAction, Topic, WatchedRule
from forum.models.house import new_token
from forum.states import ActorRole, Audience
from forum.waiting import forget_hours

#: What each part of the house is called, on its form and on the record.
NAMES: dict[str, Promise] = {
    "target_imminent": gettext_lazy("Someone may be in danger now: minutes to the first answer"),
    "target_concern": gettext_lazy("Worrying: minutes to the first answer"),
    "target_routine": gettext_lazy("Routine: staffed minutes to the first answer"),
    "target_sample": gettext_lazy("Sample: staffed minutes to the first answer"),
    "trust_posts": gettext_lazy("Approved posts until a member is known"),
    "trust_days": gettext_lazy("On how many different days"),
    "claim_minutes": gettext_lazy("Minutes a moderator keeps an item"),
    "undo_minutes": gettext_lazy("Minutes in which a decision can be undone"),
    "sample_percent": gettext_lazy("Of a hundred published posts, how many are read as a sample"),
    "appeal_days": gettext_lazy("Days in which a person can ask for a second look"),
    "appeal_working_days": gettext_lazy("Working days until they get an answer"),
    "hide_at_reports": gettext_lazy("Reports by so many people hide a post until somebody looks"),
    "break_after": gettext_lazy("Hard items until a break is offered"),
    "keep_text_days": gettext_lazy("Days for which unpublished texts are kept"),
    "welcome_after_hours": gettext_lazy("Hours without an answer until the welcomers hear of a topic"),
    "team_after_hours": gettext_lazy("Hours without an answer until the team hears of it too"),
    "debrief_url": gettext_lazy("Page for talking after something hard"),
    "staffed_hours": gettext_lazy("Staffed hours"),
    "name": gettext_lazy("Name"),
    "slug": gettext_lazy("Address"),
    "purpose": gettext_lazy("Purpose, in one line"),
    "about": gettext_lazy("Rules and hours of this board"),
    "openings": gettext_lazy("Ready first lines"),
    "group": gettext_lazy("Stands under"),
    "audience": gettext_lazy("Who can read it"),
    "premoderation": gettext_lazy("What waits for a person"),
    "position": gettext_lazy("Place in the list"),
    "rests_from": gettext_lazy("Rests each day from"),
    "rests_until": gettext_lazy("Rests until"),
    "pattern": gettext_lazy("What to watch for"),
    "kind": gettext_lazy("How it is written"),
    "board": gettext_lazy("In which board"),
    "severity": gettext_lazy("How soon a person must look"),
    "holds": gettext_lazy("The post waits until a person has looked"),
    "enabled": gettext_lazy("In use"),
    "note": gettext_lazy("Why we watch for it"),
}
_OF_THE_HOUSE = {field.name for field in HouseRules._meta.fields}
NUMBERS = tuple(name for name in NAMES if name in _OF_THE_HOUSE and name != "staffed_hours")
OF_A_BOARD = (
    *("name", "purpose", "about", "openings", "group", "audience", "premoderation", "position"),
    *("rests_from", "rests_until"),
)
OF_A_PHRASE = ("pattern", "kind", "board", "severity", "holds", "enabled", "note")
#: More would make each post slower to send than it should be.
MOST_WATCHED = 300

VERBS: dict[str, Promise] = {
    "change_house_rules": gettext_lazy("Numbers or hours changed"),
    "add_board": gettext_lazy("Board opened"),
    "change_board": gettext_lazy("Board changed"),
    "add_watched_rule": gettext_lazy("Watched phrase added"),
    "change_watched_rule": gettext_lazy("Watched phrase changed"),
}
SUBJECTS = ("house_rules", "board", "watched_rule")

STAYS_CLOSED = gettext_lazy(
    "People wrote here for members only, so it stays for members. To talk in the open, make a new board."
)


def seen_of(row: models.Model, names: tuple[str, ...]) -> str:
    """A mark of what stands in these fields now. A form carries it, so that a save knows what it replaces."""
    values = json.dumps([_stored(row, name) for name in names], sort_keys=True, default=str)
    return hashlib.sha256(values.encode()).hexdigest()[:32]


def _stored(row: models.Model, name: str) -> Any:
    return getattr(row, row._meta.get_field(name).attname)  # type: ignore[union-attr]


def change_house_rules(*, by: Member, seen: str, values: Mapping[str, Any], idempotency_key: str) -> bool:
    """Change numbers, or the staffed hours; only the fields given. False when nothing is new.

    Raises PermissionDenied, Conflict (someone changed one of these fields since `seen`).
    """
    return _once(_change_house_rules, by=by, key=idempotency_key, seen=seen, values=dict(values))


@transaction.atomic
def _change_house_rules(*, by: Member, key: str, seen: str, values: dict[str, Any]) -> bool:
    before = HouseRules.objects.select_for_update().filter(pk=1).first() or HouseRules.current()
    if seen_of(before, tuple(values)) != seen:
        raise Conflict
    note = _what_changed(before, values)
    if not note:
        return False
    if before.token == "":  # nobody changed any yet, and the row begins with this token
        HouseRules.objects.get_or_create(pk=1, defaults={"token": ""})
    one(HouseRules.objects.filter(pk=1, token=before.token).update(**values, token=new_token()))
    transaction.on_commit(forget_hours)
    _write_down(by, "change_house_rules", "house_rules", 1, note=note, key=key)
    return True


def add_board(*, by: Member, values: Mapping[str, Any], idempotency_key: str) -> bool:
    """Open a board; its address stays. Raises PermissionDenied, Refused (the address is taken)."""
    return _once(_add_board, by=by, key=idempotency_key, values=dict(values))


@transaction.atomic
def _add_board(*, by: Member, key: str, values: dict[str, Any]) -> bool:
    try:
        with transaction.atomic():
            board = Board.objects.create(**values)
    except IntegrityError as error:
        raise Refused(_("Another board has this address. Choose a different one.")) from error
    _write_down(by, "add_board", "board", board.pk, note=_as_it_is(board, ("slug", *OF_A_BOARD)), key=key)
    return True


def change_board(
    *, by: Member, board: Board, seen: str, values: Mapping[str, Any], idempotency_key: str
) -> bool:
    """Change what a board says and whose posts wait. False when nothing is new.

    Raises PermissionDenied, Conflict, Refused (opening to everyone what members wrote among themselves).
    """
    return _once(_change_board, by=by, key=idempotency_key, pk=board.pk, seen=seen, values=dict(values))


@transaction.atomic
def _change_board(*, by: Member, key: str, pk: int, seen: str, values: dict[str, Any]) -> bool:
    before = Board.objects.select_for_update().get(pk=pk)
    if seen_of(before, OF_A_BOARD) != seen:
        raise Conflict
    note = _what_changed(before, values)
    if not note:
        return False
    target = Board.objects.filter(pk=pk, **{name: getattr(before, name) for name in values})
    if before.audience == Audience.MEMBERS and values.get("audience") == Audience.PUBLIC:
        # Whatever its state: a topic that waits was written for members too. Asked again in the UPDATE.
        if Topic.objects.filter(board=before).exists():
            raise Refused(str(STAYS_CLOSED))
        target = target.filter(~Exists(Topic.objects.filter(board=OuterRef("pk"))))
    one(target.update(**values))
    _write_down(by, "change_board", "board", pk, note=note, key=key)
    return True


def add_watched_rule(*, by: Member, values: Mapping[str, Any], idempotency_key: str) -> bool:
    """Watch for one phrase more. Raises PermissionDenied, Refused (unreadable, or there are too many)."""
    return _once(_add_watched_rule, by=by, key=idempotency_key, values=dict(values))


@transaction.atomic
def _add_watched_rule(*, by: Member, key: str, values: dict[str, Any]) -> bool:
    _refuse_unreadable(values)
    if values["enabled"]:
        _refuse_too_many()
    rule = WatchedRule.objects.create(**values, changed_by=by)
    _say_anew()
    _write_down(by, "add_watched_rule", "watched_rule", rule.pk, note=_as_it_is(rule, OF_A_PHRASE), key=key)
    return True


def change_watched_rule(
    *, by: Member, rule: WatchedRule, version: int, values: Mapping[str, Any], idempotency_key: str
) -> bool:
    """Change a watched phrase, or switch it off or on: its next version. False when nothing is new.

    Raises PermissionDenied, Conflict (`version` is not the newest), Refused.
    """
    return _once(
        _change_watched_rule, by=by, key=idempotency_key, pk=rule.pk, version=version, values=dict(values)
    )


@transaction.atomic
def _change_watched_rule(*, by: Member, key: str, pk: int, version: int, values: dict[str, Any]) -> bool:
    before = WatchedRule.objects.select_for_update(of=("self",)).select_related("board").get(pk=pk)
    if before.version != version:
        raise Conflict
    note = _what_changed(before, values)
    if not note:
        return False
    _refuse_unreadable(values)
    if values["enabled"] and not before.enabled:
        _refuse_too_many()
    one(
        WatchedRule.objects.filter(pk=pk, version=version).update(
            **values, version=F("version") + 1, changed_by=by, changed_at=timezone.now()
        )
    )
    _say_anew()
    _write_down(by, "change_watched_rule", "watched_rule", pk, note=note, key=key)
    return True


def _once(act: Callable[..., bool], *, by: Member, key: str, **rest: Any) -> bool:
    """Do it; sent again with the same key it is done already, and nothing more happens."""
    refuse_unless(rules.may_change_house_rules(by.user))
    if _was_done(by, key):
        return True
    try:
        return act(by=by, key=key, **rest)
    except (Conflict, Refused, IntegrityError):
        if _was_done(by, key):  # the same form, sent twice at the same moment
            return True
        raise


def _was_done(by: Member, key: str) -> bool:
    return bool(key) and ModAction.objects.filter(idempotency_key=key, actor_id=by.pk).exists()


def _refuse_unreadable(values: Mapping[str, Any]) -> None:
    try:
        read_pattern(values["pattern"], values["kind"])
    except BadPattern as error:
        raise Refused(error.message) from error


def _refuse_too_many() -> None:
    if WatchedRule.objects.filter(enabled=True).count() >= MOST_WATCHED:
        raise Refused(_("%(n)d phrases are in use. Switch one off first.") % {"n": MOST_WATCHED})


def _say_anew() -> None:
    """A new token: every process reads the phrases again before it takes the next text."""
    HouseRules.objects.get_or_create(pk=1, defaults={"token": ""})
    HouseRules.objects.filter(pk=1).update(token=new_token())


def _write_down(by: Member, verb: str, subject: str, pk: int, *, note: str, key: str) -> None:
    record.append(
        by=by,
        role=_acting_as(by),
        verb=verb,
        subject_kind=subject,
        subject_id=pk,
        note=note,
        idempotency_key=key,
    )


def _acting_as(by: Member) -> ActorRole:
    if has_role(by.user, Role.SAFETY_LEAD):
        return ActorRole.SAFETY_LEAD
    return ActorRole.MODERATOR if rules.may_moderate(by.user) else ActorRole.OPERATOR


def _what_changed(before: models.Model, values: Mapping[str, Any]) -> str:
    """ "Name: Parents → Mothers and fathers", a line for each field that differs; in the site's language."""
    with translation.override(settings.LANGUAGE_CODE):
        lines = []
        for name, after in values.items():
            was = getattr(before, name)
            if was != after:
                lines.append(f"{NAMES[name]}: {in_words(before, name)} → {_words_for(before, name, after)}")
        return "\n".join(lines)


def _as_it_is(row: models.Model, names: tuple[str, ...]) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        said = [name for name in names if name == "board" or getattr(row, name) not in ("", None)]
        return "\n".join(f"{NAMES[name]}: {in_words(row, name)}" for name in said)


def in_words(row: models.Model, name: str) -> str:
    """What stands in this field now, as people read it."""
    return _words_for(row, name, getattr(row, name))


def _words_for(row: models.Model, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return hours_in_words(value) or _("not set")
    if name == "board":
        return str(value) if value else _("all boards")
    if isinstance(value, dt.time):
        return formats.time_format(value, "TIME_FORMAT")
    choices = dict(getattr(row._meta.get_field(name), "flatchoices", ()))
    if value in choices:
        return str(choices[value])
    return (
        f"“{value}”"
        if isinstance(value, str) and value
        else ("" if value is None else str(value)) or _("nothing")
    )
