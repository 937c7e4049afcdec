"""An author's own posts, as "my posts" shows them: where each is, why, and what can be done now."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from forum import clocks, inserting, rules
from forum.actions import appealing
from forum.actions.record import moment_of
from forum.changes import Change, word_changes
from forum.models import HouseRules, Member, ModAction, Post, PostRevision, ReviewReason
from forum.states import (
    CLOSED_POSTS,
    TEAM_ROLES,
    AppealState,
    EditorKind,
    PostState,
    ReasonCode,
    ReasonKind,
    RevisionState,
)

_LATEST = Q(state=PostState.PUBLISHED) & ~Q(published_revision=F("latest_revision"))
_SENT_BACK_CHANGE = _LATEST & Q(latest_revision__state=RevisionState.RETURNED)
_WAITING_CHANGE = _LATEST & Q(latest_revision__state=RevisionState.SUBMITTED)

#: What a person can ask to see of their posts, by the word in the address.
SHOWN: dict[str, Q] = {
    "needs-you": Q(state=PostState.RETURNED) | _SENT_BACK_CHANGE,
    "waiting": Q(state=PostState.HELD) | _WAITING_CHANGE,
    "published": Q(state=PostState.PUBLISHED),
}

#: icon and tone of a state
LOOKS = {
    PostState.HELD: ("clock", "warn"),
    PostState.RETURNED: ("reply", "info"),
    PostState.PUBLISHED: ("check", "ok"),
    PostState.HIDDEN: ("eye-off", "warn"),
}
#: The rule of the guidelines page that a reason rests on; the others rest on no single rule.
RULE_OF = {
    ReasonCode.PRIVATE_DETAILS: 1,
    ReasonCode.UNKIND: 3,
    ReasonCode.UNSAFE_DETAIL: 4,
    ReasonCode.MEDICAL_ADVICE: 4,
}
#: Reasons that software found in the text; a person decided all the same.
NOTICED_BY_RULES = (ReasonKind.CRISIS, ReasonKind.WATCHED, ReasonKind.PII)
#: Acts that give the author a reason, as long as no later one ends it. All others pass by: an author reads
#: nothing of an escalation, a second opinion, or a report that did not hold.
GIVES_REASON = {
    *("return_post", "return_edit", "reject_post", "reject_edit", "hide_post", "remove_post"),
    *("redact_post", "redact_edit", "amend_post", "confirm_post"),
}
ENDS_REASON = {"approve_post", "approve_edit", "restore_post", "undo", "overturn_post"}


@dataclass
class OwnPost:
    """One post as templates/forum/my_posts.html takes it; no address where there is nothing to do."""

    post: Post
    title: str
    state: str
    icon: str
    kind: str
    kept: PostRevision | None
    change: PostRevision | None = None
    pending: bool = False
    waited: str = ""
    replies: int | None = None
    reason: str = ""
    message: str = ""
    rule: int = 0
    flagged: bool = False
    from_clinician: str = ""
    shows_help: bool = False
    appeal_state: str = ""
    changes: list[Change] = field(default_factory=list)
    original_gone: str = ""
    kept_until: str = ""
    urls: dict[str, str] = field(default_factory=dict)


def counts(member: Member) -> dict[str, int]:
    """How many posts each of SHOWN holds, and all; one query."""
    return Post.objects.filter(author=member).aggregate(
        all=Count("pk"),
        **{word.replace("-", "_"): Count("pk", filter=which) for word, which in SHOWN.items()},
    )


def own_posts(member: Member, posts: Sequence[Post], *, now: dt.datetime | None = None) -> list[OwnPost]:
    """Everything the page says of these posts, in a number of queries that does not grow with them.

    Reads topic, board, author, published and latest revision: fetch the posts with them.
    """
    now = now or timezone.now()
    acts = _acts(posts)
    noticed = _noticed(acts)
    appeals = appealing.appealable(member, posts)
    earlier = _originals(posts)
    shown = [one for post in posts for one in (post.published_revision, post.latest_revision)]
    inserting.insert([*shown, *earlier.values()], user=member.user)
    over = any(post.state in CLOSED_POSTS or post.edited_by_team or post.has_change for post in posts)
    keeps = HouseRules.current().text_kept_for if over else dt.timedelta()
    return [
        _own(
            post,
            acts=acts.get(post.pk, []),
            noticed=noticed,
            appeal=appeals.get(post.pk),
            original=earlier.get(post.pk),
            keeps=keeps,
            now=now,
        )
        for post in posts
    ]


def _acts(posts: Iterable[Post]) -> dict[int, list[ModAction]]:
    """Every act about these posts, newest first, with the words the team wrote; one query."""
    found: dict[int, list[ModAction]] = {}
    rows = ModAction.objects.filter(subject_kind="post", subject_id__in=[str(post.pk) for post in posts])
    for act in rows.select_related("text").order_by("-seq"):
        found.setdefault(int(act.subject_id), []).append(act)
    return found


def _noticed(acts: dict[int, list[ModAction]]) -> set[int]:
    """Those of the decided items in which a rule had noticed words; one query."""
    items = {act.item_id for rows in acts.values() for act in rows if act.item_id and act.role in TEAM_ROLES}
    if not items:
        return set()
    found = ReviewReason.objects.filter(item_id__in=items, kind__in=NOTICED_BY_RULES)
    return set(found.values_list("item_id", flat=True))


def _originals(posts: Iterable[Post]) -> dict[int, PostRevision]:
    """The author's own wording before the team changed it, for posts that show the team's; one query."""
    changed = [post for post in posts if post.edited_by_team]
    if not changed:
        return {}
    rows = PostRevision.objects.filter(post__in=changed, editor_kind=EditorKind.AUTHOR).order_by("number")
    shown = {post.pk: post.published_revision for post in changed}
    found: dict[int, PostRevision] = {}
    for row in rows:
        revision = shown[row.post_id]
        known = found.get(row.post_id)
        replaced = (
            row.state == RevisionState.REDACTED or known is None or known.state != RevisionState.REDACTED
        )
        if revision and row.number < revision.number and replaced:
            found[row.post_id] = row
    return found


def _own(
    post: Post,
    *,
    acts: list[ModAction],
    noticed: set[int],
    appeal: tuple[ModAction, str | None] | None,
    original: PostRevision | None,
    keeps: dt.timedelta,
    now: dt.datetime,
) -> OwnPost:
    icon, kind = LOOKS.get(PostState(post.state), ("info", ""))
    own = OwnPost(
        post=post,
        title=title_for(post),
        state=str(PostState(post.state).label),
        icon=icon,
        kind=kind,
        kept=post.shown_revision,
        pending=post.has_pending_edit,
    )
    latest = post.latest_revision
    if latest and post.has_change:
        own.change = latest
        if latest.state == RevisionState.RETURNED:
            own.state, own.icon, own.kind = _("Your change was sent back to you"), "reply", "info"
    if post.state == PostState.HELD or own.pending:
        own.waited = clocks.elapsed(_waits_since(post, acts), now=now)
    if post.is_first and post.state == PostState.PUBLISHED:
        own.replies = post.topic.reply_count
    _say_why(own, acts, noticed)
    _say_what_the_clinician_said(own, acts)
    _say_what_changed(own, original)
    _say_how_long_kept(own, acts, keeps=keeps, now=now)
    _offer(own, appeal)
    return own


def title_for(post: Post) -> str:
    """What the post is called on its author's page; the topic's title only while others can read it."""
    first, revision = post.topic.first_post, post.shown_revision
    if post.is_first:
        return revision.title if revision and revision.title else _("Your topic")
    if first and first.state == PostState.PUBLISHED and first.published_revision:
        return _("Reply to “%(title)s”") % {"title": first.published_revision.title}
    return _("A reply")


def _waits_since(post: Post, acts: list[ModAction]) -> dt.datetime:
    """When its author sent what waits now; never when somebody else did something about it."""
    sent_again = post.has_pending_edit or any(act.to_state == PostState.RETURNED for act in acts)
    latest = post.latest_revision
    return latest.created_at if sent_again and latest else post.submitted_at


def _standing(acts: list[ModAction]) -> list[ModAction]:
    """Without what was brought back, or left, and then was not: the decision before it stands again."""
    undone = {act.reverses_id for act in acts if act.verb == "undo"}
    gone = {act.pk for act in acts if act.pk in undone and act.verb in {"restore_post", "keep_post"}}
    return [act for act in acts if act.pk not in gone and act.reverses_id not in gone]


def _say_why(own: OwnPost, acts: list[ModAction], noticed: set[int]) -> None:
    """The team's newest reason, as long as it is about the wording that stands or waits now."""
    act = next((one for one in _standing(acts) if one.verb in GIVES_REASON | ENDS_REASON), None)
    if act is None or not act.reason_code or act.verb in ENDS_REASON:
        return
    latest = own.post.latest_revision
    sent_since = latest and latest.state == RevisionState.SUBMITTED and latest.pk != act.revision_id
    if sent_since and act.to_state != PostState.HIDDEN:
        return
    own.reason = str(ReasonCode(act.reason_code).label)
    own.rule = RULE_OF.get(ReasonCode(act.reason_code), 0)
    own.message = act.text.message if hasattr(act, "text") else ""
    own.flagged = act.item_id in noticed or bool(latest and latest.scan.get("rules"))


