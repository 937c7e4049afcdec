"""The purge: texts that nobody reads any more are emptied after the time the house rules say.

Emptied: every wording of a post that was refused, taken down or taken back; a refused change of a post that
stays; and every wording older than one the team put in its place. The rows stay, so that the record, the
counters and the places keep. Whatever is still argued about waits: an open item, appeal or escalation.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils import timezone

from forum import marks
from forum.actions import indexing, record
from forum.models import (
    Appeal,
    HandOver,
    HouseRules,
    ItemNote,
    Mention,
    ModAction,
    ModActionText,
    Post,
    PostRevision,
    Quote,
    Report,
    ReviewItem,
    ReviewReason,
    SafetyEscalation,
)
from forum.states import (
    CLOSED_POSTS,
    ActorRole,
    AppealState,
    EditorKind,
    ItemStatus,
    PostState,
    ReportState,
    RevisionState,
)

#: So many wordings a run: one short transaction. The rest waits for the next run.
AT_ONCE = 500
#: Acts about what members wrote or did. Notes on roles, settings and the record itself stay.
ABOUT_MEMBERS = ("post", "topic", "member", "appeal", "item", "report", "sanction", "escalation")
#: The author still needs to read why.
STILL_TO_DO = (PostState.HELD, PostState.RETURNED, PostState.HIDDEN)

_EMPTY: dict[str, Any] = {"title": "", "source": "", "html": "", "text_norm": "", "sha256": ""}


@transaction.atomic
def purge_texts(*, now: dt.datetime | None = None) -> int:
    """Empty what is past its time, at most AT_ONCE wordings; returns how many texts and notes were emptied.

    A run that emptied something is one automated act on the record, with the counts. Running it again
    changes nothing.
    """
    now = now or timezone.now()
    before = now - HouseRules.current().text_kept_for
    texts = _empty_revisions(before=before, now=now)
    notes = _empty_notes(before=before)
    if texts or notes:
        record.append(
            by=None,
            role=ActorRole.SYSTEM,
            verb="purge_texts",
            subject_kind="site",
            subject_id=0,
            note=f"texts: {texts}, notes: {notes}",
            automated=True,
        )
    return texts + notes


def purge_job() -> None:
    """For the worker; what one run leaves, the next one takes. The search index forgets along with it."""
    if purge_texts():
        indexing.forget()


def _argued_about() -> Q:
    """Posts with something open about them: an item, an escalation, an appeal."""
    items = ReviewItem.objects.filter(status=ItemStatus.OPEN, post__isnull=False)
    escalations = SafetyEscalation.objects.filter(closed_at=None, item__post__isnull=False)
    appealed = Appeal.objects.filter(state=AppealState.OPEN, action__subject_kind="post")
    return (
        Q(pk__in=items.values("post_id"))
        | Q(pk__in=escalations.values("item__post_id"))
        | Q(pk__in=[int(subject) for subject in appealed.values_list("action__subject_id", flat=True)])
    )


def _micros(when: dt.datetime) -> int:
    return int(when.timestamp() * 1_000_000)


def _due(before: dt.datetime) -> "QuerySet[PostRevision]":
    """The wordings whose time has run out, whatever is argued about their posts."""
    acts = ModAction.objects.filter(
        subject_kind="post", subject_id=Cast(OuterRef("post_id"), CharField())
    ).order_by("-seq")
    replaced = PostRevision.objects.filter(
        post=OuterRef("post_id"),
        number__gt=OuterRef("number"),
        editor_kind=EditorKind.MODERATOR,
        created_at__lt=before,
    )
    # Few posts were ever changed by the team: those first, so that not every wording of the site is asked.
    changed = PostRevision.objects.filter(editor_kind=EditorKind.MODERATOR, created_at__lt=before)
    closed = Q(post__state__in=CLOSED_POSTS)
    return (
        PostRevision.objects.exclude(state=RevisionState.PURGED)
        .filter(
            closed
            | Q(state=RevisionState.REJECTED)
            | (~Q(state=RevisionState.SUBMITTED) & Q(post__in=changed.values("post")) & Q(Exists(replaced)))
        )
        .exclude(~closed & Q(pk=F("post__published_revision_id")))
        .annotate(
            closed_us=Subquery(acts.filter(to_state=OuterRef("post__state")).values("at_us")[:1]),
            turned_down_us=Subquery(acts.filter(revision_id=OuterRef("pk")).values("at_us")[:1]),
        )
        .filter(
            (closed & Q(closed_us__lt=_micros(before)))
            | (~closed & Q(state=RevisionState.REJECTED, turned_down_us__lt=_micros(before)))
            | (~closed & ~Q(state=RevisionState.REJECTED))
        )
    )


def _empty_revisions(*, before: dt.datetime, now: dt.datetime) -> int:
    free = Post.objects.exclude(_argued_about())
    ids = list(_due(before).filter(post__in=free).order_by("pk").values_list("pk", "post_id")[:AT_ONCE])
    posts = {post for _pk, post in ids}
    # Locked, then asked again: nobody restores a post, or opens an item, between question and answer.
    list(Post.objects.select_for_update().filter(pk__in=posts).order_by("pk").values_list("pk", flat=True))
    rows = list(_due(before).filter(pk__in=[pk for pk, _post in ids], post__in=free))
    for row in rows:
        row.scan = row.scan | {"purged_on": timezone.localtime(now).date().isoformat()}
        row.state = RevisionState.PURGED
        for name, nothing in _EMPTY.items():
            setattr(row, name, nothing)
    PostRevision.objects.bulk_update(rows, [*_EMPTY, "scan", "state"], batch_size=100)
    posts = {row.post_id for row in rows}
    _empty_quotes(rows, posts=posts)
    # What a reason keeps is the rule that spoke, not where in the text.
    ReviewReason.objects.filter(item__post__in=posts).exclude(spans=[]).update(spans=[])
    return len(rows)


def _empty_quotes(rows: list[PostRevision], *, posts: set[int]) -> None:
    """What an emptied wording quoted or named, and what others quote of words that no longer stand anywhere.

    Those were shown to nobody since the words went; now they go as well.
    """
    ids = [row.pk for row in rows]
    Quote.objects.filter(revision__in=ids).exclude(excerpt="").update(excerpt="")
    Mention.objects.filter(revision__in=ids).delete()
    held = Quote.objects.filter(post__in=posts).exclude(excerpt="").select_related("post__published_revision")
    gone = []
    for quote in held.iterator():
        shown = quote.post.published_revision
        # The rows above were emptied after they were read: a wording without words holds nothing.
        if shown is None or shown.is_purged or not marks.stands_in(quote.excerpt, shown.text_norm):
            gone.append(quote.pk)
    Quote.objects.filter(pk__in=gone).update(excerpt="")


def _empty_notes(*, before: dt.datetime) -> int:
    """Messages, notes, reports' and appeals' own words about what is over, and old notes between shifts."""
    waits = Post.objects.filter(Q(state__in=STILL_TO_DO) | _argued_about())
    post_ids = waits.annotate(as_subject=Cast("pk", CharField())).values("as_subject")
    in_force = Q(action__sanction__ends_at__gte=before) & (
        Q(action__sanction__ended_at=None) | Q(action__sanction__ended_at__gte=before)
    )
    words = ModActionText.objects.filter(
        action__subject_kind__in=ABOUT_MEMBERS, action__at_us__lt=_micros(before)
    )
    words = words.exclude(action__subject_kind="post", action__subject_id__in=post_ids)
    words = words.exclude(in_force).exclude(action__appeal__state=AppealState.OPEN)
    words = words.exclude(action__item_id__in=ReviewItem.objects.filter(status=ItemStatus.OPEN).values("pk"))
    emptied = words.delete()[0]
    decided = ItemNote.objects.filter(
        created_at__lt=before, item__status=ItemStatus.RESOLVED, item__resolved_at__lt=before
    )
    emptied += decided.exclude(item__post__in=waits).delete()[0]
    newest = HandOver.objects.order_by("-created_at", "-pk").values_list("pk", flat=True).first()
    emptied += HandOver.objects.filter(created_at__lt=before).exclude(pk=newest).delete()[0]
    reports = Report.objects.filter(created_at__lt=before).exclude(note="")
    emptied += reports.exclude(state=ReportState.OPEN).exclude(post__in=waits).update(note="")
    appeals = Appeal.objects.filter(
        Q(decided_at__lt=before) | Q(state=AppealState.WITHDRAWN), created_at__lt=before
    )
    return emptied + appeals.exclude(state=AppealState.OPEN).exclude(text="").update(text="")
