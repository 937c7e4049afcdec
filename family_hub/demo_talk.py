"""The third part of the demo: what members find in Talk. Invented, made by the site's actions."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from family_hub.demo_team import write_reply, write_topic
from forum import drafts_showing
from forum.actions.drafting import Known, save_draft
from forum.actions.following import follow_board, keep_post
from forum.actions.housekeeping import OF_A_BOARD, change_board, seen_of
from forum.actions.quoting import block
from forum.actions.responding import respond
from forum.actions.welcoming import tell_of_unanswered
from forum.models import Board, Member, Post, Topic
from forum.states import ContentNote, Level, Need, ResponseKind

QUIET = "On Sundays the house is so quiet that I hear the fridge."
#: A board that is read in the evening and rests at night, when nobody of the team is there.
RESTS = {"rests_from": dt.time(23), "rests_until": dt.time(6)}


@dataclass(frozen=True)
class Talkers:
    """Who takes part: members of trust 1, a new one, a welcomer, the safety lead."""

    maple: Member
    lantern: Member
    rain: Member
    tea: Member
    tide: Member


@transaction.atomic
def tell_of_talk(people: Talkers) -> None:
    """What a topic asks for, what a post mentions, a quote, ready words, what one keeps, a rest."""
    _welcome(people)
    _quote_and_answer(people)
    _name_what_it_mentions(people)
    _leave_one_unanswered(people)
    _keep_a_draft(people.maple)
    _let_a_board_rest(people.tide)


def _welcome(people: Talkers) -> None:
    hello = Topic.objects.filter(author=people.rain, board__slug="welcome", state="open").first()
    if hello:
        write_reply(
            people.tea,
            hello,
            "Welcome, PorchRain. Reading every night is a fine way to begin. Nobody has to write here. "
            "When you want to, two lines are enough.",
        )


def _quote_and_answer(people: Talkers) -> None:
    topic = write_topic(
        people.maple,
        "first-weeks",
        "Sunday evening in a quiet house",
        f"{QUIET} He is upstairs, she is at work, and I do not know where to put my hands.\n\n"
        "I do not need advice tonight.",
        asks_for=[Need.LISTEN],
    )
    first = Post.objects.get(topic=topic)
    quoted = block(name=people.maple.handle, url=first.get_absolute_url(), excerpt=QUIET)
    answer = write_reply(
        people.lantern,
        topic,
        f"{quoted}\n\nOurs hums in the same key. I read what you wrote, and I am still here at ten.",
    )
    write_reply(people.maple, topic, "Thank you. That helped more than a list would have.")
    for one, post, words in (
        (people.maple, answer, ResponseKind.THANKS),
        (people.tea, answer, ResponseKind.ME_TOO),
        (people.lantern, first, ResponseKind.THINKING),
        (people.tea, first, ResponseKind.THINKING),
        (people.rain, first, ResponseKind.ME_TOO),
    ):
        respond(by=one, post=post, kind=words)
    keep_post(by=people.maple, post=answer)
    follow_board(by=people.maple, board=topic.board, level=Level.WATCHING)


def _name_what_it_mentions(people: Talkers) -> None:
    topic = write_topic(
        people.lantern,
        "after-treatment",
        "A name was read aloud at family group",
        "Someone from his first group died in spring. They read the name, and he held my hand for once. "
        "How do you talk about it at home, without making it the only subject?",
        asks_for=[Need.LISTEN, Need.IDEAS],
        content_notes=[ContentNote.GRIEF],
    )
    write_reply(people.tea, topic, "We light a candle on that day and then we cook. Both belong to it.")


def _leave_one_unanswered(people: Talkers) -> None:
    """Five hours later the welcomer has heard of it; who opens the list finds it at once."""
    write_topic(
        people.maple,
        "worried-and-deciding",
        "How did you get through the weeks before a place was free?",
        "My brother said yes on Monday. Now there is a list, and nobody can say how long. "
        "What did you do with the days in between?",
        asks_for=[Need.IDEAS, Need.FACTS],
    )
    tell_of_unanswered(now=timezone.now() + dt.timedelta(hours=5))


def _keep_a_draft(member: Member) -> None:
    save_draft(
        by=member,
        key=drafts_showing.key_of(drafts_showing.TOPIC, "partners"),
        fields={
            "title": "Rooms of our own",
            "text": "We sleep in two rooms since March, and I",
            "asks_for": [],
        },
        based_on=Known(),
        client_token=get_random_string(32),
    )


def _let_a_board_rest(lead: Member) -> None:
    board = Board.objects.get(slug="setbacks")
    if board.rests_from is None:
        change_board(
            by=lead,
            board=board,
            seen=seen_of(board, OF_A_BOARD),
            values=RESTS,
            idempotency_key=get_random_string(32),
        )