def _say_what_the_clinician_said(own: OwnPost, acts: list[ModAction]) -> None:
    """Help, from the moment somebody was worried; and the one thing the clinician on call chose to say."""
    own.shows_help = any(act.verb == "escalate" for act in acts)
    for act in acts:
        if act.verb == "close_escalation" and hasattr(act, "text") and act.text.message:
            own.from_clinician = act.text.message
            return


def _say_what_changed(own: OwnPost, original: PostRevision | None) -> None:
    """The words the team took out and put in, from the author's own wording to the one others read."""
    shown = own.post.published_revision
    if original is None or shown is None:
        return
    if original.is_purged:
        own.original_gone = clocks.deleted_on(original.purged_on)
        return
    own.flagged = own.flagged or bool(original.scan.get("rules"))
    before, after = (inserting.whole_text(one) for one in (original, shown))
    own.changes = word_changes(before, after)


def _say_how_long_kept(own: OwnPost, acts: list[ModAction], *, keeps: dt.timedelta, now: dt.datetime) -> None:
    """Until which day the purge (forum.actions.purging) leaves words that nobody else reads."""
    post = own.post
    since: dt.datetime | None = None
    words = _("We keep your text until %(day)s.")
    if post.state in CLOSED_POSTS and post.has_text:
        since = _when(act for act in acts if act.to_state == post.state)
    elif own.change and own.change.state == RevisionState.REJECTED:
        since = _when(act for act in acts if act.revision_id == own.change.pk)
    elif own.changes and post.published_revision:
        since = post.published_revision.created_at
        words = _("We keep the text you sent until %(day)s.")
    if since is None:
        return
    until = since + keeps
    if until <= now:
        own.kept_until = _("We keep your text until the team is done with it.")
    else:
        day = formats.date_format(timezone.localtime(until), "DATE_FORMAT")
        own.kept_until = words % {"day": day}


