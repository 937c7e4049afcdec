"""Words that stand nowhere else, one in each thing that is not for everyone, and who may meet which.

`plant` puts them there by the acts that put them there on the real site. `MAY` is the table: whoever is not
named must not meet the word anywhere, in no page, header, mail or notice.
"""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import time_machine
from django.utils import timezone

from accounts import writing
from forum import actions
from forum.actions import quoting
from forum.actions.drafting import Known, save_draft
from forum.actions.purging import purge_texts
from forum.models import Board, ModAction, Post, SafetyEscalation, Topic, WatchedRule
from forum.models import ResponseTemplate as Template
from forum.states import Decision, EscalationOutcome, RevisionState, SanctionKind
from tests.factories import bring_to, decide, make_board, open_topic, write_reply, write_topic
from tests.flows.forum_scene import again, item_of

TEAM = frozenset({"moderator", "second_moderator", "safety_lead"})
OWN = frozenset({"asks"}) | TEAM
NOBODY: frozenset[str] = frozenset()

#: States of a post: (never public or not any more) title, text and reply each.
STATES = ("held", "returned", "rejected", "withdrawn", "hidden", "removed", "retracted")

#: Who may meet the words planted in ...
MAY: dict[str, frozenset[str]] = {
    **{f"{state} {what}": OWN for state in STATES for what in ("title", "text", "reply")},
    # a change that waits, the wording before a change, and what the team took out
    "pending title": OWN,
    "pending text": OWN,
    "earlier wording": OWN,
    "redacted original": OWN,
    # a reply in a topic that is hidden, and one that was moved into it
    "reply in a hidden topic": OWN,
    "moved into a hidden topic": OWN,
    # texts that were emptied: nobody
    "purged text": NOBODY,
    "purged note": NOBODY,
    # words of the team
    "note of a decision": TEAM,
    "message to its author": OWN,
    "note of a limit": TEAM,
    "message of a limit": TEAM | {"suspended"},
    "hand-over": TEAM,
    # words that the clinician on call was asked about: they read that one post and its notes
    "escalated text": OWN | {"clinician"},
    "note on an item": TEAM | {"clinician"},
    "clinical note": TEAM | {"clinician"},
    "message of the clinician": OWN | {"clinician"},
    "watched phrase": TEAM | {"operator"},
    "why it is watched": TEAM | {"operator"},
    "response template": TEAM,
    # words and names of members, for the team
    "note of a report": TEAM | {"stranger"},
    "who reported": TEAM | {"stranger"},
    "appeal": OWN,
    "parked text": frozenset({"asks"}),
    # what nobody sent yet, and a second text of another window
    "draft": frozenset({"asks"}),
    "draft put aside": frozenset({"asks"}),
    # words that others quoted, and that went afterwards: hidden, or taken out by the team
    "quoted, then hidden": frozenset({"answers"}) | TEAM,
    "quoted, then taken out": frozenset({"answers"}) | TEAM,
    # who decided, and whom a moderator knows
    # who gives roles sees who has them; the clinician, who asked
    "who decided": TEAM | {"operator", "clinician"},
}

#: Words that no page has to show; all others must reach the team and their author, so that the crawl can fail.
NOT_MET = frozenset(
    {
        "parked text",
        "who reported",
        "message of the clinician",
        "earlier wording",
        "redacted original",
        "response template",
        "quoted, then taken out",
    }
)


@dataclass
class Planted:
    """The words, and the places that hold them."""

    words: dict[str, str] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    shown: Topic | None = None

    def word(self, what: str) -> str:
        """The word of this place; one a place."""
        assert what in MAY, what
        return self.words.setdefault(what, "canary" + re.sub(r"\W", "", what) + uuid.uuid4().hex[:8])

    def may(self, who: str) -> set[str]:
        """The words this person may meet."""
        return {self.words[what] for what, people in MAY.items() if who in people}

    def names_of(self, words: Iterable[str]) -> list[str]:
        """Where these words were planted."""
        names = {word: what for what, word in self.words.items()}
        return sorted(names[word] for word in words)


