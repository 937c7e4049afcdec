"""From rows to what a page shows of a post or topic: words, badges, links. Nothing is decided here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import RoleGrant
from accounts.states import Role
from forum import inserting, rules
from forum.models import ModAction, MovedPost, Post, PostRevision, Topic
from forum.states import TEAM_ROLES, PostState, ReasonCode
from forum.topic_showing import public_title

#: The roles that members see beside a name, the first that fits.
BADGES = (Role.SAFETY_LEAD, Role.MODERATOR, Role.ON_CALL_CLINICIAN, Role.WELCOMER)

STATE_KINDS = {
    PostState.HELD: "warn",
    PostState.RETURNED: "info",
    PostState.HIDDEN: "warn",
}


@dataclass
class ShownPost:
    """One post as components/post.html takes it, or the line that keeps the place of one taken down.

    `kept` is its wording; the template makes it HTML by the filter `as_html`.
    """

    id: str = ""
    name: str = ""
    seed: int = 0
    badge: str = ""
    staff: bool = False
    when: Any = None
    kept: PostRevision | None = None
    state: str = ""
    state_kind: str = ""
    edited: str = ""
    url: str = ""
    report_url: str = ""
    edit_url: str = ""
    quote_url: str = ""
    history_url: str = ""
    links: list[dict[str, str | Promise]] = field(default_factory=list)
    taken_down: bool = False
    moved: bool = False
    moved_to: str = ""
    is_first_new: bool = False


@dataclass(frozen=True)
class TeamWords:
    """What the team told an author about a post: the rule it rests on, and a message of their own."""

    reason: str
    message: str


def team_words(posts: Iterable[Post]) -> dict[int, TeamWords]:
    """The reason of the team's newest act about each of these posts, by post; acts without one are left out.

    One query.
    """
    acts = (
        ModAction.objects.filter(
            subject_kind="post",
            subject_id__in=[str(post.pk) for post in posts],
            role__in=TEAM_ROLES,
        )
        .exclude(verb="move_post")  # where a post stands says nothing of its words
        .select_related("text")
        .order_by("seq")
    )
    newest = {int(act.subject_id): act for act in acts}
    return {
        pk: TeamWords(
            reason=str(ReasonCode(act.reason_code).label),
            message=act.text.message if hasattr(act, "text") else "",
        )
        for pk, act in newest.items()
        if act.reason_code and act.verb not in {"keep_post", "restore_post"}
    }


def badges_for(people: Iterable[int]) -> dict[int, str]:
    """The role in words beside each of these people's names; one query."""
    held: dict[int, set[str]] = {}
    grants = RoleGrant.objects.filter(person_id__in=set(people), ended_at=None)
    for person_id, role in grants.values_list("person_id", "role"):
        held.setdefault(person_id, set()).add(role)
    return {
        person: str(next(badge.label for badge in BADGES if badge in roles))
        for person, roles in held.items()
        if not roles.isdisjoint(BADGES)
    }


def show_posts(posts: list[Post], *, user: Any) -> list[ShownPost]:
    """Posts of one topic, in the given order, for this reader."""
    people = [post.author.user_id for post in posts if post.author.user_id]
    badges = badges_for(people) if people else {}
    inserting.insert([post.shown_revision for post in posts], user=user)
    return [_show(post, user=user, badge=badges.get(post.author.user_id or 0, "")) for post in posts]


def _show(post: Post, *, user: Any, badge: str) -> ShownPost:
    author = post.author
    shown = ShownPost(
        id=f"post-{post.public_id}",
        name=author.handle,
        seed=author.user.avatar_seed if author.user else 0,
        badge=badge,
        staff=bool(badge),
        when=post.published_at or post.submitted_at,
        kept=post.shown_revision,
        url=reverse("post", args=[post.public_id]),
    )
    if post.state != PostState.PUBLISHED:
        shown.state = str(PostState(post.state).label)
        if post.state == PostState.RETRACTED and not rules.is_author(user, post):
            shown.state = _("Taken down by its author")
        shown.state_kind = STATE_KINDS.get(PostState(post.state), "")
    elif rules.is_author(user, post) and post.has_pending_edit:
        shown.state, shown.state_kind = _("Your change waits for a person"), "warn"
    if post.state == PostState.PUBLISHED and post.published_revision and post.published_revision.number > 1:
        if post.edited_by_team:
            shown.edited = _("changed by the moderation team")
        else:
            shown.edited = _("title by the moderation team") if post.titled_by_team else _("changed")
        if rules.may_read_history(user, post):
            shown.history_url = reverse("post_history", args=[post.public_id])
    if post.state == PostState.PUBLISHED and rules.may_reply(user, post.topic):
        shown.quote_url = f"{reverse('reply', args=[post.topic.public_id])}?quote={post.public_id}"
    if rules.may_report(user, post):
        shown.report_url = reverse("report_post", args=[post.public_id])
    if rules.may_edit(user, post):
        shown.edit_url = reverse("edit_post", args=[post.public_id])
        shown.links.append(_link("withdraw_post", post, _("Take it back"), "cross"))
    if rules.may_hide(user, post):
        shown.links.append(_link("hide_post", post, _("Hide"), "eye-off"))
    if rules.may_remove(user, post):
        shown.links.append(_link("remove_post", post, _("Take down"), "cross"))
    if rules.may_amend(user, post):
        shown.links.append(_link("amend_post", post, _("Change as the team"), "pencil"))
    if rules.may_restore(user, post):
        shown.links.append(_link("restore_post", post, _("Restore"), "eye"))
    if author.user and rules.may_decide_about(user, post):
        shown.links.append(_link("person", post, _("The author so far"), "person"))
    return shown


def _link(name: str, post: Post, label: str, icon: str) -> dict[str, str | Promise]:
    return {"url": reverse(name, args=[post.public_id]), "label": label, "icon": icon}


def fill_gaps(
    posts: list[Post],
    shown: list[ShownPost],
    *,
    topic: Topic,
    user: Any,
    start: int,
    end: int,
    has_markers: bool,
) -> list[ShownPost]:
    """Put a one-line marker where a place in the window has no post this reader may see.

    Worked out from the positions: what is hidden is not read from the database to be left out. Only where
    posts were moved away (`has_markers`), one query asks which gaps they left behind.
    """
    lines = {post.position: line for post, line in zip(posts, shown, strict=True) if post.position}
    gaps = [position for position in range(start, end + 1) if position not in lines]
    if gaps and has_markers:
        lines |= _moved_from(topic, gaps, user=user)
    in_place = [lines.get(place) or ShownPost(taken_down=True) for place in range(start, end + 1)]
    return in_place + [line for post, line in zip(posts, shown, strict=True) if post.position is None]


def _moved_from(topic: Topic, places: list[int], *, user: Any) -> dict[int, ShownPost]:
    """The marker of each moved post: where it is now only for those who may read it there."""
    markers = MovedPost.objects.filter(topic=topic, position__in=places).annotate(
        post_is_seen=Exists(Post.objects.seen_by(user).filter(pk=OuterRef("post_id"))),
        topic_is_seen=Exists(Topic.objects.seen_by(user).filter(pk=OuterRef("post__topic_id"))),
    )
    found = {}
    for marker in markers.select_related("post__topic__first_post__published_revision"):
        line = ShownPost(moved=True)
        if marker.post_is_seen and marker.topic_is_seen:
            line.url = reverse("post", args=[marker.post.public_id])
            line.moved_to = public_title(marker.post.topic) if marker.post.topic_id != topic.pk else ""
        found[marker.position] = line
    return found
