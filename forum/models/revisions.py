"""The wordings of posts, and the words of others they hold by reference."""

import datetime as dt

from django.db import models

from forum.models.boards import Member
from forum.states import EditorKind, RevisionState

TITLE_LENGTH = 120
#: The label of a wording in which the team gave the title and left the text as it was.
TITLE_BY_TEAM = "team_title"
#: The label of a wording that others read at once, without a decision about it: the record does not name it.
SHOWN_AT_ONCE = "shown_at_once"


class PostRevision(models.Model):
    """One wording of a post. Immutable but for its state, and for the purge that empties it."""

    post = models.ForeignKey("forum.Post", on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    editor = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    editor_kind = models.CharField(max_length=10, choices=EditorKind, default=EditorKind.AUTHOR)
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    source = models.TextField()
    html = models.TextField()
    renderer_version = models.CharField(max_length=20)
    text_norm = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    lang = models.CharField(max_length=5, default="en")
    asks_for = models.JSONField(default=list, blank=True, help_text="forum.states.Need, of a first post")
    content_notes = models.JSONField(default=list, blank=True, help_text="forum.states.ContentNote")
    state = models.CharField(max_length=10, choices=RevisionState, default=RevisionState.SUBMITTED)
    labels = models.JSONField(default=list, blank=True)
    scan = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["post", "number"], name="one_number_a_revision"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} no. {self.number}"

    @property
    def is_purged(self) -> bool:
        """Were the words deleted? The row stays."""
        return self.state == RevisionState.PURGED

    @property
    def purged_on(self) -> dt.date | None:
        """The day the words were deleted, or None while they are there."""
        day = self.scan.get("purged_on") if self.is_purged else None
        return dt.date.fromisoformat(day) if day else None


class Quote(models.Model):
    """Words of another post that a wording quotes. Its text holds a mark; the words are shown only while they
    stand in the published revision of that post, and the reader may see it."""

    revision = models.ForeignKey(PostRevision, on_delete=models.CASCADE, related_name="quotes")
    number = models.PositiveSmallIntegerField(help_text="which mark of the text this is")
    post = models.ForeignKey("forum.Post", on_delete=models.PROTECT, related_name="quoted_in")
    excerpt = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "number"], name="one_quote_a_mark"),
        ]

    def __str__(self) -> str:
        return f"quote {self.number} of {self.revision_id}"


class Mention(models.Model):
    """A person of the topic whom a wording names. By person, so that a changed handle is followed."""

    revision = models.ForeignKey(PostRevision, on_delete=models.CASCADE, related_name="mentions")
    number = models.PositiveSmallIntegerField(help_text="which mark of the text this is")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "number"], name="one_mention_a_mark"),
        ]

    def __str__(self) -> str:
        return f"mention {self.number} of {self.revision_id}"