def plant(planted: Planted, *, asks, answers, stranger, moderator, clinician, suspended) -> None:
    """Every word of MAY, in a public board, where a leak goes furthest.

    The clients of the cast; `stranger` is who reports, `moderator` who decides. Their handles are words of
    the table and are put into `planted` by whoever makes them.
    """
    with time_machine.travel(timezone.now() - timedelta(days=60)):
        board = make_board(audience="public")
        planted.shown = open_topic(answers.member, board, title="Shown to all", text="Shown to all.")
        old = write_reply(asks.member, planted.shown, text=planted.word("purged text"))
        decide(moderator.member, old, "reject", reason="unsafe", message=planted.word("purged note"))
    planted.posts.append(old)
    purge_texts()
    assert again(old).latest_revision.state == RevisionState.PURGED
    _states(planted, board=board, asks=asks, moderator=moderator)
    _wordings(planted, board=board, asks=asks, answers=answers, moderator=moderator)
    _hidden_topic(planted, board=board, asks=asks, answers=answers, moderator=moderator)
    _quotes(planted, asks=asks, answers=answers, moderator=moderator)
    _drafts(planted, asks=asks)
    _texts_of_the_team(planted, asks=asks, moderator=moderator, clinician=clinician)
    _people(planted, asks=asks, stranger=stranger, moderator=moderator, suspended=suspended)
    planted.posts = [again(post) for post in planted.posts]


def _states(planted: Planted, *, board: Board, asks, moderator) -> None:
    for state in STATES:
        title, text, reply = (planted.word(f"{state} {what}") for what in ("title", "text", "reply"))
        first = write_topic(asks.member, board, title=f"About {title}", text=f"It is plainly {text}.")
        answer = write_reply(asks.member, planted.shown, text=f"It is plainly {reply}.")
        for post in (first, answer):
            if state != "held":
                post = bring_to(state, post=post, author=asks.member, moderator=moderator.member)
            planted.posts.append(post)


def _published(planted: Planted, *, board: Board, asks, moderator, title: str, text: str) -> Post:
    post = write_topic(asks.member, board, title=title, text=text)
    decide(moderator.member, post, "approve")
    planted.posts.append(post)
    return again(post)


def _wordings(planted: Planted, *, board: Board, asks, answers, moderator) -> None:
    """A change that waits, a wording that gave way, an original the team changed."""
    post = _published(planted, board=board, asks=asks, moderator=moderator, title="Calm", text="Old words.")
    title, text = planted.word("pending title"), planted.word("pending text")
    wording = actions.prepare(title=f"About {title}", source=f"It is {text}.")
    actions.edit_post(by=asks.member, post=post, wording=wording)
    earlier = f"It was {planted.word('earlier wording')}."
    post = _published(planted, board=board, asks=asks, moderator=moderator, title="Morning", text=earlier)
    wording = actions.prepare(title="Morning", source="It is better now.")
    actions.edit_post(by=asks.member, post=post, wording=wording)
    decide(moderator.member, post, "approve")
    original = write_topic(asks.member, board, title="Evening", text=planted.word("redacted original"))
    redact(original, by=moderator, text="Some words were taken out.")
    planted.posts.append(original)


def redact(post: Post, *, by, text: str) -> None:
    """Approve with changes."""
    item, latest = item_of(post), again(post).latest_revision
    actions.decide(
        by=by.member,
        item=item,
        version=item.version,
        revision_id=latest.pk,
        decision=Decision.REDACT,
        wording=actions.prepare(title=latest.title, source=text),
        reason_code="private",
        idempotency_key=uuid.uuid4().hex,
    )


def _hidden_topic(planted: Planted, *, board: Board, asks, answers, moderator) -> None:
    """Replies that were public stand in a topic that nobody else can open any more."""
    goes = open_topic(answers.member, board, title="Goes away", text="Goes away.")
    inside = write_reply(asks.member, goes, text=planted.word("reply in a hidden topic"))
    moved = write_reply(asks.member, planted.shown, text=planted.word("moved into a hidden topic"))
    for post in (inside, moved):
        decide(moderator.member, post, "approve")
    actions.move_posts(by=moderator.member, posts=[again(moved)], to_topic=goes)
    actions.hide_post(by=moderator.member, post=again(goes.first_post), reason_code="unkind")
    planted.posts += [inside, moved]


