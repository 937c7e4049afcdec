"""Who is told of what; ids only, in the transaction of the act. Words are made by forum.notices."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import notices
from accounts.models import User
from forum import rules
from forum.models import (
    Appeal,
    HouseRules,
    Member,
    ModAction,
    Post,
    Report,
    SafetyEscalation,
    Sanction,
    TopicMember,
)
from forum.states import Level

PUBLISHED = "post.published"
DECIDED = "post.decided"
REPLY = "topic.reply"
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
            mail=True,
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
    if not post.is_first:
        tell_watchers(post, not_before=not_before)


def tell_watchers(post: Post, *, not_before: dt.datetime | None = None) -> None:
    """Each watcher of the topic hears of a new reply once; a restored post is not new.

    Who heard of as many replies within the hour as rules.REPLY_NOTICES_AN_HOUR hears of no more for now: the
    lists still show what is new.
    """
    heard = notices.recent(person="member__user_id", kind=REPLY, since=timezone.now() - dt.timedelta(hours=1))
    watchers = (
        TopicMember.objects.filter(topic_id=post.topic_id, level=Level.WATCHING, member__user__isnull=False)
        .exclude(member_id=post.author_id)
        .annotate(heard=heard)
        .filter(heard__lt=rules.REPLY_NOTICES_AN_HOUR)
    )
    people = list(watchers.values_list("member__user_id", flat=True))
    if people:
        notices.notify_many(
            person_ids=people,
            kind=REPLY,
            subject_id=post.public_id,
            dedupe_key=f"{REPLY}:{post.pk}",
            not_before=not_before,
        )


def tell_decided(*, post: Post, action: ModAction, not_before: dt.datetime | None = None) -> None:
    """The author learns of a decision about their post; the reason stands in their list of posts."""
    if post.author.user_id:
        notices.notify(
            person=post.author.user,
            kind=DECIDED,
            subject_id=str(action.pk),
            dedupe_key=f"{DECIDED}:{action.pk}",
            mail=True,
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
        notices.take_back_many(dedupe_key=f"{REPLY}:{post.pk}")


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
            mail=True,
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
            mail=True,
        )


def _tell_person(member: Member, *, kind: str, subject_id: int) -> None:
    if member.user_id:
        notices.notify(
            person=member.user,
            kind=kind,
            subject_id=str(subject_id),
            dedupe_key=f"{kind}:{subject_id}",
            mail=True,
        )
