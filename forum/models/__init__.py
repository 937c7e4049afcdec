"""Tables of the forum, a file a noun."""

from forum.models.between import Distance, Response
from forum.models.boards import Board, Member
from forum.models.drafts import Draft
from forum.models.house import HouseRules, MonthlyReport, ResponseTemplate, SeverityGuide, WatchedRule
from forum.models.people import Acquaintance, Appeal, Sanction
from forum.models.posts import MovedPost, Post, Topic
from forum.models.reading import BoardMember, Bookmark, TopicMember
from forum.models.record import ModAction, ModActionText, RecordHead
from forum.models.review import ItemNote, Report, ReviewItem, ReviewReason, SafetyEscalation
from forum.models.revisions import Mention, PostRevision, Quote
from forum.models.search import PostSearch
from forum.models.tallies import QueueConflict
from forum.models.team import HandOver, ModeratorChoice, Shift

__all__ = [
    "Acquaintance",
    "Appeal",
    "Board",
    "BoardMember",
    "Bookmark",
    "Distance",
    "Draft",
    "HandOver",
    "HouseRules",
    "ItemNote",
    "Member",
    "Mention",
    "ModAction",
    "ModActionText",
    "ModeratorChoice",
    "MonthlyReport",
    "MovedPost",
    "Post",
    "PostRevision",
    "PostSearch",
    "QueueConflict",
    "Quote",
    "RecordHead",
    "Report",
    "Response",
    "ResponseTemplate",
    "ReviewItem",
    "ReviewReason",
    "SafetyEscalation",
    "Sanction",
    "SeverityGuide",
    "Shift",
    "Topic",
    "TopicMember",
    "WatchedRule",
]
