"""Topics, posts and their revisions.

Text lives only in `PostRevision`. A post shows one `published_revision`, which is empty until a person
or a policy approved it; `position` is handed out at publication and never given again.
"""

import datetime as dt
import secrets
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from forum import rules
from forum.models.between import Distance, Response
from forum.models.boards import Board, Member
from forum.models.reading import Bookmark, CountUpTo, TopicMember, level_of, new_for, unread_posts
from forum.models.revisions import TITLE_BY_TEAM, PostRevision
from forum.states import CalmReason, EditorKind, PostState, RevisionState, TopicState


def new_public_id() -> str:
    """12 random characters (72 bits): an address that tells no volume and cannot be guessed."""
    return secrets.token_urlsafe(9)


class TopicQuerySet(models.QuerySet["Topic"]):
    def seen_by(self, user: Any) -> "TopicQuerySet":
        return self.filter(rules.topics_seen_by(user))

    def listed_for(self, user: Any) -> "TopicQuerySet":
        return self.filter(rules.topics_listed_for(user))

    def with_title(self) -> "TopicQuerySet":
        """Read the published title and the author in the same query."""
        return self.select_related("board", "author__user", "first_post__published_revision")

    def for_reading(self, member: Member | None) -> "TopicQuerySet":
        """Ask in the same query how far this member read, how much they want to hear, and for moved posts.

        `new_replies` counts what they have not read of a topic they began to read, up to a limit.
        """
        topics = self.annotate(has_markers=Exists(MovedPost.objects.filter(topic=OuterRef("pk"))))
        if member is None:
            return topics
        read = TopicMember.objects.filter(topic=OuterRef("pk"), member=member)
        return topics.annotate(
            last_read=Subquery(read.values("last_read_position")[:1]),
            my_level=level_of(member, topic="pk"),
            new_replies=_count_unread(member),
        )

    def with_news(self, member: Member, *, read_through: Any) -> "TopicQuerySet":
        """Ask in the same query what of each topic is new to this member.

        `is_new`, `last_read` (0 for a topic they never read), and `new_replies`, counted up to a limit.
        """
        read = TopicMember.objects.filter(topic=OuterRef("pk"), member=member)
        return self.annotate(
            is_new=Case(When(new_for(member, read_through=read_through), then=True), default=False),
            last_read=Coalesce(Subquery(read.values("last_read_position")[:1]), 0),
            new_replies=_count_unread(member),
        )


def _count_unread(member: Member) -> CountUpTo:
    """How many posts of a topic are unread, as a column beside `last_read`; one more than is ever said.

    In their order, so that the database goes by the places and not through all posts of a topic.
    """
    unread = unread_posts(member, topic="pk", after=OuterRef("last_read")).order_by("position")
    return CountUpTo(unread.values("pk")[: rules.NEWS_SHOWN_AT_MOST + 1])


