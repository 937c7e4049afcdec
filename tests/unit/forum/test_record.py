"""The record: one row an act, chained; a changed row and a cut tail are found (invariant I9, scenario A33)."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from forum import actions
from forum.actions import record
from forum.models import ModAction, ModActionText, RecordHead
from forum.states import Decision
from tests.factories import make_board, open_topic
from tests.flows.forum_scene import again, decided, topic_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def acts(asks, answers, moderator) -> list[ModAction]:
    """A few acts of different kinds, some with words."""
    decided(moderator, topic_by(asks))
    decided(moderator, topic_by(asks), Decision.RETURN, reason_code="private", message="For the author.")
    post = again(open_topic(answers.member, make_board(slug="partners", name="Partners")).first_post)
    actions.hide_post(by=moderator.member, post=post, reason_code="unkind", note="For the team.")
    actions.restore_post(by=moderator.member, post=again(post))
    return list(ModAction.objects.order_by("seq"))


def tampered(statement: str, *values) -> list[str]:
    """What the check says after someone with the database in hand did this, around every guard."""
    with connection.cursor() as cursor:
        for name in _guards(cursor):
            cursor.execute(name)
        cursor.execute(statement, values)
    return list(record.faults())


def _guards(cursor) -> list[str]:
    """Statements that take the guards of the record away, as someone with the database in hand could."""
    if connection.vendor == "sqlite":
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'forum_modaction'"
        )
        return [f"DROP TRIGGER {name}" for (name,) in cursor.fetchall()]
    cursor.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'forum_modaction'::regclass AND NOT tgisinternal"
    )
    return [f"DROP TRIGGER {name} ON forum_modaction" for (name,) in cursor.fetchall()]


def test_every_act_is_one_row_and_the_chain_verifies(acts):
    assert [act.seq for act in acts] == list(range(1, len(acts) + 1))
    assert [act.prev for act in acts] == [record.GENESIS, *(act.hash for act in acts[:-1])]
    assert list(record.faults()) == []
    assert RecordHead.objects.values_list("seq", "hash").get() == (acts[-1].seq, acts[-1].hash)


def test_an_empty_record_verifies():
    assert list(record.faults()) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "approve_post"),
        ("actor_id", 4711),
        ("actor_label", "moderator 4711"),
        ("reason_code", "other"),
        ("from_state", "x"),
        ("subject_id", "4711"),
        ("at_us", 1),
        ("text_hash", "0" * 64),
        ("automated", True),
    ],
)
def test_a_changed_row_is_found(acts, column, value):
    hidden = next(act for act in acts if act.verb == "hide_post")
    faults = tampered(f"UPDATE forum_modaction SET {column} = %s WHERE seq = %s", value, hidden.seq)  # noqa: S608
    assert faults == [f"number {hidden.seq} was changed"]


def test_a_row_taken_from_the_middle_is_found(acts):
    hidden = next(act for act in acts if act.verb == "restore_post")
    middle = hidden.seq - 2
    ModActionText.objects.filter(action__seq=middle).delete()
    faults = tampered("DELETE FROM forum_modaction WHERE seq = %s", middle)
    assert f"number {middle} is missing; the next row is number {middle + 1}" in faults
    assert f"number {middle + 1} does not follow the row before it" in faults


def test_a_cut_tail_is_found(acts):
    assert tampered("DELETE FROM forum_modaction WHERE seq = %s", acts[-1].seq) == [
        "the newest rows are missing"
    ]


def test_a_record_that_was_emptied_is_found(acts):
    ModActionText.objects.all().delete()
    assert tampered("DELETE FROM forum_modaction") == ["the newest rows are missing"]


def test_a_row_written_with_an_unknown_key_is_found(acts):
    with override_settings(RECORD_KEYS=["another-key"]):
        assert f"number {acts[0].seq} names a key that is not in RECORD_KEYS" in list(record.faults())


def test_old_rows_verify_after_a_new_key_was_added(acts, settings, asks, moderator):
    settings.RECORD_KEYS = ["the-new-key", *settings.RECORD_KEYS]
    decided(moderator, topic_by(asks))
    assert ModAction.objects.values("key_id").distinct().count() == 2
    assert list(record.faults()) == []


def test_the_words_can_be_erased_and_the_chain_still_holds(acts):
    assert ModActionText.objects.count() == 2
    ModActionText.objects.update(note="", message="", salt="")
    assert list(record.faults()) == []


def test_words_that_were_rewritten_are_found(acts):
    words = ModActionText.objects.select_related("action").first()
    ModActionText.objects.filter(pk=words.pk).update(message="Something else.")
    assert list(record.faults()) == [f"the words of number {words.action.seq} were changed"]


def test_no_row_holds_words_or_handles(acts):
    for row in ModAction.objects.values():
        assert "For the" not in str(row)
        assert "asks" not in str(row)
        assert "answers" not in str(row)


def test_an_act_that_fails_leaves_no_row(asks, moderator):
    post = topic_by(asks)
    before = ModAction.objects.count()
    with pytest.raises(actions.Refused):
        decided(moderator, post, Decision.REJECT)
    assert ModAction.objects.count() == before
    assert list(record.faults()) == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_down_outside_its_act():
    with pytest.raises(RuntimeError):
        record.append(by=None, role=record.ActorRole.SYSTEM, verb="x", subject_kind="post", subject_id=1)


def test_no_key_can_be_used_for_two_acts(asks, moderator):
    from tests.flows.forum_scene import item_of

    first, second = topic_by(asks), topic_by(asks)
    for post in (first, second):
        item = item_of(post)
        call = {
            "by": moderator.member,
            "item": item,
            "version": item.version,
            "revision_id": post.latest_revision_id,
            "decision": Decision.APPROVE,
            "idempotency_key": "the same",
        }
        if post is first:
            actions.decide(**call)
        else:
            with pytest.raises(actions.Conflict):
                actions.decide(**call)
    assert ModAction.objects.filter(verb="approve_post").count() == 1


def test_the_database_itself_refuses_to_change_the_record(acts):
    """I9."""
    ModActionText.objects.all().delete()
    others = {
        "sqlite": "INSERT OR REPLACE INTO forum_modaction SELECT * FROM forum_modaction",
        "postgresql": "TRUNCATE forum_modaction CASCADE",
    }
    changes = ("UPDATE forum_modaction SET verb = 'x'", "DELETE FROM forum_modaction")
    for change in (*changes, others[connection.vendor]):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(change)
    assert list(record.faults()) == []


def test_an_operator_is_told_the_newest_row_or_where_the_chain_breaks(acts, capsys):
    call_command("verify_record")
    assert f"number {acts[-1].seq}, hash {acts[-1].hash}" in capsys.readouterr().out
    tampered("UPDATE forum_modaction SET verb = 'approve_post' WHERE seq = %s", acts[0].seq)
    with pytest.raises(CommandError):
        call_command("verify_record")
    assert f"number {acts[0].seq} was changed" in capsys.readouterr().err
