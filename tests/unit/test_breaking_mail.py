"""Mail of the CMS is as neutral as all other mail: a lock screen shows neither title, name nor clinic words."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.template.loader import render_to_string

from accounts import seal
from tests.unit.education.making import make_draft, make_tree, sign, submit

pytestmark = pytest.mark.django_db

TELLING = (
    "lesson",
    "review",
    "clinical",
    "workflow",
    "page",
    "talk",
    "heron-writes",
    "heron-signs",
    "comment",
)


def _with_address(person, address: str):
    sealed = seal.seal(address)
    EmailAddress.objects.create(user=person.user, email=sealed, verified=True, primary=True)
    person.user.email = sealed
    person.user.save()
    return person


def test_mail_about_a_lesson_under_review_names_nothing(person, django_capture_on_commit_callbacks):
    writes = _with_address(person("heron-writes", role="author"), "w@example.org")
    signs = _with_address(person("heron-signs", role="clinical_reviewer"), "s@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        page = make_draft(make_tree(), by=writes.user, title="When they will not talk")
        state = submit(page, by=writes.user)
        sign(signs, page, state)
    assert mail.outbox
    for message in mail.outbox:
        assert message.subject == "A note from your hub"
        words = message.body.lower()
        assert [word for word in TELLING if word in words] == []
        assert "/cms/" in words


def test_mail_about_a_comment_holds_no_word_of_it(person):
    context = {
        "page": make_draft(make_tree()),
        "editor": person("heron-writes").user,
        "new_comments": [{"text": "a secret word"}],
        "user": person("heron-signs").user,
    }
    body = render_to_string("wagtailadmin/notifications/updated_comments.txt", context)
    assert "secret" not in body
    assert "heron" not in body
    assert "/cms/" in body
    subject = render_to_string("wagtailadmin/notifications/updated_comments_subject.txt", context)
    assert subject.strip() == "A note from your hub"