def _when(acts: Iterable[ModAction]) -> dt.datetime | None:
    act = next(iter(acts), None)
    return moment_of(act) if act else None


def _offer(own: OwnPost, appeal: tuple[ModAction, str | None] | None) -> None:
    """The addresses of what the author can do now."""
    post = own.post
    own.urls["edit"] = own.urls["withdraw"] = ""
    if rules.may_edit(post.author.user, post):
        own.urls["edit"] = reverse("edit_post", args=[post.public_id])
        own.urls["withdraw"] = reverse("withdraw_post", args=[post.public_id])
    if post.state == PostState.PUBLISHED:
        own.urls["place"] = post.get_absolute_url()
    if post.latest_revision and post.latest_revision.number > 1:
        own.urls["history"] = reverse("post_history", args=[post.public_id])
    if appeal is None:
        return
    own.urls["appeal"] = reverse("appeal_post", args=[post.public_id])
    if appeal[1]:
        own.appeal_state = str(AppealState(appeal[1]).label)


def chips(counted: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    """What the page can be narrowed to, those with something in them, and the one that is chosen."""
    labels = {"": _("All"), "needs-you": _("Needs you"), "waiting": _("Waiting"), "published": _("Published")}
    rows = []
    for word, label in labels.items():
        number = counted[word.replace("-", "_") or "all"]
        if number or word == chosen:
            rows.append({"word": word, "label": label, "count": number, "chosen": word == chosen})
    return rows