class Topic(models.Model):
    """A conversation in a board. Its title is part of the first post's revision, so it is moderated too."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="topics")
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="topics")
    first_post = models.OneToOneField("forum.Post", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=TopicState, default=TopicState.HELD)
    resume_state = models.CharField(max_length=10, choices=TopicState, default=TopicState.OPEN)
    next_position = models.PositiveIntegerField(default=1)
    published_count = models.PositiveIntegerField(default=0)
    last_position = models.PositiveIntegerField(default=0)
    last_published_at = models.DateTimeField(null=True)
    hold_replies = models.BooleanField(default=False)
    hold_until = models.DateTimeField(null=True)
    slow_mode_s = models.PositiveIntegerField(default=0)
    slow_until = models.DateTimeField(null=True)
    lock_until = models.DateTimeField(null=True)
    calm_reason = models.CharField(max_length=12, choices=CalmReason, blank=True)
    #: Where a closed topic goes on: set when all its posts were moved away.
    continued_in = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    pinned_rank = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                "board",
                F("pinned_rank").desc(),
                F("last_published_at").desc(),
                F("id").desc(),
                name="topic_list",
                condition=Q(state__in=["open", "locked"]),
            ),
            models.Index(
                "board",
                F("last_published_at").desc(),
                name="topic_news_of_board",
                condition=Q(state__in=["open", "locked"]),
            ),
            models.Index(
                F("last_published_at").desc(),
                F("id").desc(),
                name="topic_news",
                condition=Q(state__in=["open", "locked"]),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.public_id])

    def holds_replies(self, now: dt.datetime | None = None) -> bool:
        """Are replies read first right now? A hold with an end stops by itself."""
        return self.hold_replies and (self.hold_until is None or self.hold_until > (now or timezone.now()))

    def slow_seconds(self, now: dt.datetime | None = None) -> int:
        """How long a member waits between two replies right now; 0 when not at all."""
        over = self.slow_until is not None and self.slow_until <= (now or timezone.now())
        return 0 if over else self.slow_mode_s

    @property
    def reply_count(self) -> int:
        """How many replies can be read; the first post is none."""
        first_is_read = self.first_post is not None and self.first_post.state == PostState.PUBLISHED
        return max(0, self.published_count - first_is_read)

    @property
    def shown_wording(self) -> PostRevision | None:
        """The wording of the first post that speaks for the topic; none once its author took it back."""
        post = self.first_post
        if post is None or post.state == PostState.RETRACTED:
            return None
        return post.shown_revision

    @property
    def title(self) -> str:
        """The published title; before publication only its author and the team get here.

        It is the first post's words, and goes when its author takes them back.
        """
        post = self.first_post
        if post is None:
            return _("A topic that goes on somewhere else") if self.continued_in_id else ""
        if post.state == PostState.RETRACTED:
            return _("A topic whose first post was taken back")
        revision = post.published_revision or post.latest_revision
        if revision and revision.is_purged:
            return _("A topic whose text was deleted")
        return revision.title if revision else ""


class PostQuerySet(models.QuerySet["Post"]):
    def seen_by(self, user: Any) -> "PostQuerySet":
        return self.filter(rules.posts_seen_by(user))

    def found_by(self, user: Any) -> "PostQuerySet":
        return self.filter(rules.posts_found_by(user))

    def with_text(self, *, published_only: bool = False) -> "PostQuerySet":
        """Read what a page shows of a post in the same query; of what waits only for who may read it."""
        posts = self.select_related("author__user", "published_revision")
        return posts if published_only else posts.select_related("latest_revision")

    def for_reader(self, member: Member | None) -> "PostQuerySet":
        """Ask in the same query what stands between this reader and each post; nothing for a visitor."""
        if member is None:
            return self
        mine = Response.objects.filter(post=OuterRef("pk"), member=member)
        return self.annotate(
            is_folded=Exists(Distance.objects.folding(reader=member.pk, author=OuterRef("author_id"))),
            my_response=Subquery(mine.values("kind")[:1]),
            is_kept=Exists(Bookmark.objects.filter(post=OuterRef("pk"), member=member)),
        )

    def in_place(self) -> "PostQuerySet":
        """Posts that have a place in the topic, in order."""
        return self.filter(position__isnull=False).order_by("position")


class Post(models.Model):
    """A place for words in a topic; the words are in its revisions."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="posts")
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="posts")
    state = models.CharField(max_length=10, choices=PostState, default=PostState.HELD)
    position = models.PositiveIntegerField(null=True)
    published_revision = models.OneToOneField(
        "forum.PostRevision", on_delete=models.PROTECT, null=True, related_name="+"
    )
    latest_revision = models.OneToOneField(
        "forum.PostRevision", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reply_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="answers")
    client_token = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    #: How many responses of each kind (forum.states.ResponseKind); changed with the row that is counted.
    thinking_count = models.PositiveIntegerField(default=0)
    me_too_count = models.PositiveIntegerField(default=0)
    thanks_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    #: What stands between a reader and this post: read by `PostQuerySet.for_reader`.
    is_folded = False
    my_response: str | None = None
    is_kept = False

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "position"],
                condition=Q(position__isnull=False),
                name="one_post_a_position",
            ),
            models.UniqueConstraint(fields=["author", "client_token"], name="one_post_a_form"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(position__isnull=False, published_revision__isnull=False),
                name="published_has_place_and_text",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "returned", "rejected", "withdrawn"])
                | Q(position__isnull=True, published_revision__isnull=True),
                name="unpublished_has_neither",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["hidden", "removed", "retracted"]) | Q(position__isnull=False),
                name="taken_down_keeps_place",
            ),
        ]
        indexes = [
            models.Index(
                "author",
                F("published_at").desc(),
                name="member_page",
                condition=Q(state="published"),
            ),
            models.Index("author", F("submitted_at").desc(), name="my_posts"),
            # The last page of a topic shows what waits too, without reading all that has a place.
            models.Index("topic", name="without_a_place", condition=Q(position__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.public_id

    def get_absolute_url(self) -> str:
        return reverse("post", args=[self.public_id])

    @property
    def is_first(self) -> bool:
        return self.topic.first_post_id == self.pk

    @property
    def shown_revision(self) -> "PostRevision | None":
        """The wording its reader gets: the published one, else (its author, the team) the newest."""
        return self.published_revision or self.latest_revision

    @property
    def has_text(self) -> bool:
        """Is the wording its reader would get still there?"""
        return self.shown_revision is not None and not self.shown_revision.is_purged

    @property
    def has_change(self) -> bool:
        """Did its author send a newer text than the published one, whatever became of it?"""
        return self.state == PostState.PUBLISHED and self.latest_revision_id != self.published_revision_id

    @property
    def has_pending_edit(self) -> bool:
        """Is a newer text than the published one waiting for a person?"""
        return (
            self.has_change
            and self.latest_revision is not None
            and self.latest_revision.state == RevisionState.SUBMITTED
        )

    @property
    def edited_by_team(self) -> bool:
        """Did the team change what its author wrote? A title for a topic that was split off is not that."""
        revision = self.published_revision
        return (
            revision is not None
            and revision.editor_kind == EditorKind.MODERATOR
            and TITLE_BY_TEAM not in revision.labels
        )

    @property
    def titled_by_team(self) -> bool:
        """Is its title, and nothing else, the team's?"""
        revision = self.published_revision
        return revision is not None and TITLE_BY_TEAM in revision.labels


class MovedPost(models.Model):
    """The slot a moved post left behind in its old topic: a one-line marker, so that places stay gapless."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="moved_away")
    position = models.PositiveIntegerField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="moves")
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "position"], name="one_marker_a_position"),
        ]

    def __str__(self) -> str:
        return f"place {self.position} of {self.topic_id}"
