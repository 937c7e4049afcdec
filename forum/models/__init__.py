"""Tables of the forum, a file a noun."""

from forum.models.boards import Board, Member, TopicMember
from forum.models.posts import Post, PostRevision, Topic
from forum.models.record import ModAction, ModActionText, RecordHead
from forum.models.review import Report, ReviewItem, ReviewReason

__all__ = [
    "Board",
    "Member",
    "ModAction",
    "ModActionText",
    "Post",
    "PostRevision",
    "RecordHead",
    "Report",
    "ReviewItem",
    "ReviewReason",
    "Topic",
    "TopicMember",
]
