"""The second half of the demo: what the days of the team look like. Invented, made by the site's actions."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from forum import actions
from forum.actions.housekeeping import change_house_rules, seen_of
from forum.actions.queueing import put_in_queue
from forum.models import Board, HouseRules, Member, ModAction, Post, ReviewItem, Topic
from forum.rules import Reason
from forum.states import CalmReason, Decision, ReasonCode, ReasonKind, ReportCategory, SanctionKind, Severity

STAFFED = {str(day): [["08:00", "22:00"]] for day in range(7)}


@dataclass(frozen=True)
class Cast:
    """Who takes part: members of trust 1 and 0, a moderator, the safety lead."""

    maple: Member
    lantern: Member
    rain: Member
    willow: Member
    harbor: Member
    tide: Member


@transaction.atomic
def tell_of_the_team(cast: Cast) -> None:
    """Hours, a shift and a note; an item of each severity; each kind of answer an author can get."""
    _say_when_someone_is_here(cast.tide)
    _answer_the_new_member(cast)
    _lift_a_limit(cast)
    _slow_a_topic(cast)
    _fill_the_queue(cast)
    actions.leave_note(
        by=cast.tide,
        text="Demo note: PorchRain asked for a second look. HarborDesk decided, so please somebody else. "
        "The evening topic is slow until tomorrow; it has been kind since.",
    )
    actions.begin_shift(by=cast.harbor, until=timezone.now() + dt.timedelta(hours=3))


def _say_when_someone_is_here(lead: Member) -> None:
    house = HouseRules.current()
    if house.staffed_hours:
        return
    change_house_rules(
        by=lead,
        seen=seen_of(house, ("staffed_hours",)),
        values={"staffed_hours": STAFFED},
        idempotency_key=_key(),
    )


def _answer_the_new_member(cast: Cast) -> None:
    """Sent back, changed by the team, and not published with an appeal: PorchRain's page "My posts"."""
    talk = write_topic(
        cast.lantern,
        "parents",
        "What I packed for family week",
        "Slippers, a notebook, the good tea. And a list of questions, because my head empties at the door. "
        "What did you take along?",
    )
    returned = write_reply(
        cast.rain,
        talk,
        "A warm sweater. Our counselor at Example House on Sample Street gave us case number 000-000, "
        "so bring a folder too.",
    )
    _decide(
        cast.harbor,
        returned,
        Decision.RETURN,
        reason=ReasonCode.PRIVATE_DETAILS,
        message="Thank you for this. It names a place and a case number, which could show who you are. "
        "Take those two out and send it again. The rest is helpful as it is.",
    )
    shown = write_reply(
        cast.rain, talk, "We took photos along. The evening circle at Example House liked the one of our dog."
    )
    _decide(
        cast.harbor,
        shown,
        Decision.REDACT,
        wording=actions.prepare(source="We took photos along. The evening circle liked the one of our dog."),
        reason=ReasonCode.PRIVATE_DETAILS,
        message="We took the name of the place out.",
    )
    refused = write_reply(
        cast.rain, talk, "My neighbor says to stop the prescribed tablets before the week. (An invented tip.)"
    )
    _decide(
        cast.harbor,
        refused,
        Decision.REJECT,
        reason=ReasonCode.MEDICAL_ADVICE,
        message="Stopping a medicine can be dangerous. A pharmacist or clinician can answer this.",
    )
    decision = ModAction.objects.filter(verb="reject_post", subject_id=str(refused.pk)).latest("seq")
    actions.appeal(
        by=cast.rain,
        action=decision,
        text="I wanted to warn of this tip, not to give it. May I write it again in other words?",
    )
    write_reply(cast.rain, talk, "Earplugs. I forgot them last time. (This one waits.)")


def _lift_a_limit(cast: Cast) -> None:
    """A limit that is over: set by one of the team, lifted early by the other."""
    limit = actions.sanction_member(
        by=cast.harbor,
        member=cast.willow,
        kind=SanctionKind.PREMODERATE,
        ends_at=timezone.now() + dt.timedelta(days=7),
        reason_code=ReasonCode.UNKIND,
        message="For a week a person reads your posts first. You can go on writing.",
        idempotency_key=_key(),
    )
    actions.lift_sanction(by=cast.tide, sanction=limit, note="Demo: two kind replies, no need any more.")


def _slow_a_topic(cast: Cast) -> None:
    heated = write_topic(
        cast.maple,
        "partners",
        "My sister says she told me so",
        "I do not need the sentence “I told you so”. How do you answer it without a fight?",
    )
    write_reply(cast.lantern, heated, "I say: I know you are worried. Then I change the subject.")
    actions.slow_topic(
        by=cast.harbor,
        topic=heated,
        seconds=600,
        reason=CalmReason.HEATED,
        until=timezone.now() + dt.timedelta(days=1),
    )


def _fill_the_queue(cast: Cast) -> None:
    """One item of each severity; the routine one waits already."""
    write_topic(
        cast.willow,
        "welcome",
        "Demo: an invented emergency",
        "This is an invented example. He took something and he is not breathing and I can't wake him up.",
    )
    worry = write_reply(
        cast.maple,
        write_topic(cast.lantern, "just-for-you", "Small good things", "The kettle. The cat. You?"),
        "Nothing today. I would rather be left alone for good.",
    )
    actions.report_post(
        by=cast.lantern,
        post=worry,
        category=ReportCategory.WORRIED,
        note="Demo: it does not sound like them.",
    )
    item = ReviewItem.objects.get(post=worry, status="open")
    actions.escalate(
        by=cast.tide,
        item=item,
        version=item.version,
        note="Demo: it reads like giving up. Would you look?",
        idempotency_key=_key(),
    )
    sampled = write_reply(cast.lantern, worry.topic, "The first coffee, before anybody else is up.")
    # On a real site chance picks the sample.
    put_in_queue(
        post=sampled,
        reasons=[Reason(ReasonKind.AUDIT_SAMPLE, Severity.SAMPLE, holds=False)],
        now=timezone.now(),
    )


def _decide(
    by: Member,
    post: Post,
    decision: Decision,
    *,
    reason: str = "",
    message: str = "",
    wording: actions.Wording | None = None,
) -> None:
    item = ReviewItem.objects.get(post=post, status="open")
    actions.decide(
        by=by,
        item=item,
        version=item.version,
        revision_id=post.latest_revision_id or 0,
        decision=decision,
        reason_code=reason,
        message=message,
        wording=wording,
        idempotency_key=_key(),
    )


def write_topic(
    by: Member,
    board: str,
    title: str,
    text: str,
    *,
    asks_for: Iterable[str] = (),
    content_notes: Iterable[str] = (),
) -> Topic:
    """A first post as this person sends it, and the topic it opens."""
    sent = actions.submit_topic(
        by=by,
        board=Board.objects.get(slug=board),
        wording=actions.prepare(
            title=title, source=text, asks_for=asks_for, content_notes=content_notes, by=by
        ),
        client_token=_key(),
    )
    return Topic.objects.select_related("board").get(pk=sent.post.topic_id)


def write_reply(by: Member, topic: Topic, text: str) -> Post:
    """A reply as this person sends it."""
    wording = actions.prepare(source=text, by=by, topic=topic)
    sent = actions.submit_reply(by=by, topic=topic, wording=wording, client_token=_key())
    return _read_again(sent.post)


def _read_again(post: Post) -> Post:
    return Post.objects.select_related(
        "author__user", "topic__board", "topic__author", "published_revision", "latest_revision"
    ).get(pk=post.pk)


def _key() -> str:
    return get_random_string(32)
