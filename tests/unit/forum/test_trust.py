"""Trust grows from people's approval alone, falls when a post is taken down, comes back when that was wrong."""

import datetime as dt

import pytest
from django.utils import timezone

from forum import actions, rules
from forum.actions.trusting import grant_trust
from forum.models import Member, ModAction, Post
from forum.states import Decision, PostState, Trust
from tests.factories import make_board, open_topic, write_reply
from tests.flows.forum_scene import again, decided

# --- the rule as a table -------------------------------------------------------------------------------------

TABLE = [
    # trust, locked, approved, days, upheld -> trust afterwards
    (0, False, 0, 0, False, 0),
    (0, False, 2, 2, False, 0),
    (0, False, 3, 1, False, 0),
    (0, False, 3, 2, False, 1),
    (0, False, 50, 30, False, 1),
    (0, False, 3, 2, True, 0),
    (1, False, 0, 0, False, 1),
    (1, False, 9, 9, True, 0),
    (2, False, 0, 0, False, 2),
    (2, False, 9, 9, True, 0),
    (0, True, 9, 9, False, 0),
    (1, True, 9, 9, True, 1),
    (2, True, 0, 0, True, 2),
]


@pytest.mark.parametrize(("trust", "locked", "approved", "days", "upheld", "after"), TABLE)
def test_trust_after_a_decision_is_as_the_table_says(trust, locked, approved, days, upheld, after):
    assert (
        rules.trust_after(trust=trust, locked=locked, approved=approved, days=days, upheld_recently=upheld)
        == after
    )


# --- as it goes on the site --------------------------------------------------------------------------------------


@pytest.fixture
def topic(answers):
    return open_topic(answers.member, make_board())


def approved(person, moderator, topic, *, days_ago: int = 0) -> Post:
    """A reply of this person that a moderator approved, sent so many days ago."""
    post = write_reply(person.member, topic)
    sent = timezone.now() - dt.timedelta(days=days_ago)
    Post.objects.filter(pk=post.pk).update(submitted_at=sent)
    return decided(moderator, post) if post.state == PostState.HELD else again(post)


def known(person, moderator, topic) -> list[Post]:
    """Three approved posts on two days."""
    return [approved(person, moderator, topic, days_ago=days) for days in (1, 1, 0)]


@pytest.mark.django_db
def test_the_third_approved_post_on_a_second_day_makes_a_member_known(asks, moderator, topic):
    for days in (1, 1):
        approved(asks, moderator, topic, days_ago=days)
        assert asks.member.trust == Trust.NEW
    approved(asks, moderator, topic)
    assert asks.member.trust == Trust.KNOWN
    assert write_reply(asks.member, topic).state == PostState.PUBLISHED
    row = ModAction.objects.get(verb="set_trust")
    assert (row.automated, row.from_state, row.to_state) == (True, "0", "1")
    assert row.bulk_parent_id == ModAction.objects.filter(verb="approve_post").latest("seq").pk


@pytest.mark.django_db
def test_many_posts_of_one_day_do_not_make_a_member_known(asks, moderator, topic):
    for _n in range(5):
        approved(asks, moderator, topic)
    assert asks.member.trust == Trust.NEW


@pytest.mark.django_db
def test_only_people_s_approval_counts(answers, topic):
    """A post that never waited was approved by nobody."""
    for _n in range(4):
        write_reply(answers.member, topic)
    assert answers.member.approved_count == 0


@pytest.mark.django_db
@pytest.mark.parametrize("decision", [Decision.RETURN, Decision.REJECT])
def test_what_was_turned_down_does_not_count(asks, moderator, topic, decision):
    decided(moderator, write_reply(asks.member, topic), decision, reason_code="private")
    assert asks.member.approved_count == 0


@pytest.mark.django_db
def test_taking_a_post_down_makes_its_author_new_again(asks, moderator, topic):
    posts = known(asks, moderator, topic)
    actions.remove_post(by=moderator.member, post=posts[0], reason_code="unkind")
    assert asks.member.trust == Trust.NEW
    assert write_reply(asks.member, topic).state == PostState.HELD


