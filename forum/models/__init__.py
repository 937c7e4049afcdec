"""Tables of the forum, a file a noun."""

from forum.models.boards import Board, Member, TopicMember
from forum.models.house import HouseRules, MonthlyReport, ResponseTemplate, SeverityGuide, WatchedRule
from forum.models.people import Acquaintance, Appeal, Sanction
from forum.models.posts import MovedPost, Post, PostRevision, Topic
from forum.models.record import ModAction, ModActionText, RecordHead
from forum.models.review import ItemNote, Report, ReviewItem, ReviewReason, SafetyEscalation
from forum.models.tallies import QueueConflict
from forum.models.team import HandOver, ModeratorChoice, Shift

__all__ = [
    "Acquaintance",
    "Appeal",
    "Board",
    "HandOver",
    "HouseRules",
    "ItemNote",
    "Member",
    "ModAction",
    "ModActionText",
    "ModeratorChoice",
    "MonthlyReport",
    "MovedPost",
    "Post",
    "PostRevision",
    "QueueConflict",
    "RecordHead",
    "Report",
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
