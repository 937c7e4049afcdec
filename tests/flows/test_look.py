"""What every page's look rests on: stylesheets, pictures for names, times in words, languages."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template import engines
from django.test import override_settings
from django.utils import timezone, translation

from family_hub.storage import JOINED_SHEET, SHEETS
from family_hub.templatetags import design_tags

STATIC = Path(settings.BASE_DIR) / "static"


def drawn(template: str, **values) -> str:
    return engines["django"].from_string(template).render(values)


def test_the_source_has_five_stylesheets_and_pages_link_them_in_layer_order():
    links = drawn("{% load design_tags %}{% stylesheets %}")

    assert [links.index(name) for name in SHEETS] == sorted(links.index(name) for name in SHEETS)


def test_collectstatic_joins_the_stylesheets_in_layer_order(tmp_path):
    backends = {**settings.STORAGES, "staticfiles": {"BACKEND": "family_hub.storage.JoinedStylesheets"}}
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=backends):
        for _again in range(2):
            call_command(
                "collectstatic", interactive=False, verbosity=0, ignore_patterns=["wagtail*", "admin*"]
            )
        links = drawn("{% load design_tags %}{% stylesheets %}")

    joined = (tmp_path / JOINED_SHEET).read_text()
    assert links.count("<link") == 1
    assert "css/hub." in links
    places = [joined.index((STATIC / name).read_text().strip()[:60]) for name in SHEETS]
    assert places == sorted(places)
    assert joined.index("@layer tokens, base, layout, components;") < joined.index("@layer base {")
    assert (tmp_path / f"{JOINED_SHEET}.gz").stat().st_size < 12_000


def test_every_icon_a_template_names_is_in_the_sprite():
    import re

    drawings = (STATIC / "img" / "icons.svg").read_text()
    there = set(re.findall(r'<symbol id="([^"]+)"', drawings))
    named = set()
    for template in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        text = template.read_text()
        named |= set(re.findall(r'icon\.html" with name="([^"]+)"', text))
        named |= set(re.findall(r' (?:plain_)?icon="([^"]+)"', text))
    assert named - there == set()


def test_a_seed_always_gives_the_same_picture_and_every_picture_is_in_the_sprite():
    sprite = (STATIC / "img" / "avatars.svg").read_text()
    seen = set()
    for seed in range(design_tags.AVATAR_SHAPES * design_tags.AVATAR_PAIRS):
        shape, pair = design_tags.avatar_shape(seed), design_tags.avatar_pair(seed)
        assert f'id="{shape}"' in sprite
        seen.add((shape, pair))
    assert len(seen) == 336
    assert design_tags.avatar_shape("not a number") == "a0"


@pytest.mark.parametrize(
    ("ago", "begins"),
    [(timedelta(0), "Today, "), (timedelta(days=1), "Yesterday, ")],
)
def test_a_near_moment_is_named_by_its_day(ago, begins):
    assert design_tags.friendly_time(timezone.now() - ago).startswith(begins)


def test_no_script_or_style_stands_inside_a_template_for_people():
    import re

    wrong = []
    for template in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        text = template.read_text()
        inline = r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)|javascript:"
        if re.search(inline, text):
            wrong.append(template.name)
    assert wrong == []


@pytest.mark.django_db
def test_another_language_stands_in_the_footer_only_when_it_is_offered(visitor):
    assert 'hreflang="es"' not in visitor.get("/privacy/").content.decode()
    with override_settings(OFFERED_LANGUAGES=["en", "es"]):
        page = visitor.get("/privacy/").content.decode()
        assert '<a href="/es/privacy/" lang="es" hreflang="es">Español</a>' in page
        spanish = visitor.get("/es/privacy/").content.decode()
        assert '<a href="/privacy/" lang="en" hreflang="en">English</a>' in spanish
    translation.activate("en")


def test_the_page_for_our_own_faults_needs_nothing_that_could_be_broken():
    page = drawn((Path(settings.BASE_DIR) / "templates" / "500.html").read_text())

    assert "/help/" in page
    assert "{%" not in (Path(settings.BASE_DIR) / "templates" / "500.html").read_text()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/privacy/", "/terms/", "/accessibility/", "/contact/", "/help/stay-safe/"])
def test_the_plain_pages_open_for_everyone_and_take_no_form(visitor, path):
    page = visitor.get(path).content.decode()
    assert page.count("<h1") == 1
    assert visitor.post(path).status_code == 405


@pytest.mark.django_db
def test_an_unknown_address_gets_a_kind_page_with_help(visitor):
    answer = visitor.get("/no/such/page/")
    assert answer.status_code == 404
    assert "Help now" in answer.content.decode()


@pytest.mark.django_db
def test_the_page_of_all_parts_draws_every_part(visitor):
    page = visitor.get("/parts/").content.decode()
    for words in ("error-summary", "care-card", "queue-item", "check-option", "post-fold", "call-bar"):
        assert words in page, words
