"""Helplines, sources and pictures: honest about what was checked, and free of what a camera adds."""

import datetime
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.utils import timezone, translation
from PIL import Image

from education.models import CrisisResource, HubImage, Source
from education.models.media import without_metadata
from tests.unit.education.making import make_tree


def line(**fields):
    fields = {
        "key": "line",
        "kinds": "suicide",
        "name_en": "A helpline",
        "name_es": "Una línea",
        "what_en": "Day and night.",
        "what_es": "Día y noche.",
        "phone": "555-0100",
        "languages": "en, es",
        **fields,
    }
    return CrisisResource(**fields)


# --- helplines ------------------------------------------------------------------------------------------
def test_a_number_is_checked_only_for_ninety_days_and_only_with_a_name(db, reviewer):
    today = timezone.localdate()
    assert not line().is_checked()
    assert not line(reviewed_on=today).is_checked()
    assert line(reviewed_on=today, reviewed_by=reviewer.user).is_checked()
    assert line(reviewed_on=today - datetime.timedelta(days=90), reviewed_by=reviewer.user).is_checked()
    assert not line(reviewed_on=today - datetime.timedelta(days=91), reviewed_by=reviewer.user).is_checked()


def test_a_helpline_speaks_the_readers_language():
    with translation.override("es"):
        assert (line().name, line().what) == ("Una línea", "Día y noche.")
    with translation.override("en"):
        assert line().name == "A helpline"


def test_numbers_become_links_a_phone_understands():
    it = line(phone="1-800-555-0100", sms="88 999", sms_text="START")
    assert it.phone_href == "tel:18005550100"
    assert it.sms_href == "sms:88999?&body=START"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": "dragons"},
        {"phone": ""},
        {"phone": "call me"},
        {"reviewed_on": datetime.date(2999, 1, 1)},
    ],
)
def test_a_helpline_that_cannot_help_is_refused(wrong):
    with pytest.raises(ValidationError):
        line(**wrong).full_clean()


def test_the_day_of_a_check_carries_who_checked_it(db, reviewer):
    it = line(key="editable")
    it.save()
    from django.urls import reverse

    address = reverse("wagtailsnippets_education_crisisresource:edit", args=[it.pk])
    fields = {
        name: getattr(it, name) or ""
        for name in "key region kinds order name_en name_es what_en what_es phone sms sms_text tty".split()
        + "chat_url languages hours source".split()
    }
    today = timezone.localdate()
    reviewer.post(address, fields | {"reviewed_on": today.isoformat()})
    it.refresh_from_db()
    assert (it.reviewed_on, it.reviewed_by) == (today, reviewer.user)
    reviewer.post(address, fields | {"reviewed_on": today.isoformat(), "phone": "555-0199"})
    it.refresh_from_db()
    assert (it.phone, it.reviewed_on, it.reviewed_by) == ("555-0199", None, None)


def test_helplines_of_another_country_are_not_shown(db):
    make_tree()
    line(key="here").save()
    line(key="there", region="FR").save()
    assert [it.key for it in CrisisResource.objects.for_this_site()] == ["here"]


def test_the_help_panel_shows_the_kinds_asked_for_in_their_order(db):
    make_tree()
    line(key="one", name_en="First line", kinds="overdose", order=1).save()
    line(key="two", name_en="Second line", kinds="suicide", order=2).save()
    page = Template("{% load education_tags %}{% help_panel kinds %}").render(
        Context({"kinds": ("suicide", "overdose")})
    )
    assert page.index("Second line") < page.index("First line")
    assert 'href="tel:5550100"' in page
    assert "not checked all of these numbers" in page


def test_the_help_panel_falls_back_to_the_emergency_line(db):
    make_tree()
    line(key="one", name_en="Emergency line", kinds="emergency").save()
    page = Template('{% load education_tags %}{% help_panel "grief" %}').render(Context())
    assert "Emergency line" in page


def test_the_crisis_line_is_one_line_with_a_number(db):
    make_tree()
    line(kinds="emergency, suicide").save()
    page = Template("{% load education_tags %}{% crisis_line %}").render(Context())
    assert 'href="tel:5550100"' in page


def test_in_despair_the_line_that_is_there_for_it_is_named_too(db):
    make_tree()
    line(key="all", kinds="emergency, suicide, overdose").save()
    line(key="despair", kinds="suicide, emergency", phone="555-0199").save()
    page = Template("{% load education_tags %}{% crisis_line %}").render(Context())
    assert page.index("tel:5550100") < page.index("tel:5550199")


def test_no_template_or_code_holds_a_phone_number():
    number = re.compile(r"(?<![\w.#/-])(?:911|988|1-8\d\d-\d{3}-\d{4}|88788|435748)(?![\w%-])")
    base = Path(settings.BASE_DIR)
    files = [*base.glob("templates/education/**/*.html"), *base.glob("education/**/*.py")]
    assert len(files) > 30
    found = [f"{path}: {match[0]}" for path in files for match in number.finditer(path.read_text())]
    # checks.py names them to refuse them in lessons.
    assert not [place for place in found if "education/checks.py" not in place]


# --- sources ---------------------------------------------------------------------------------------------
def test_a_source_shows_only_what_is_known():
    assert Source(key="k", author="A team", kind="web").words == "A team."
    full = Source(
        key="k", author="Known", year=2020, title="A paper", publisher="J", summarised_by="B", kind="paper"
    )
    assert full.words == "Known, 2020. A paper. J. As summarised by B."


# --- pictures --------------------------------------------------------------------------------------------
def picture(kind="JPEG", *, gps=True):
    image = Image.new("RGB", (40, 20), "teal")
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ana"
    exif[0x0112] = 6  # turned by a quarter
    if gps:
        exif.get_ifd(0x8825)[1] = "N"
    out = BytesIO()
    if kind == "GIF":
        image.save(out, kind, comment=b"Camera of Ana")
    else:
        image.save(out, kind, exif=exif)
    return SimpleUploadedFile(f"holiday.{kind.lower()}", out.getvalue())


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_an_uploaded_picture_keeps_nothing_of_its_camera(kind):
    uploaded = picture(kind)
    assert b"Camera of Ana" in uploaded.read()
    image = HubImage.objects.create(title="Picture", file=uploaded)
    stored = image.file.open().read()
    assert b"Camera of Ana" not in stored
    with Image.open(BytesIO(stored)) as opened:
        assert not dict(opened.getexif())
        assert "comment" not in opened.info
        expected = (40, 20) if kind == "GIF" else (20, 40)  # turned upright before the note about it went
        assert opened.size == expected
    assert (image.width, image.height) == expected


def test_what_is_no_picture_is_refused_kindly():
    with pytest.raises(ValidationError):
        without_metadata(SimpleUploadedFile("note.jpg", b"not a picture"))