def _quotes(planted: Planted, *, asks, answers, moderator) -> None:
    """Words were quoted while everyone could read them, and are gone now; the posts that quote them stay."""
    for what in ("quoted, then hidden", "quoted, then taken out"):
        post = write_reply(answers.member, planted.shown, text=f"It was plainly {planted.word(what)}.")
        block = quoting.block(
            name=answers.user.handle, url=post.get_absolute_url(), excerpt=post.latest_revision.source
        )
        topic = again(post).topic
        words = actions.prepare(source=f"{block}\n\nThank you for this.", by=asks.member, topic=topic)
        token = uuid.uuid4().hex
        sent = actions.submit_reply(by=asks.member, topic=topic, wording=words, client_token=token)
        decide(moderator.member, sent.post, "approve")
        if what == "quoted, then hidden":
            actions.hide_post(by=moderator.member, post=again(post), reason_code="unkind")
        else:
            _amended(post, by=moderator)
        planted.posts += [post, sent.post]


def _amended(post: Post, *, by) -> None:
    latest = again(post).latest_revision
    actions.amend_post(
        by=by.member,
        post=again(post),
        wording=actions.prepare(source="It was something else."),
        reason_code="private",
        revision_id=latest.pk,
    )


def _drafts(planted: Planted, *, asks) -> None:
    """What is typed in one window, and what another had from before."""
    key = f"reply:{planted.shown.public_id}"
    for what in ("draft", "draft put aside"):
        save_draft(
            by=asks.member,
            key=key,
            fields={"text": f"It is plainly {planted.word(what)}."},
            based_on=Known(),
            client_token=uuid.uuid4().hex,
        )


def _texts_of_the_team(planted: Planted, *, asks, moderator, clinician) -> None:
    post = write_reply(asks.member, planted.shown, text="Yes.")
    item = item_of(post)
    actions.decide(
        by=moderator.member,
        item=item,
        version=item.version,
        revision_id=post.latest_revision_id,
        decision=Decision.REJECT,
        reason_code="unkind",
        note=planted.word("note of a decision"),
        message=planted.word("message to its author"),
        idempotency_key=uuid.uuid4().hex,
    )
    planted.posts.append(post)
    action = ModAction.objects.get(item_id=item.pk, verb="reject_post")
    actions.appeal(by=asks.member, action=action, text=planted.word("appeal"))
    actions.leave_note(by=moderator.member, text=planted.word("hand-over"))
    for answered in (False, True):
        waits = write_reply(asks.member, planted.shown, text=f"{planted.word('escalated text')} {answered}")
        item = item_of(waits)
        actions.escalate(
            by=moderator.member,
            item=item,
            version=item.version,
            note=planted.word("note on an item"),
            idempotency_key=uuid.uuid4().hex,
        )
        planted.posts.append(waits)
    actions.close_escalation(
        by=clinician.member,
        escalation=SafetyEscalation.objects.get(item=item),
        outcome=EscalationOutcome.SUPPORTED,
        note=planted.word("clinical note"),
        message=planted.word("message of the clinician"),
    )
    WatchedRule.objects.create(
        pattern=planted.word("watched phrase"), note=planted.word("why it is watched"), enabled=True
    )
    Template.objects.create(name="Kind words", text_en=planted.word("response template"))


def _people(planted: Planted, *, asks, stranger, moderator, suspended) -> None:
    first = again(planted.shown.first_post)
    planted.posts.append(write_reply(suspended.member, planted.shown, text="I said so."))
    note = planted.word("note of a report")
    actions.report_post(by=stranger.member, post=first, category="worried", note=note)
    actions.sanction_member(
        by=moderator.member,
        member=suspended.member,
        kind=SanctionKind.SUSPEND,
        ends_at=timezone.now() + timedelta(days=3),
        reason_code="unkind",
        message=planted.word("message of a limit"),
        note=planted.word("note of a limit"),
        idempotency_key=uuid.uuid4().hex,
    )
    place = f"/talk/t/{planted.shown.public_id}/reply/"
    token = writing.make_token(user=asks.user, place=place)
    writing.park(token=token, data={"body": planted.word("parked text")})
