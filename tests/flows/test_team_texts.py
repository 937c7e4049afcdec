"""The team's texts: clinicians own them in the editor, moderators read them, and nobody else meets them."""

import re

import pytest
from django.core.management import call_command

from accounts.states import Role
from education.actions import register_cms_permissions
from forum.actions.opening import load_team_texts
from forum.models import ResponseTemplate, SeverityGuide
from forum.rules import NEEDS_REASON
from forum.states import Decision, Severity
from tests.flows.forum_scene import opened, page_of, topic_by

TEMPLATES = "/cms/snippets/forum/responsetemplate/"
GUIDE = "/cms/snippets/forum/severityguide/"

pytestmark = pytest.mark.django_db


def test_the_first_texts_are_loaded_once_and_what_a_clinician_changed_stays(capsys):
    call_command("load_templates")
    made = ResponseTemplate.objects.count()
    assert f"Texts made: {made + 4}." in capsys.readouterr().out
    ours = ResponseTemplate.objects.first()
    ResponseTemplate.objects.filter(pk=ours.pk).update(text_en="Our own words.")
    renamed = ResponseTemplate.objects.last()
    ResponseTemplate.objects.filter(pk=renamed.pk).update(name="Our own name")
    SeverityGuide.objects.filter(severity=0).update(do_en="Call Ana first.")
    assert load_team_texts() == 0
    ours.refresh_from_db()
    assert ours.text_en == "Our own words."
    assert SeverityGuide.objects.get(severity=0).do_en == "Call Ana first."
    assert ResponseTemplate.objects.count() == made


def test_every_decision_that_needs_a_reason_has_kind_words_in_both_languages():
    load_team_texts()
    texts = ResponseTemplate.objects.all()
    assert {Decision(one.decision) for one in texts} >= set(NEEDS_REASON) | {Decision.KEEP}
    for one in texts:
        assert one.text_es
        assert "!" not in one.text_en + one.text_es
        assert not re.search(
            r"\b(just|simply|should|failed|invalid|please note|addict|abuse)\b", one.text_en, re.I
        )
        assert len(one.text_en) <= 2000
    assert set(SeverityGuide.objects.values_list("severity", flat=True)) == set(Severity.values)


def test_what_only_a_clinician_can_say_is_marked_and_no_dose_or_number_stands_there():
    load_team_texts()
    for guide in SeverityGuide.objects.filter(severity__lte=1):
        assert "awaiting this site's clinician" in guide.meaning_en + guide.do_en
        assert "en espera del profesional clínico de este sitio" in guide.meaning_es + guide.do_es
    for guide in SeverityGuide.objects.all():
        assert not re.search(r"\d", guide.meaning_en + guide.do_en)


@pytest.mark.parametrize("who", ["moderator", "safety_lead", "operator"])
def test_the_team_reads_the_severity_guide(who, request):
    person = request.getfixturevalue(who)
    assert "not written yet" in person.get("/queue/guide/").content.decode()
    load_team_texts()
    page = person.get("/queue/guide/").content.decode()
    assert "Someone may be in danger now" in page
    assert "The daily work." in page
    assert "El trabajo de cada día." in person.get("/es/queue/guide/").content.decode()


def fields_of(template, **changed) -> dict[str, str]:
    names = ("name", "decision", "reason_code", "text_en", "text_es", "position")
    return {name: getattr(template, name) for name in names} | {"enabled": "on"} | changed


@pytest.mark.parametrize("who", ["reviewer", "safety_lead"])
def test_clinicians_write_them_in_the_editor(who, request):
    load_team_texts()
    person = request.getfixturevalue(who)
    template = ResponseTemplate.objects.first()
    assert template.name in person.get(TEMPLATES).content.decode()
    address = f"{TEMPLATES}edit/{template.pk}/"
    assert person.get(address).status_code == 200
    assert person.post(address, fields_of(template, text_en="Words of ours.")).status_code == 302
    template.refresh_from_db()
    assert template.text_en == "Words of ours."
    new = fields_of(template, name="A new one")
    assert person.post(f"{TEMPLATES}add/", new).status_code == 302
    assert ResponseTemplate.objects.filter(name="A new one").exists()
    guide = SeverityGuide.objects.get(severity=1)
    parts = {"severity": 1, "meaning_en": "M", "meaning_es": "S", "do_en": "D", "do_es": "H"}
    assert person.post(f"{GUIDE}edit/{guide.pk}/", parts).status_code == 302
    guide.refresh_from_db()
    assert guide.do_en == "D"


