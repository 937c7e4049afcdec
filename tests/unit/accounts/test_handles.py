"""Handles: the shape, look-alikes, reserved words, suggestions."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts import handles
from accounts.models import User


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("ab", "shape"),
        ("a" * 31, "shape"),
        ("-maple", "shape"),
        ("maple_", "shape"),
        ("quiet maple", "shape"),
        ("quiet.maple", "shape"),
        ("", "shape"),
        ("\u0410dmin", "ascii"),  # Cyrillic A
        ("m\u0430ple", "ascii"),
        ("map\u200ble", "ascii"),  # zero-width space
        ("\u202emaple", "ascii"),  # right-to-left override
        ("\ufb01nchbird", "ascii"),  # one letter for "fi"
        ("caf\u00e9luna", "ascii"),
        ("mary@example.org", "contact"),
        ("mary-gmail-com", "contact"),
        ("call5550100now", "contact"),
        ("555-012-3456", "contact"),
        ("Rosa1974", "birthday"),
        ("2003_maple", "birthday"),
        ("admin", "staff"),
        ("Admin", "staff"),
        ("adm1n", "staff"),
        ("ad-min", "staff"),
        ("admin2", "staff"),
        ("TheAdmin", "staff"),
        ("adminteam", "staff"),
        ("moderator", "staff"),
        ("rnoderator", "staff"),
        ("m0d3r4t0r", "staff"),
        ("NightModerator", "staff"),
        ("moderadora", "staff"),
        ("Family_Hub", "staff"),
        ("familyhub-help", "staff"),
        ("Support", "staff"),
        ("Dr_Smith", "staff"),
        ("DrSmith", "staff"),
        ("clinician7", "staff"),
        ("TeamRosa", "staff"),
        ("Equipo_Luna", "staff"),
        ("soporte", "staff"),
        ("former-member", "staff"),
    ],
)
def test_a_handle_that_could_mislead_or_expose_is_refused_with_its_reason(typed, reason):
    with pytest.raises(ValidationError) as refused:
        handles.validate_new_handle(typed)
    assert refused.value.code == reason
    assert len(str(refused.value.message)) > 20


@pytest.mark.parametrize(
    "typed",
    ["QuietMaple", "luna_azul", "Badminton4", "SupportiveOak", "a-b", "Mar1a7", "Teamwork", "Modesto"],
)
def test_an_ordinary_handle_is_accepted(typed):
    handles.validate_new_handle(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("marla7", "Mar1a7"),
        ("marla7", "mar-la_7"),
        ("Maple", "mAPLE"),
        ("corner", "comer"),
        ("vvillow", "willow"),
        ("Lily", "1i1y"),
        ("rose5", "roses"),
        ("moon0", "moono"),
        ("r-n-corn", "mcom"),
    ],
)
def test_two_handles_that_look_alike_have_one_skeleton(one, other):
    assert handles.skeleton(one) == handles.skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("Maple", "Mable"), ("rose4", "rosea"), ("QuietOak", "QuietElm")])
def test_handles_that_look_different_stay_apart(one, other):
    assert handles.skeleton(one) != handles.skeleton(other)


@pytest.mark.django_db
def test_the_database_itself_refuses_a_look_alike():
    User.objects.create_user("marla7")
    for look_alike in ("Mar1a7", "mar-la7", "MARLA7"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user(look_alike)


@pytest.mark.parametrize("language", ["en", "es", "es-mx", "fr"])
def test_three_suggestions_are_offered_and_each_could_be_taken(language):
    names = handles.suggest(language=language, taken=lambda skeletons: [])
    assert len(set(names)) == 3
    for name in names:
        handles.validate_new_handle(name)


def test_a_taken_handle_is_never_suggested():
    seen: list[str] = []

    def taken(skeletons):
        seen.extend(list(skeletons)[:9])
        return list(skeletons)[:9]

    names = handles.suggest(language="en", taken=taken)
    assert len(names) == 3
    assert not {handles.skeleton(name) for name in names} & set(seen)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_word_for_suggestions_makes_lawful_handles(language):
    words = handles._suggestion_words()[language]
    assert len(words["first"]) * len(words["second"]) > 2000
    for group in words.values():
        assert len(set(group)) == len(group)
    for first in words["first"]:
        for second in words["second"]:
            handles.validate_new_handle(first + second)
