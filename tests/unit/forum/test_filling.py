"""A filled site is whole: its counters, its record, its search, and what a member finds there."""

import pytest
from django.core.management import CommandError, call_command

from forum.actions import filling_words, indexing
from forum.actions.filling import Size, fill
from forum.models import Board, Post, Quote, Topic, TopicMember
from forum.states import PostState

pytestmark = pytest.mark.django_db

SIZE = Size(boards=2, members=12, topics=6, posts=90, longest=45)


@pytest.fixture(autouse=True)
def _few_texts(monkeypatch):
    monkeypatch.setattr(filling_words, "POOL", 16)


def made(seed: int = 1):
    return fill(
        size=SIZE, reader=("BenchReader", "a quiet river at dawn"), seed=seed, say=lambda _words: None
    )


def test_a_filled_site_has_the_numbers_asked_for_and_its_counters_agree():
    filled = made()
    assert (filled.boards, filled.members, filled.topics, filled.posts) == (2, 13, 6, 90)
    assert Post.objects.count() == 90
    assert filled.longest.last_position == filled.longest.posts.count() == 45
    call_command("recount", "--check", verbosity=0)
    call_command("verify_record", verbosity=0)
    assert list(indexing.differing()) == []
    assert indexing.is_whole()


def test_in_a_filled_site_quoted_words_stand_in_the_post_they_are_of():
    from forum import marks

    made()
    quotes = list(Quote.objects.select_related("post__published_revision", "revision__post"))
    assert quotes
    for quote in quotes:
        assert marks.stands_in(quote.excerpt, quote.post.published_revision.text_norm)
        assert quote.post.position < quote.revision.post.position
        assert quote.post.topic_id == quote.revision.post.topic_id


def test_a_site_can_be_filled_further_and_lived_in(stranger):
    """The next post of a person gets a number of its own."""
    from tests.factories import write_reply

    filled = made()
    made(seed=2)
    assert write_reply(stranger.member, filled.longest).state == PostState.PUBLISHED
    call_command("recount", "--check", verbosity=0)
    assert Board.objects.count() == 4
    assert Topic.objects.count() == 12


def test_the_same_seed_makes_the_same_addresses(django_db_blocker):
    from django.db import transaction

    def addresses():
        with transaction.atomic():
            made(seed=5)
            found = list(Topic.objects.order_by("pk").values_list("public_id", "published_count"))
            transaction.set_rollback(True)
        return found

    first = addresses()
    assert first == addresses()
    assert len(set(first)) == 6


def test_the_reader_read_some_of_it():
    filled = made()
    marks = TopicMember.objects.filter(member=filled.reader).select_related("topic")
    assert 0 < len(marks) < 6
    assert all(mark.last_read_position <= mark.topic.last_position for mark in marks)


def test_who_was_made_up_cannot_sign_in(client):
    made()
    someone = Post.objects.select_related("author__user")[0].author.user
    assert not someone.has_usable_password()


def test_a_site_with_posts_is_not_filled_by_mistake():
    made()
    with pytest.raises(CommandError, match="posts here already"):
        call_command("fill", posts=90, topics=6, longest=45)


def test_a_real_site_is_never_filled(settings):
    settings.DEMO_ALLOWED = False
    with pytest.raises(CommandError, match="real site"):
        call_command("fill", "--anyway")


def test_a_size_that_cannot_be_is_refused_before_anything_is_made():
    with pytest.raises(CommandError, match="at least one post"):
        call_command("fill", posts=10, topics=20, longest=5)
    assert not Board.objects.exists()
