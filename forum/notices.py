"""The words of the forum's notices, made at the moment they are shown.

Each function takes many at once, and leaves out what there is nothing to say of.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.digest import register_digest
from accounts.notices import Words, register_many
from accounts.outbox import register_on_call
from accounts.rules import has_role
from accounts.states import MailGroup
from forum import hearing, rules
from forum.actions import telling, welcoming
from forum.answering import unanswered_for
from forum.models import (
    Appeal,
    Member,
    Mention,
    ModAction,
    Post,
    Quote,
    Report,
    Response,
    SafetyEscalation,
    Sanction,
)
from forum.states import AppealState, PostState, ReportState, SanctionEnd, SanctionKind
from forum.topic_showing import public_title

WORDS = {
    "return_post": gettext_lazy("A post of yours was sent back. You can change it and send it again."),
    "return_edit": gettext_lazy(
        "A change to a post of yours was sent back. The earlier text is still there."
    ),
    "reject_post": gettext_lazy("A post of yours was not published. The reason is there."),
    "reject_edit": gettext_lazy(
        "A change to a post of yours was not published. The earlier text is still there."
    ),
    "approve_edit": gettext_lazy("The change to your post is published."),
    "hide_post": gettext_lazy("A post of yours is hidden while the team looks at it. The reason is there."),
    "remove_post": gettext_lazy("A post of yours was taken down. The reason is there."),
    "hide_reported": gettext_lazy(
        "A post of yours is hidden until a person on the team has read it. A rule did this; nobody decided."
    ),
    "redact_post": gettext_lazy(
        "Your post is published. The team changed it first. What changed, and why, is there."
    ),
    "redact_edit": gettext_lazy(
        "The change to your post is published. The team changed it first. What changed, and why, is there."
    ),
    "amend_post": gettext_lazy("The team changed a post of yours. The reason is there."),
}

SANCTIONED = {
    SanctionKind.WARN: gettext_lazy("The team sent you a warning. Nothing else changes."),
    SanctionKind.PREMODERATE: gettext_lazy("Until %(day)s, a person reads your posts before others do."),
    SanctionKind.READ_ONLY: gettext_lazy("You can read but not write until %(day)s. The reason is there."),
    SanctionKind.SUSPEND: gettext_lazy("Talk is closed to you until %(day)s. The reason is there."),
}


def _published(person: Any, public_ids: Sequence[str]) -> dict[str, Words]:
    text = _("Your post is published. Others can read it now.")
    return {one: Words(text, reverse("post", args=[one])) for one in _readable(person, public_ids)}


def _addressed(person: Any, public_ids: Sequence[str]) -> dict[str, Words]:
    """Says whether it answers this person, names them or quotes them; where several hold, the first."""
    mentions = Mention.objects.filter(revision=OuterRef("published_revision"), member__user=person)
    quotes = Quote.objects.filter(revision=OuterRef("published_revision"), post__author__user=person)
    posts = _news(person, public_ids).annotate(
        to_you=ExpressionWrapper(
            Q(topic__author__user=person) | Q(reply_to__author__user=person), output_field=BooleanField()
        ),
        names_you=Exists(mentions),
        quotes_you=Exists(quotes),
    )
    said = {}
    for post in posts:
        if post.names_you and not post.to_you:
            text = _("%(name)s mentioned you")
        elif post.quotes_you and not post.to_you:
            text = _("%(name)s quoted you")
        else:
            text = _("%(name)s answered you")
        said[post.public_id] = _about(post, text)
    return said


def _reply(person: Any, public_ids: Sequence[str]) -> dict[str, Words]:
    text = _("%(name)s wrote in a topic you follow")
    return {post.public_id: _about(post, text) for post in _news(person, public_ids)}


def _board_topic(person: Any, public_ids: Sequence[str]) -> dict[str, Words]:
    text = _("%(name)s began a topic in a board you follow")
    return {post.public_id: _about(post, text) for post in _news(person, public_ids)}


def _news(person: Any, public_ids: Sequence[str]) -> "QuerySet[Post]":
    """Those of the posts that are still news for this person, with who wrote and where."""
    posts = hearing.news_for(person).filter(public_id__in=public_ids)
    return posts.select_related("author__user", "topic__first_post__published_revision")


def _about(post: Post, text: str) -> Words:
    writer = post.author
    return Words(
        text % {"name": writer.handle},
        reverse("post", args=[post.public_id]),
        detail=_in_topic(post),
        seed=writer.user.avatar_seed if writer.user else None,
    )


def _in_topic(post: Post) -> str:
    """Where it was written, in the site alone: no mail holds a title."""
    title = public_title(post.topic)
    return _("In “%(title)s”") % {"title": title} if title else ""


def _response(person: Any, public_ids: Sequence[str]) -> dict[str, Words]:
    """While somebody's words stand under the post whom this person does not keep away from."""
    if not rules.may_take_part(person):
        return {}
    responses = Response.objects.filter(
        hearing.not_kept_away(
            reader=OuterRef("post__author_id"), author=OuterRef("member_id"), person=OuterRef("member__user")
        ),
        post=OuterRef("pk"),
    )
    posts = Post.objects.filter(
        Exists(responses), author__user=person, state=PostState.PUBLISHED, public_id__in=public_ids
    )
    text = _("Someone answered your post with a few kind words.")
    return {
        post.public_id: Words(text, reverse("post", args=[post.public_id]), detail=_in_topic(post))
        for post in posts.select_related("topic__first_post__published_revision")
    }


