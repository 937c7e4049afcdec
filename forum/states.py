"""The states of posts, topics, revisions, reports and review items, and the lawful moves between them.

Pure: no models, no database. `forum.actions.moving` is the only code that carries a move out.
"""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.states import Role


class PostState(TextChoices):
    HELD = "held", _("Waiting for a person")
    PUBLISHED = "published", _("Published")
    RETURNED = "returned", _("Sent back to you")
    REJECTED = "rejected", _("Not published")
    WITHDRAWN = "withdrawn", _("Withdrawn by you")
    HIDDEN = "hidden", _("Hidden while the team looks at it")
    REMOVED = "removed", _("Taken down by the team")
    RETRACTED = "retracted", _("Taken down by you")


class TopicState(TextChoices):
    HELD = "held", _("Waiting for a person")
    OPEN = "open", _("Open")
    LOCKED = "locked", _("Closed")
    HIDDEN = "hidden", _("Hidden while the team looks at it")
    REMOVED = "removed", _("Taken down")


class RevisionState(TextChoices):
    SUBMITTED = "submitted", _("Waiting for a person")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Not published")
    RETURNED = "returned", _("Sent back")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Replaced by a newer text")
    REDACTED = "redacted", _("Replaced by the team")
    PURGED = "purged", _("Text deleted")


class ReportState(TextChoices):
    OPEN = "open", _("Waiting for a person")
    UPHELD = "upheld", _("We acted on it")
    NOT_UPHELD = "not_upheld", _("The post stays")
    DUPLICATE = "duplicate", _("Already reported")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ItemStatus(TextChoices):
    OPEN = "open", _("Open")
    RESOLVED = "resolved", _("Decided")


class Verdict(TextChoices):
    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Dismissed")


class Trust(IntegerChoices):
    NEW = 0, _("New")
    KNOWN = 1, _("Known")
    ESTABLISHED = 2, _("Established")


class Severity(IntegerChoices):
    """How soon a person must look; lower is sooner."""

    IMMINENT = 0, _("Someone may be in danger now")
    CONCERN = 1, _("Worrying")
    ROUTINE = 2, _("Routine")
    SAMPLE = 3, _("Sample")


class Audience(TextChoices):
    MEMBERS = "members", _("Members only")
    PUBLIC = "public", _("Everyone can read")


class BoardGroup(TextChoices):
    """Under which heading a board stands in Talk."""

    START = "start", _("Start here")
    WHO = "who", _("By who you love")
    STAGE = "stage", _("By where you are")
    WHAT = "what", _("By what is going on")


class Premoderation(TextChoices):
    """A board can be stricter than the site, never looser: new members' posts always wait."""

    NEW_MEMBERS = "new", _("New members' posts wait")
    ALL = "all", _("Every post waits")


class Level(TextChoices):
    """How much of a topic or board a member hears about."""

    MUTED = "muted", _("Nothing")
    NORMAL = "normal", _("Only what is addressed to me")
    TRACKING = "tracking", _("Show me what is new")
    WATCHING = "watching", _("Tell me about each reply")


class Relation(TextChoices):
    """Whom a member is here for: one coarse word beside the name, only when they choose to say it."""

    PARENT = "parent", _("Parent")
    PARTNER = "partner", _("Partner")
    CHILD = "child", _("Adult child")
    SIBLING = "sibling", _("Brother or sister")
    FRIEND = "friend", _("Friend")


class Need(TextChoices):
    """What the writer of a topic asks for."""

    LISTEN = "listen", _("Just listen")
    IDEAS = "ideas", _("Ideas")
    FACTS = "facts", _("Facts")


class ContentNote(TextChoices):
    """What a post mentions, named by its author or the team, so that a reader can choose."""

    OVERDOSE = "overdose", _("Overdose")
    SUICIDE = "suicide", _("Suicide")
    SELF_HARM = "self_harm", _("Self-harm")
    VIOLENCE = "violence", _("Violence")
    GRIEF = "grief", _("A death")
    USE = "use", _("Return to use")


class ResponseKind(TextChoices):
    """A few words in place of a like. No total of them stands beside a person."""

    THINKING = "thinking", _("Thinking of you")
    ME_TOO = "me_too", _("Me too")
    THANKS = "thanks", _("Thank you")


class DistanceKind(TextChoices):
    """How far a member keeps from another; nothing ever tells the other."""

    MUTE = "mute", _("Fold what they write, for me alone")
    BLOCK = "block", _("Keep us apart")


