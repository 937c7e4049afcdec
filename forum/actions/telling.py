"""Who is told of what; ids only, in the transaction of the act. Words are made by forum.notices."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import mailing, notices
from accounts.models import User
from accounts.states import MailGroup
from forum import hearing, rules
from forum.models import (
    Appeal,
    BoardMember,
    HouseRules,
    Member,
    Mention,
    ModAction,
    Post,
    Quote,
    Report,
    SafetyEscalation,
    Sanction,
    TopicMember,
)
from forum.states import Level

PUBLISHED = "post.published"
DECIDED = "post.decided"
REPLY = "topic.reply"
ADDRESSED = hearing.ADDRESSED
BOARD_TOPIC = "board.topic"
RESPONSE = "post.response"
REPORT_ANSWERED = "report.answered"
SANCTIONED = "member.sanctioned"
LIFTED = "member.sanction_lifted"
APPEAL_DECIDED = "appeal.decided"
ESCALATED = "escalation.opened"
FROM_CLINICIAN = "escalation.message"

#: Acts by which others can read a post for the first time.
FIRST_SHOWN_BY = ("approve_post", "redact_post")


def after_undo(now: dt.datetime) -> dt.datetime:
    """When news of a decision may go out: once it can no longer be undone."""
    return now + HouseRules.current().undo_lasts


def tell_published(*, post: Post, action: ModAction, not_before: dt.datetime) -> None:
    """The author of a post that waited learns that others can read it."""
    if post.author.user_id:
        notices.notify(
            person=post.author.user,
            kind=PUBLISHED,
            subject_id=post.public_id,
            dedupe_key=f"{PUBLISHED}:{action.pk}",
            not_before=not_before,
        )


def tell_restored(*, post: Post, action: ModAction, not_before: dt.datetime) -> None:
    """Whoever heard of a post hears nothing more; one whose approval was undone in time is news after all."""
    undone = ModAction.objects.filter(verb="undo", reverses_id=OuterRef("pk"))
    approved = ModAction.objects.filter(
        Exists(undone), subject_kind="post", subject_id=str(post.pk), verb__in=FIRST_SHOWN_BY
    )
    if not approved.exists() or notices.was_told(kind=PUBLISHED, subject_id=post.public_id):
        return
    tell_published(post=post, action=action, not_before=not_before)
    tell_of_post(post, not_before=not_before)


def tell_of_post(post: Post, *, not_before: dt.datetime | None = None) -> None:
    """Whoever should hear of a post that others can read for the first time: one query, one notice a person.

    It is addressed to whom it names or quotes, to whose post it answers, and to who began the topic; who
    watches the topic hears of a reply, who watches the board of a new topic. Nobody hears of their own post,
    nor of one by a person they keep away from, nor of what they asked to hear nothing of.

    Who heard of as many within the hour as rules.REPLY_NOTICES_AN_HOUR, of either sort, hears of no more for
    now: the lists still show what is new.
    """
    people = _listeners(post).values_list(
        "user_id", "is_addressed", "heard_addressed", "heard_others", "mails_answers", "mails_replies"
    )
    kinds: dict[int, str] = {}
    mail_to = []
    for person, is_addressed, heard_addressed, heard_others, mails_answers, mails_replies in people:
        if is_addressed:
            kind, heard, by_mail = ADDRESSED, heard_addressed, mails_answers
        else:
            kind, heard, by_mail = BOARD_TOPIC if post.is_first else REPLY, heard_others, mails_replies
        if heard < rules.REPLY_NOTICES_AN_HOUR:
            kinds[person] = kind
            if by_mail:
                mail_to.append(person)
    if kinds:
        notices.notify_many(
            kinds=kinds,
            subject_id=post.public_id,
            dedupe_key=_key_of_news(post),
            mail_to=mail_to,
            not_before=not_before,
        )


def _key_of_news(post: Post) -> str:
    """One key for all who hear of a post, whatever their notice is called: nobody hears of it twice."""
    return f"{REPLY}:{post.pk}"


def _listeners(post: Post) -> "QuerySet[Member, Any]":
    """Those to tell of a post, with what decides how; found by index, however many members there are."""
    topic, writer = post.topic, post.author
    shown = Post.objects.filter(pk=post.pk).values("published_revision_id")
    named = Mention.objects.filter(revision__in=shown)
    quoted = Quote.objects.filter(revision__in=shown)
    answered = Post.objects.filter(pk=post.reply_to_id or 0)
    addressed = (
        Member.objects.filter(pk=topic.author_id)
        .values("pk")
        .union(named.values("member_id"), quoted.values("post__author_id"), answered.values("author_id"))
    )
    watching: Any = TopicMember.objects.filter(topic_id=topic.pk, level=Level.WATCHING).values("member_id")
    if post.is_first:
        boards = BoardMember.objects.filter(board_id=topic.board_id, level=Level.WATCHING)
        watching = boards.values("member_id")
    me: Any = OuterRef("pk")
    of_topic = TopicMember.objects.filter(topic_id=topic.pk, member=me)
    of_board = BoardMember.objects.filter(board_id=topic.board_id, member=me)
    since = timezone.now() - dt.timedelta(hours=1)
    return (
        Member.objects.filter(pk__in=addressed.union(watching), user__is_active=True)
        .exclude(pk=writer.pk)
        .filter(hearing.not_kept_away(reader=me, author=writer.pk, person=writer.user_id))
        .annotate(
            topic_level=Coalesce(Subquery(of_topic.values("level")[:1]), Value(Level.NORMAL.value)),
            board_level=Coalesce(Subquery(of_board.values("level")[:1]), Value(Level.NORMAL.value)),
            is_addressed=ExpressionWrapper(Q(pk__in=addressed), output_field=BooleanField()),
            heard_addressed=notices.recent(person="user_id", kinds=[ADDRESSED], since=since),
            heard_others=notices.recent(person="user_id", kinds=[REPLY, BOARD_TOPIC], since=since),
            mails_answers=mailing.wants_column(person="user_id", group=MailGroup.ANSWERS),
            mails_replies=mailing.wants_column(person="user_id", group=MailGroup.REPLIES),
        )
        .exclude(topic_level=Level.MUTED)
        # Who asked to hear nothing of a board hears of a topic in it only where they write or follow.
        .exclude(board_level=Level.MUTED, topic_level=Level.NORMAL)
    )


def tell_responded(*, post: Post, member: Member) -> None:
    """The author of a post hears once that somebody answered it in a few ready words, until they read it."""
    me: Any = OuterRef("pk")
    muted = TopicMember.objects.filter(topic_id=post.topic_id, member=me, level=Level.MUTED)
    author = (
        Member.objects.filter(pk=post.author_id, user__is_active=True)
        .exclude(pk=member.pk)
        .filter(hearing.not_kept_away(reader=me, author=member.pk, person=member.user_id), ~Exists(muted))
        .values_list("user_id", flat=True)
        .first()
    )
    if author:
        notices.notify_until_read(person_id=author, kind=RESPONSE, subject_id=post.public_id)


def tell_decided(*, post: Post, action: ModAction, not_before: dt.datetime | None = None) -> None:
    """The author learns of a decision about their post; the reason stands in their list of posts."""
    if post.author.user_id:
        notices.notify(
            person=post.author.user,
            kind=DECIDED,
            subject_id=str(action.pk),
            dedupe_key=f"{DECIDED}:{action.pk}",
            not_before=not_before,
        )


def tell_reporter(*, reporter: Member, report_id: int, not_before: dt.datetime | None = None) -> None:
    """Someone who reported hears how it ended."""
    if reporter.user_id:
        notices.notify(
            person=reporter.user,
            kind=REPORT_ANSWERED,
            subject_id=str(report_id),
            dedupe_key=f"{REPORT_ANSWERED}:{report_id}",
            not_before=not_before,
        )


def take_back(*, post: Post, action: ModAction, reports: Iterable[Report]) -> None:
    """A decision was undone before anybody heard of it: its notices and mails go."""
    notices.take_back(dedupe_key=f"{PUBLISHED}:{action.pk}")
    notices.take_back(dedupe_key=f"{DECIDED}:{action.pk}")
    for report in reports:
        notices.take_back(dedupe_key=f"{REPORT_ANSWERED}:{report.pk}")
    if action.verb in {*FIRST_SHOWN_BY, "restore_post"}:
        notices.take_back_many(dedupe_key=_key_of_news(post))


def tell_sanctioned(sanction: Sanction) -> None:
    """The person learns of a limit at once: there is no undo to wait for, it is lifted instead."""
    _tell_person(sanction.member, kind=SANCTIONED, subject_id=sanction.pk)


def tell_lifted(sanction: Sanction) -> None:
    """The person learns that a limit ended early."""
    _tell_person(sanction.member, kind=LIFTED, subject_id=sanction.pk)


def tell_appeal_decided(appeal: Appeal) -> None:
    """Who asked for a second look hears how it ended."""
    _tell_person(appeal.member, kind=APPEAL_DECIDED, subject_id=appeal.pk)


def page_on_call(escalation: SafetyEscalation, *, people: Iterable[User]) -> None:
    """Everyone on call is paged at once: this one waits for no undo and is sent until it arrives."""
    for person in people:
        notices.notify(
            person=person,
            kind=ESCALATED,
            subject_id=str(escalation.pk),
            dedupe_key=f"{ESCALATED}:{escalation.pk}:{person.pk}",
        )


def tell_from_clinician(*, escalation: SafetyEscalation, action: ModAction) -> None:
    """The author reads what the clinician chose to say."""
    post = escalation.item.post
    if post and post.author.user_id:
        notices.notify(
            person=post.author.user,
            kind=FROM_CLINICIAN,
            subject_id=str(action.pk),
            dedupe_key=f"{FROM_CLINICIAN}:{action.pk}",
        )


def _tell_person(member: Member, *, kind: str, subject_id: int) -> None:
    if member.user_id:
        notices.notify(
            person=member.user,
            kind=kind,
            subject_id=str(subject_id),
            dedupe_key=f"{kind}:{subject_id}",
        )