def _readable(person: Any, public_ids: Sequence[str]) -> list[str]:
    """Those of the posts that are published and that this person may read now."""
    posts = Post.objects.seen_by(person).filter(public_id__in=public_ids, state=PostState.PUBLISHED)
    return list(posts.values_list("public_id", flat=True))


def _decided(person: Any, action_ids: Sequence[str]) -> dict[str, Words]:
    actions = list(ModAction.objects.filter(pk__in=action_ids, subject_kind="post"))
    posts = Post.objects.filter(author__user=person).in_bulk({int(action.subject_id) for action in actions})
    said = {}
    for action in actions:
        post = posts.get(int(action.subject_id))
        if post:
            link = reverse("my_posts") + f"?post={post.public_id}"
            said[str(action.pk)] = Words(_decision(action, post), link)
    return said


def _decision(action: ModAction, post: Post) -> str:
    taken_down = action.to_state in {PostState.HIDDEN, PostState.REMOVED, PostState.REJECTED}
    if taken_down and post.state == PostState.PUBLISHED:
        return _("A post of yours was taken down for a while. It is back.")
    return str(WORDS.get(action.verb, _("The team decided about a post of yours. The reason is there.")))


def _report_answered(person: Any, report_ids: Sequence[str]) -> dict[str, Words]:
    answers = {
        ReportState.UPHELD: _("Thank you for your report. The team looked at it and acted."),
        ReportState.NOT_UPHELD: _("Thank you for your report. The team looked at it, and the post stays."),
    }
    reports = Report.objects.filter(pk__in=report_ids, reporter__user=person, state__in=list(answers))
    return {str(report.pk): Words(answers[ReportState(report.state)], reverse("talk")) for report in reports}


def _sanctioned(person: Any, sanction_ids: Sequence[str]) -> dict[str, Words]:
    said = {}
    for sanction in Sanction.objects.filter(pk__in=sanction_ids, member__user=person):
        if sanction.is_in_force:
            day = formats.date_format(timezone.localtime(sanction.ends_at), "DATE_FORMAT")
            text = str(SANCTIONED[SanctionKind(sanction.kind)]) % {"day": day}
            said[str(sanction.pk)] = Words(text, reverse("standing"))
    return said


def _lifted(person: Any, sanction_ids: Sequence[str]) -> dict[str, Words]:
    warning = _("The team took a warning back.")
    limit = _("A limit on your account ended early.")
    lifted = Sanction.objects.filter(pk__in=sanction_ids, member__user=person, ended_as=SanctionEnd.LIFTED)
    return {
        str(one.pk): Words(warning if one.kind == SanctionKind.WARN else limit, reverse("standing"))
        for one in lifted
    }