class ReasonKind(TextChoices):
    """Why an item is in the queue."""

    CRISIS = "crisis", _("Words that may mean danger")
    SCAN_ERROR = "scan_error", _("The check of the text did not finish")
    REPORT = "report", _("Reported by a member")
    FIRST_POST = "first_post", _("A first post")
    NEW_MEMBER = "new_member", _("A new member")
    EDIT = "edit", _("A changed post")
    LINK = "link", _("A link from a new member")
    WATCHED = "watched", _("A phrase the team watches for")
    PII = "pii", _("Private details")
    MEMBER_HOLD = "member_hold", _("This member's posts are read first for a while")
    BOARD = "board", _("This board's posts are read first")
    TOPIC_HOLD = "topic_hold", _("Replies to this topic are read first")
    MANUAL = "manual", _("Put here by a moderator")
    APPEAL = "appeal", _("Someone asks for a second look")
    AUDIT_SAMPLE = "audit_sample", _("A random sample")


class ReportCategory(TextChoices):
    """What a member may report; worry about a person stands first (design: Report)."""

    WORRIED = "worried", _("I am worried about this person")
    PRIVATE = "private", _("It shows who someone is")
    UNSAFE = "unsafe", _("It is unsafe: doses, sources, ways to self-harm")
    UNKIND = "unkind", _("It is cruel, shaming or threatening")
    SPAM = "spam", _("It sells something or is spam")
    OTHER = "other", _("Something else")


class EditorKind(TextChoices):
    AUTHOR = "author", _("author")
    MODERATOR = "moderator", _("moderation team")


class Decision(TextChoices):
    """What a moderator can decide about an item in the queue."""

    APPROVE = "approve", _("Approve")
    REDACT = "redact", _("Approve with changes")
    RETURN = "return", _("Send back")
    REJECT = "reject", _("Do not publish")
    HIDE = "hide", _("Hide")
    REMOVE = "remove", _("Take down")
    KEEP = "keep", _("Leave it as it is")
    RESTORE = "restore", _("Bring it back")
    ESCALATE = "escalate", _("Ask the clinician on call")
    SECOND_OPINION = "second", _("Ask a colleague")
    OVERTURN = "overturn", _("Change the decision")
    CONFIRM = "confirm", _("Keep the decision")


class ReasonCode(TextChoices):
    """The rule a decision rests on; its author reads the words."""

    NONE = "none", _("No reason needed")
    PRIVATE_DETAILS = "private", _("It holds details that could show who someone is.")
    UNSAFE_DETAIL = "unsafe", _("It names doses, sources or ways to harm that could hurt a reader.")
    MEDICAL_ADVICE = "medical", _("It tells others what to take or stop taking.")
    UNKIND = "unkind", _("It blames or shames a person.")
    SPAM = "spam", _("It advertises or repeats.")
    OFF_TOPIC = "off_topic", _("It belongs somewhere else.")
    OTHER = "other", _("The team’s message says why.")


class ActorRole(TextChoices):
    """As whom a person acted, for the record."""

    AUTHOR = "author", _("author")
    MEMBER = "member", _("member")
    MODERATOR = "moderator", _("moderator")
    SAFETY_LEAD = "safety_lead", _("safety lead")
    CLINICIAN = "clinician", _("clinician")
    OPERATOR = "operator", _("operator")
    SYSTEM = "system", _("system")


#: The roles in which the team acts on members' words and members.
TEAM_ROLES = frozenset({ActorRole.MODERATOR, ActorRole.SAFETY_LEAD, ActorRole.CLINICIAN})


#: The roles that members see beside a name, the first that fits.
BADGES = (Role.SAFETY_LEAD, Role.MODERATOR, Role.ON_CALL_CLINICIAN, Role.WELCOMER)


class SanctionKind(TextChoices):
    """The ladder, mildest first. Reading and reporting stay until the last; help and appeal stay always."""

    WARN = "warn", _("Warning")
    PREMODERATE = "premoderate", _("Posts are read first")
    READ_ONLY = "read_only", _("Read only")
    SUSPEND = "suspend", _("Suspended")


class SanctionEnd(TextChoices):
    """How a sanction ended before its time; one that ran out says nothing here."""

    LIFTED = "lifted", _("Lifted")
    SUPERSEDED = "superseded", _("Replaced by another")