@pytest.mark.django_db
def test_an_established_member_loses_it_too(asks, moderator, topic):
    post = known(asks, moderator, topic)[0]
    grant_trust(by=moderator.member, member=asks.member, trust=Trust.ESTABLISHED)
    actions.remove_post(by=moderator.member, post=post, reason_code="unkind")
    assert asks.member.trust == Trust.NEW


@pytest.mark.django_db
def test_hiding_while_the_team_looks_costs_no_trust(asks, moderator, topic):
    post = known(asks, moderator, topic)[0]
    actions.hide_post(by=moderator.member, post=post, reason_code="unkind")
    assert asks.member.trust == Trust.KNOWN


@pytest.mark.django_db
def test_taking_one_s_own_post_back_costs_no_trust(asks, moderator, topic):
    post = known(asks, moderator, topic)[0]
    actions.withdraw_post(by=asks.member, post=post)
    assert asks.member.trust == Trust.KNOWN


@pytest.mark.django_db
@pytest.mark.parametrize("trust", [Trust.KNOWN, Trust.ESTABLISHED])
def test_restoring_gives_back_what_the_removal_took(asks, moderator, second_moderator, topic, trust):
    post = known(asks, moderator, topic)[0]
    Member.objects.filter(pk=asks.member.pk).update(trust=trust)
    actions.remove_post(by=moderator.member, post=post, reason_code="unkind")
    assert asks.member.trust == Trust.NEW
    actions.restore_post(by=second_moderator.member, post=again(post))
    assert asks.member.trust == trust


@pytest.mark.django_db
def test_a_member_whose_post_was_taken_down_this_month_is_not_known_by_the_next_approval(
    asks, moderator, topic
):
    """Else a removal would cost a single post's wait."""
    post = known(asks, moderator, topic)[0]
    actions.remove_post(by=moderator.member, post=post, reason_code="unkind")
    approved(asks, moderator, topic)
    assert asks.member.trust == Trust.NEW


@pytest.mark.django_db
def test_an_upheld_report_counts_for_thirty_days(asks, stranger, moderator, topic, monkeypatch):
    post = known(asks, moderator, topic)[0]
    actions.report_post(by=stranger.member, post=post, category="unkind")
    decided(moderator, post, Decision.REMOVE, reason_code="unkind")
    assert asks.member.trust == Trust.NEW
    approved(asks, moderator, topic)
    assert asks.member.trust == Trust.NEW
    monkeypatch.setattr(rules, "UPHELD_REPORT_COUNTS_FOR", -dt.timedelta(seconds=1))  # it is that long ago
    approved(asks, moderator, topic)
    assert asks.member.trust == Trust.KNOWN


@pytest.mark.django_db
def test_a_locked_trust_stays_whatever_happens(asks, moderator, topic):
    Member.objects.filter(pk=asks.member.pk).update(trust_locked=True)
    posts = known(asks, moderator, topic)
    assert asks.member.trust == Trust.NEW
    Member.objects.filter(pk=asks.member.pk).update(trust=Trust.KNOWN)
    actions.remove_post(by=moderator.member, post=posts[0], reason_code="unkind")
    assert asks.member.trust == Trust.KNOWN
    assert not ModAction.objects.filter(verb="set_trust").exists()


@pytest.mark.django_db
def test_a_moderator_grants_trust_on_the_record_and_never_to_themselves(asks, stranger, moderator):
    from django.core.exceptions import PermissionDenied

    grant_trust(by=moderator.member, member=asks.member, trust=Trust.ESTABLISHED)
    assert asks.member.trust == Trust.ESTABLISHED
    grant_trust(by=moderator.member, member=asks.member, trust=Trust.ESTABLISHED)
    assert ModAction.objects.filter(verb="grant_trust").count() == 1
    for by, to in ((moderator, moderator), (stranger, asks)):
        with pytest.raises(PermissionDenied):
            grant_trust(by=by.member, member=to.member, trust=Trust.KNOWN)


@pytest.mark.django_db
def test_trust_is_shown_to_no_other_member(asks, stranger, moderator, topic):
    known(asks, moderator, topic)
    page = stranger.get(topic.get_absolute_url()).content.decode()
    assert "Known" not in page
    assert "trust" not in page.lower()
