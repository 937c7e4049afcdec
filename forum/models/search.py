"""What search looks through: one row a published post, and nothing that is not published."""

from django.db import models
from django.db.models import F, Q

from forum.models.posts import Post
from forum.models.revisions import TITLE_LENGTH


class PostSearch(models.Model):
    """The words of a published post as plain text, for the full-text index of the database.

    Written by forum.actions.indexing alone, in the transaction that publishes, changes or takes down the
    post. Migration 0008 keeps the index itself: an FTS5 table with triggers on SQLite, a generated tsvector
    column on PostgreSQL. The row's id is the post's: FTS5 wants a row number of its own, and "newest first"
    follows it.
    """

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="search_row")
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    text = models.TextField(blank=True)
    lang = models.CharField(max_length=5, default="en")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=F("post")), name="search_row_has_the_id_of_its_post"),
        ]

    def __str__(self) -> str:
        return f"words of {self.post_id}"