class AppealState(TextChoices):
    OPEN = "open", _("Waiting for someone else to look")
    OVERTURNED = "overturned", _("The decision was changed")
    CONFIRMED = "confirmed", _("The decision stays")
    WITHDRAWN = "withdrawn", _("Taken back by you")


class WatchedKind(TextChoices):
    PHRASE = "phrase", _("Words, as they stand")
    EXPRESSION = "expression", _("Expression")


class EscalationOutcome(TextChoices):
    """How the clinician on call ended it; the team still decides about the post."""

    NO_DANGER = "no_danger", _("No danger that we can see")
    SUPPORTED = "supported", _("Support was offered")
    EMERGENCY = "emergency", _("Emergency help was pointed to")


class CalmReason(TextChoices):
    """Why the team slowed, held or closed a topic; members read it."""

    HEATED = "heated", _("It became heated.")
    GRIEF = "grief", _("People here are grieving.")
    UNSAFE = "unsafe", _("It came close to unsafe detail.")
    TOO_LONG = "too_long", _("It grew too long to follow.")
    MOVED = "moved", _("It goes on somewhere else.")
    OTHER = "other", _("The team needs time to read.")


class OptOut(TextChoices):
    """What a moderator may ask not to be given; the groups are those of safety.rulebook."""

    OVERDOSE = "A", _("Overdose")
    SUICIDE = "B", _("Suicide, first person")
    VIOLENCE = "C", _("Violence, and children in danger")
    SUICIDE_OF_ANOTHER = "D", _("The suicide of a loved one")
    WITHDRAWAL = "E", _("Dangerous withdrawal")
    GRIEF = "H", _("A death")


_P = PostState

#: (from, to) pairs a post may take; everything else is refused.
POST_MOVES: frozenset[tuple[PostState, PostState]] = frozenset(
    {
        (_P.HELD, _P.PUBLISHED),
        (_P.HELD, _P.REJECTED),
        (_P.HELD, _P.RETURNED),
        (_P.HELD, _P.WITHDRAWN),
        (_P.RETURNED, _P.HELD),
        (_P.RETURNED, _P.WITHDRAWN),
        (_P.PUBLISHED, _P.HIDDEN),
        (_P.PUBLISHED, _P.REMOVED),
        (_P.PUBLISHED, _P.RETRACTED),
        (_P.HIDDEN, _P.PUBLISHED),
        (_P.HIDDEN, _P.REMOVED),
        (_P.REMOVED, _P.PUBLISHED),
        (_P.REMOVED, _P.HIDDEN),  # undo
        (_P.REJECTED, _P.PUBLISHED),
        (_P.REJECTED, _P.HELD),  # undo
    }
)

#: It is over: nobody reads the words any more, and the purge empties them after a while.
CLOSED_POSTS = frozenset({_P.REJECTED, _P.WITHDRAWN, _P.REMOVED, _P.RETRACTED})

#: The states in which a post keeps its place in the topic.
PLACED = frozenset({_P.PUBLISHED, _P.HIDDEN, _P.REMOVED, _P.RETRACTED})

_T = TopicState

TOPIC_MOVES: frozenset[tuple[TopicState, TopicState]] = frozenset(
    {
        (_T.HELD, _T.OPEN),
        (_T.OPEN, _T.LOCKED),
        (_T.LOCKED, _T.OPEN),
        (_T.OPEN, _T.HIDDEN),
        (_T.LOCKED, _T.HIDDEN),
        (_T.OPEN, _T.REMOVED),
        (_T.LOCKED, _T.REMOVED),
        (_T.HIDDEN, _T.OPEN),
        (_T.HIDDEN, _T.LOCKED),
        (_T.HIDDEN, _T.REMOVED),
        (_T.REMOVED, _T.OPEN),
        (_T.REMOVED, _T.LOCKED),
        (_T.REMOVED, _T.HIDDEN),  # undo
    }
)

#: Topics whose published posts can be read.
READABLE_TOPICS = frozenset({_T.OPEN, _T.LOCKED})

#: Where the topic goes when its first post makes a move.
TOPIC_FOLLOWS: dict[PostState, TopicState] = {
    _P.HIDDEN: _T.HIDDEN,
    _P.REMOVED: _T.REMOVED,
    _P.RETRACTED: _T.REMOVED,
}


def may_move(before: str, after: str) -> bool:
    """Is this move of a post in the table?"""
    return (before, after) in POST_MOVES


def topic_may_move(before: str, after: str) -> bool:
    """Is this move of a topic in the table?"""
    return (before, after) in TOPIC_MOVES
