"""Ways round the forum's own actions: an admin, a link that changes something, work before commit (H25, H26, H28)."""

import uuid

import pytest
from django.apps import apps
from django.core import mail
from django.db import transaction
from wagtail.admin.viewsets import viewsets
from wagtail.snippets.models import get_snippet_models

from accounts import notices, outbox
from accounts.models import Outbox
from forum import actions
from forum.models import ModAction, Post, ReviewItem
from forum.states import Decision
from tests.addresses import ANYTHING, every_address
from tests.flows.forum_scene import decided, item_of, reply_by, topic_by

pytestmark = pytest.mark.django_db

#: What clinicians own and change in the editor. Nothing else of the forum may ever be changed there.
TEXTS_OF_THE_HOUSE = {"ResponseTemplate", "SeverityGuide"}


def test_no_admin_reaches_a_row_of_the_forum(operator):
    """H26: neither Django's admin, which is not installed, nor Wagtail's screens."""
    assert not apps.is_installed("django.contrib.admin")
    offered = {model.__name__ for model in get_snippet_models() if model._meta.app_label == "forum"}
    assert offered <= TEXTS_OF_THE_HOUSE
    for viewset in viewsets.viewsets:
        model = getattr(viewset, "model", None)
        assert (
            not isinstance(model, type)
            or model._meta.app_label != "forum"
            or model.__name__ in TEXTS_OF_THE_HOUSE
        )
    assert operator.get("/admin/").status_code == 404


def rows_of_the_forum() -> dict[str, list]:
    """Every row of the forum but what a member has read, and what the worker writes."""
    left_out = {"TopicMember", "Member"}
    models = [model for model in apps.get_app_config("forum").get_models() if model.__name__ not in left_out]
    return {model.__name__: sorted(map(str, model.objects.values_list())) for model in models}


@pytest.mark.one_database
def test_opening_any_address_changes_nothing_whoever_does(asks, answers, moderator, operator, safety_lead):
    """H28: whoever follows a link, or whose browser does so by itself, decides and changes nothing."""
    shown = topic_by(answers)
    held = reply_by(asks, shown.topic)
    actions.report_post(by=asks.member, post=shown, category="unkind")
    refused = decided(moderator, topic_by(asks), Decision.REJECT, reason_code="unkind")
    places = {
        "public_id": [shown.public_id, held.public_id, refused.public_id, shown.topic.public_id],
        "pk": [str(item_of(held).pk), str(item_of(shown).pk), *ANYTHING],
        "slug": ["parents"],
    }
    addresses = every_address(places, without=("/cms/", "/es/", "/leave/", "/sign-out/"))
    before, mails = rows_of_the_forum(), Outbox.objects.count()
    for person in (asks, answers, moderator, operator, safety_lead):
        for address in addresses:
            person.get(address)
    assert rows_of_the_forum() == before
    assert Outbox.objects.count() == mails


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_tells_nobody_and_what_is_told_is_told_once(asks, moderator, monkeypatch):
    """H25: rolled back after the row was written: no mail. The outbox run twice: one mail."""
    from allauth.account.models import EmailAddress

    from accounts import seal

    EmailAddress.objects.create(
        user=asks.user, email=seal.seal("row@example.org"), verified=True, primary=True
    )
    post = topic_by(asks)
    with transaction.atomic():
        decided(moderator, post)
        assert Outbox.objects.exists()
        transaction.set_rollback(True)
    outbox.drain()
    assert mail.outbox == []
    assert not Outbox.objects.exists()
    assert ReviewItem.objects.get(post=post).status == "open"
    decided(moderator, post)
    key = uuid.uuid4().hex
    for _twice in range(2):
        notices.notify(person=asks.user, kind="post.published", subject_id=post.public_id, dedupe_key=key)
    for _run in range(3):
        outbox.drain()
    assert Outbox.objects.filter(dedupe_key=key).count() == 1
    assert len(mail.outbox) == 1
    assert ModAction.objects.filter(verb="approve_post").count() == 1
    assert Post.objects.get(pk=post.pk).state == "published"