def _appeal_decided(person: Any, appeal_ids: Sequence[str]) -> dict[str, Words]:
    answers = {
        AppealState.OVERTURNED: _("You asked for a second look. The decision was changed."),
        AppealState.CONFIRMED: _("You asked for a second look. The decision stays; the answer is there."),
    }
    appeals = list(
        Appeal.objects.filter(pk__in=appeal_ids, member__user=person, state__in=list(answers)).select_related(
            "action__sanction"
        )
    )
    about = {int(one.action.subject_id) for one in appeals if one.action.subject_kind == "post"}
    addresses = dict(Post.objects.filter(pk__in=about).values_list("pk", "public_id")) if about else {}
    said = {}
    for appeal in appeals:
        if appeal.action.subject_kind == "post":
            link = reverse("appeal_post", args=[addresses[int(appeal.action.subject_id)]])
        else:
            link = reverse("appeal_sanction", args=[appeal.action.sanction.pk])
        said[str(appeal.pk)] = Words(answers[AppealState(appeal.state)], link)
    return said


def _escalated(person: Any, escalation_ids: Sequence[str]) -> dict[str, Words]:
    if not rules.may_answer_escalations(person):
        return {}
    asked = SafetyEscalation.objects.filter(pk__in=escalation_ids, closed_at=None, item__post__isnull=False)
    waiting = [
        one
        for one in asked.select_related("item__post__author", "item__post__topic__author")
        if not rules.is_too_close(person, one.item.post)
    ]
    text = _("The team asks the clinician on call to look at something now.")
    return {str(one.pk): Words(text, reverse("escalation", args=[one.pk])) for one in waiting}


def _from_clinician(person: Any, action_ids: Sequence[str]) -> dict[str, Words]:
    """Leads to the post in the author's own list, where the message stands."""
    acts = ModAction.objects.filter(pk__in=action_ids, verb="close_escalation")
    posts = dict(
        Post.objects.filter(author__user=person, items__in=[act.item_id for act in acts]).values_list(
            "items", "public_id"
        )
    )
    text = _("The clinician on call wrote to you. The message is there.")
    return {
        str(act.pk): Words(text, reverse("my_posts") + f"?post={posts[act.item_id]}")
        for act in acts
        if act.item_id in posts
    }


def _unanswered(person: Any, public_ids: Sequence[str], *, roles: Sequence[str]) -> dict[str, Words]:
    """Says nothing more once somebody answered, the topic is gone or muted, or the person lost the role."""
    if not has_role(person, *roles) or not rules.may_take_part(person):
        return {}
    topics = unanswered_for(Member.objects.for_user(person), now=timezone.now())
    text = _("Someone wrote and nobody answered yet.")
    still = topics.filter(public_id__in=public_ids).values_list("public_id", flat=True)
    return {one: Words(text, reverse("topic", args=[one])) for one in still}


def register() -> None:
    """Make the kinds known; called when the room is ready."""
    register_many(telling.PUBLISHED, _published, mail=MailGroup.DECISIONS)
    register_many(telling.DECIDED, _decided, mail=MailGroup.DECISIONS)
    register_many(telling.ADDRESSED, _addressed, mail=MailGroup.ANSWERS)
    register_many(telling.REPLY, _reply, mail=MailGroup.REPLIES)
    register_many(telling.BOARD_TOPIC, _board_topic, mail=MailGroup.REPLIES)
    register_many(telling.RESPONSE, _response, mail=MailGroup.NEVER)
    register_many(telling.REPORT_ANSWERED, _report_answered, mail=MailGroup.NEVER)
    register_many(telling.SANCTIONED, _sanctioned, mail=MailGroup.SAFETY)
    register_many(telling.LIFTED, _lifted, mail=MailGroup.SAFETY)
    register_many(telling.APPEAL_DECIDED, _appeal_decided, mail=MailGroup.DECISIONS)
    register_many(telling.ESCALATED, _escalated, mail=MailGroup.SAFETY)
    register_many(telling.FROM_CLINICIAN, _from_clinician, mail=MailGroup.SAFETY)
    register_many(welcoming.WAITING, partial(_unanswered, roles=rules.WELCOMES), mail=MailGroup.NEVER)
    register_many(welcoming.TEAM, partial(_unanswered, roles=rules.TEAM_WELCOMES), mail=MailGroup.NEVER)
    register_on_call(telling.ESCALATED)
    register_digest("forum", hearing.summary)