@pytest.mark.parametrize("who", ["reviewer", "safety_lead"])
def test_nobody_deletes_one(who, request):
    load_team_texts()
    person = request.getfixturevalue(who)
    template = ResponseTemplate.objects.first()
    for address in (
        f"{TEMPLATES}delete/{template.pk}/",
        f"{GUIDE}delete/{SeverityGuide.objects.first().pk}/",
    ):
        assert person.post(address).status_code in {302, 403}
    assert ResponseTemplate.objects.filter(pk=template.pk).exists()
    assert SeverityGuide.objects.count() == 4


@pytest.mark.parametrize("who", ["author", "operator", "moderator", "stranger", "visitor"])
def test_for_everyone_else_the_editor_has_no_such_page(who, request):
    load_team_texts()
    person = request.getfixturevalue(who)
    template = ResponseTemplate.objects.first()
    for address in (TEMPLATES, f"{TEMPLATES}add/", f"{TEMPLATES}edit/{template.pk}/", GUIDE):
        for response in (person.get(address), person.post(address, fields_of(template, text_en="Mine."))):
            assert response.status_code in {302, 403, 404, 405}
    template.refresh_from_db()
    assert template.text_en != "Mine."


def test_no_post_and_no_member_is_found_in_the_editor(reviewer, asks):
    """A47, for those who may open the forum's snippets."""
    post = topic_by(asks, title="A canary in the kitchen", text="It sang all evening.")
    for address in (
        "/cms/",
        "/cms/snippets/",
        f"{TEMPLATES}?q=canary",
        f"{GUIDE}?q=asks",
        "/cms/pages/search/?q=canary",
    ):
        page = reviewer.get(address).content.decode()
        for word in ("canary in", "sang all", ">asks<", post.public_id):
            assert word not in page
    for model in (
        "post",
        "postrevision",
        "member",
        "board",
        "watchedrule",
        "houserules",
        "reviewitem",
        "modaction",
    ):
        assert reviewer.get(f"/cms/snippets/forum/{model}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        (Role.MODERATOR, "forum.change_responsetemplate"),
        (Role.AUTHOR, "auth.change_group"),
        (Role.CLINICAL_REVIEWER, "accounts.view_user"),
        (Role.SAFETY_LEAD, "wagtailcore.publish_page"),
    ],
)
def test_a_room_gives_rights_to_its_own_texts_and_to_nothing_else(role, permission):
    with pytest.raises(ValueError, match="not to be given"):
        register_cms_permissions(role=role, permissions=[permission])


def test_words_the_team_put_away_meanwhile_leave_what_was_typed(moderator, asks):
    load_team_texts()
    template = ResponseTemplate.objects.first()
    address = page_of(topic_by(asks))
    form = opened(moderator, address) | {"message": "Dear you.", "template": str(template.pk), "use": "1"}
    assert "Dear you." not in moderator.post(address, form).content.decode()
    ResponseTemplate.objects.filter(pk=template.pk).update(enabled=False)
    shown = moderator.post(address, form)
    assert shown.status_code == 200
    assert "Dear you." in shown.content.decode()


def test_a_moderator_is_offered_the_words_that_fit_what_can_be_decided(moderator, asks):
    load_team_texts()
    page = moderator.get(page_of(topic_by(asks))).content.decode()
    assert "Send back: private details" in page
    for other in ("Second look: changed", "Taken down: unkind", "Brought back"):
        assert other not in page
