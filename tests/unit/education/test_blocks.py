"""What an author may and may not write in each block, and how claims become numbered notes."""

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from wagtail.blocks import StreamBlockValidationError

from education.claims import keys_in, number_claims, number_claims_in_text
from education.models import LessonPage
from tests.unit.education.making import BODY, body, make_draft, make_tree


def clean(*blocks):
    value = body(list(blocks))
    return value.stream_block.clean(value)


CHECK = BODY[3]
CARE = {"heading": "Call now if:", "items": ["they cannot be woken"], "after": "It is all right to call."}


def words(**value):
    return {
        "type": "words",
        "value": {"say": [{"quote": "I miss you.", "why": "It is kind."}], "not_say": [], **value},
    }


def test_a_whole_body_is_accepted():
    clean(*BODY, {"type": "emergency", "value": CARE}, {"type": "urgent", "value": CARE}, words())


@pytest.mark.parametrize(
    "wrong",
    [
        [{"type": "emergency", "value": CARE}, {"type": "emergency", "value": CARE}],
        [{"type": "urgent", "value": CARE}, {"type": "urgent", "value": CARE}],
        [{"type": "note", "value": {"heading": "h", "text": "t"}}] * 3,
        [{"type": "key_points", "value": ["one", "two"]}],
        [{"type": "key_points", "value": ["1", "2", "3", "4", "5", "6"]}],
        [{"type": "emergency", "value": {**CARE, "items": []}}],
        [{"type": "emergency", "value": {**CARE, "after": "See https://example.org"}}],
        [words(say=[])],
        [words(not_say=[{"quote": "Try not to say never.", "why": "The page says that."}])],
        [words(say=[{"quote": "I miss you.", "why": ""}])],
    ],
)
def test_a_block_that_breaks_a_rule_is_refused(wrong):
    with pytest.raises(StreamBlockValidationError):
        clean(*wrong)


@pytest.mark.parametrize(
    "options",
    [
        [{"text": "a", "right": False, "reason": "r"}, {"text": "b", "right": False, "reason": "r"}],
        [{"text": "a", "right": True, "reason": "r"}, {"text": "b", "right": True, "reason": "r"}],
        [{"text": "a", "right": True, "reason": "r"}, {"text": "b", "right": False, "reason": ""}],
        [{"text": "a", "right": True, "reason": "r"}],
    ],
)
def test_a_check_has_a_right_answer_a_wrong_one_and_reasons_for_all(options):
    with pytest.raises(StreamBlockValidationError):
        clean({"type": "check", "value": {**CHECK["value"], "options": options}})


def test_claims_are_numbered_in_the_order_of_their_first_mention():
    raw = [
        {"type": "text", "value": "<p>One.[^b] Two.[^a] Again.[^b]</p>", "id": "x"},
        {
            "type": "steps",
            "value": [{"type": "item", "value": {"title": "T", "text": "Three.[^c]"}, "id": "y"}],
        },
    ]
    assert keys_in(raw) == ["b", "a", "c"]


def test_a_claim_becomes_a_link_to_its_source():
    html = number_claims("<p>One. [^a]</p>", {"a": 7})
    assert html == '<p>One.<sup class="claim"><a href="#source-7" aria-label="Source 7">7</a></sup></p>'
    assert number_claims("<p>One.[^gone]</p>", {}) == "<p>One.</p>"


def test_plain_text_is_escaped_before_its_claims_are_numbered():
    assert "<script>" not in number_claims_in_text("<script>alert(1)</script>[^a]", {"a": 1})


def test_lesson_text_is_cleaned_when_shown():
    template = Template("{% load education_tags %}{% cited_html value %}")
    shown = template.render(
        Context({"value": '<p onclick="x()">Hi<script>alert(1)</script></p>', "claim_numbers": {}})
    )
    assert "onclick" not in shown
    assert "script" not in shown
    assert "Hi" in shown


@pytest.mark.django_db
def test_a_claim_without_a_source_is_refused():
    page = make_draft(make_tree())
    page.body = body([{"type": "text", "value": "<p>So it is.[^nobody-1999]</p>"}])
    with pytest.raises(ValidationError) as caught:
        page.clean()
    assert "nobody-1999" in str(caught.value)


@pytest.mark.django_db
def test_an_unknown_help_kind_is_refused():
    page = make_draft(make_tree())
    page.help_kinds = "overdose, dragons"
    with pytest.raises(ValidationError):
        page.clean()


def test_the_fingerprint_ignores_ids_and_notices_words():
    one, two = LessonPage(title="T", body=body()), LessonPage(title="T", body=body())
    assert one.body.get_prep_value() != two.body.get_prep_value()  # the ids differ
    assert one.fingerprint() == two.fingerprint()
    two.body = body([*BODY[:1], {"type": "heading", "value": "How to try it!"}, *BODY[2:]])
    assert one.fingerprint() != two.fingerprint()


@pytest.mark.parametrize(
    "field", sorted(set(LessonPage.reviewed_fields) - {"body", "minutes", "review_due_on"})
)
def test_every_reviewed_field_is_in_the_fingerprint(field):
    one, two = LessonPage(title="T", body=body()), LessonPage(title="T", body=body())
    setattr(two, field, "changed")
    assert one.fingerprint() != two.fingerprint()


def test_every_block_says_what_it_is_for_and_has_a_preview_and_a_template():
    for name, block in LessonPage._meta.get_field("body").stream_block.child_blocks.items():
        assert block.meta.description, name
        assert block.get_preview_value() not in (None, ""), name
        assert block.meta.template.startswith("education/blocks/"), name
        assert block.meta.group, name
