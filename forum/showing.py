"""From rows to what a page shows of a post or topic: words, badges, links. Nothing is decided here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from forum import inserting, rules
from forum.badges import badges_for
from forum.models import ModAction, MovedPost, Post, PostRevision, Topic
from forum.models.between import COUNTERS
from forum.states import TEAM_ROLES, ContentNote, PostState, ReasonCode, Relation
from forum.topic_showing import public_title

STATE_KINDS = {
    PostState.HELD: "warn",
    PostState.RETURNED: "info",
    PostState.HIDDEN: "warn",
}


#: A link under a post; with a name and a value it is a button that sends them to its address.
Link = dict[str, str]


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
    history_url: str = ""
    relation: str = ""
    fold: str = ""
    fold_show: str = ""
    responses: list[dict[str, Any]] = field(default_factory=list)
    respond_url: str = ""
    responded: list[dict[str, Any]] = field(default_factory=list)
    responses_url: str = ""
    links: list[Link] = field(default_factory=list)
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


def show_posts(posts: list[Post], *, user: Any, further: bool = False) -> list[ShownPost]:
    """Posts of one topic, in the given order, for this reader; `further`: with all that can be done."""
    badges = badges_for([post.author.user_id for post in posts if post.author.user_id])
    inserting.insert([post.shown_revision for post in posts], user=user)
    page = Page(user)
    return [
        _show(post, page=page, badge=badges.get(post.author.user_id or 0, ""), further=further)
        for post in posts
    ]


class Page:
    """What is the same for all posts of a page: its reader, the words, the addresses. Looked up once.

    The forum's side of the reader comes with the account, for those who read along (accounts.backends).
    """

    def __init__(self, user: Any) -> None:
        self.user = user
        member = user._state.fields_cache.get("member") if user.is_authenticated else None
        self.is_member = member is not None
        self.unfolds = frozenset(member.unfolds) if member else frozenset()
        self.restraints = rules.restraints_of(user)
        self.start = reverse("post", args=["-"]).removesuffix("-/")
        self.responses = [(kind, str(kind.label), field) for kind, field in COUNTERS.items()]
        self.notes = {note.value: str(note.label).lower() for note in ContentNote}
        self.fold_show = _("Show post")
        self.quote, self.change, self.report = _("Quote"), _("Change"), _("Report")
        self.keep, self.kept = _("Keep for later"), _("Kept")
        self.more = _("More")
        self.keep_away, self.take_back = _("Mute or block"), _("Take it back")
        self.replies: dict[int, str] = {}

    def reply_address(self, post: Post) -> str:
        """Where an answer to this post is written, with its words: looked up once for each topic."""
        if post.topic_id not in self.replies:
            self.replies[post.topic_id] = reverse("reply", args=[post.topic.public_id])
        return f"{self.replies[post.topic_id]}?quote={post.public_id}"

    def address(self, post: Post, act: str = "") -> str:
        """The address of a post, or of what can be done with it (forum.urls: talk/p/…/act/)."""
        return f"{self.start}{post.public_id}/{act}/" if act else f"{self.start}{post.public_id}/"

    def link(self, post: Post, act: str, label: str, icon: str) -> Link:
        return {"url": self.address(post, act), "label": label, "icon": icon}


def _show(post: Post, *, page: Page, badge: str, further: bool) -> ShownPost:
    author, user = post.author, page.user
    is_own = rules.is_author(user, post)
    # What the team writes always arrives.
    is_folded = post.is_folded and not badge
    shown = ShownPost(
        id=f"post-{post.public_id}",
        name=author.handle,
        seed=author.user.avatar_seed if author.user else 0,
        badge=badge,
        staff=bool(badge),
        relation=str(Relation(author.relation).label) if author.relation and author.user else "",
        when=post.published_at or post.submitted_at,
        kept=post.shown_revision,
        url=page.address(post),
        fold="" if is_own else _fold(post, page=page, is_folded=is_folded),
        fold_show=page.fold_show,
    )
    _say_state(shown, post, user=user, is_own=is_own, page=page)
    if not is_folded:
        _show_responses(shown, post, page=page, is_own=is_own)
    shown.links = list(_links(post, page=page, is_folded=is_folded, has_badge=bool(badge), further=further))
    return shown


def _fold(post: Post, *, page: Page, is_folded: bool) -> str:
    """Why a post is folded for this reader, or nothing. In one word for a mute and both sides of a block."""
    notes = post.shown_revision.content_notes if post.shown_revision else []
    named = [note for note in notes if note in page.notes]
    mentions = ""
    if not page.unfolds.issuperset(named):
        mentions = _("Mentions: %(notes)s") % {"notes": ", ".join(page.notes[note] for note in named)}
    if is_folded:
        return f"{_('Folded for you')}. {mentions}" if mentions else _("Folded for you")
    return mentions


def _say_state(shown: ShownPost, post: Post, *, user: Any, is_own: bool, page: Page) -> None:
    if post.state != PostState.PUBLISHED:
        shown.state = str(PostState(post.state).label)
        if post.state == PostState.RETRACTED and not is_own:
            shown.state = _("Taken down by its author")
        shown.state_kind = STATE_KINDS.get(PostState(post.state), "")
    elif is_own and post.has_pending_edit:
        shown.state, shown.state_kind = _("Your change waits for a person"), "warn"
    if post.state == PostState.PUBLISHED and post.published_revision and post.published_revision.number > 1:
        if post.edited_by_team:
            shown.edited = _("changed by the moderation team")
        else:
            shown.edited = _("title by the moderation team") if post.titled_by_team else _("changed")
        if rules.may_read_history(user, post):
            shown.history_url = page.address(post, "history")


def _show_responses(shown: ShownPost, post: Post, *, page: Page, is_own: bool) -> None:
    """Buttons for those who may press one, and in words what others pressed; who it was is for its author."""
    if not rules.takes_responses(post):
        return
    counted = [(kind, label, getattr(post, field)) for kind, label, field in page.responses]
    held_back = rules.stops_writing(page.restraints, board_id=post.topic.board_id)
    if rules.offers_responses(page.user, post) and not post.is_folded and not held_back:
        shown.respond_url = page.address(post, "respond")
        shown.responses = [
            {
                "label": label,
                "count": count,
                "mine": kind == post.my_response,
                # The button says what is wanted: sent twice, nothing else happens.
                "value": "none" if kind == post.my_response else kind.value,
            }
            for kind, label, count in counted
        ]
    else:
        shown.responded = [{"label": label, "count": count} for _kind, label, count in counted if count]
        if is_own:
            shown.responses_url = page.address(post, "responses")


def _links(post: Post, *, page: Page, is_folded: bool, has_badge: bool, further: bool) -> Iterator[Link]:
    """What this reader can do with the post; of one that is folded for them, report it.

    On the page of a topic what is rarely needed stands behind one link; `further` shows it.
    """
    user, is_published = page.user, post.state == PostState.PUBLISHED
    if is_published and not post.is_folded and rules.may_reply(user, post.topic):
        yield {"url": page.reply_address(post), "label": page.quote, "icon": "quote"}
    if rules.may_edit(user, post):
        yield page.link(post, "edit", page.change, "pencil")
    if rules.may_report(user, post):
        yield page.link(post, "report", page.report, "flag")
    if further or not is_published:
        yield from _further_links(post, page=page, is_folded=is_folded, has_badge=has_badge)
    elif page.is_member and not is_folded:
        yield page.link(post, "more", page.more, "chevron")
    yield from _links_of_the_team(post, page=page)


def _further_links(post: Post, *, page: Page, is_folded: bool, has_badge: bool) -> Iterator[Link]:
    if post.state == PostState.PUBLISHED and page.is_member and not is_folded:
        label, value = (page.kept, "0") if post.is_kept else (page.keep, "1")
        yield page.link(post, "keep", label, "bookmark") | {"name": "keep", "value": value}
    if not is_folded and rules.may_keep_away(page.user, post, has_badge=has_badge):
        yield page.link(post, "distance", page.keep_away, "eye-off")
    if rules.may_edit(page.user, post):
        yield page.link(post, "withdraw", page.take_back, "cross")


def _links_of_the_team(post: Post, *, page: Page) -> Iterator[Link]:
    user = page.user
    if not rules.may_moderate(user):
        return
    if rules.may_hide(user, post):
        yield page.link(post, "hide", _("Hide"), "eye-off")
    if rules.may_remove(user, post):
        yield page.link(post, "remove", _("Take down"), "cross")
    if rules.may_amend(user, post):
        yield page.link(post, "amend", _("Change as the team"), "pencil")
    if rules.may_restore(user, post):
        yield page.link(post, "restore", _("Restore"), "eye")
    if post.author.user and rules.may_decide_about(user, post):
        url = reverse("person", args=[post.public_id])
        yield {"url": url, "label": _("The author so far"), "icon": "person"}


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
