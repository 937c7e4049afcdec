"""The numbers the rules use. Those a site may change have their defaults here, their row in HouseRules.

Sources: design of the forum 2.1 to 2.5; nothing here is a clinical fact."""

from datetime import timedelta

from forum.states import Severity

#: First human action is due this long after an item opened (design: forum 2.2).
TARGETS: dict[Severity, timedelta] = {
    Severity.IMMINENT: timedelta(minutes=15),
    Severity.CONCERN: timedelta(hours=1),
    Severity.ROUTINE: timedelta(hours=4),
    Severity.SAMPLE: timedelta(hours=24),
}
#: Severities whose time runs only while the site says that someone is here.
COUNTED_IN_STAFFED_HOURS = frozenset({Severity.ROUTINE, Severity.SAMPLE})
CLAIM_LASTS = timedelta(minutes=15)
UNDO_LASTS = timedelta(minutes=3)
TRUST_NEEDS_POSTS = 3
TRUST_NEEDS_DAYS = 2
UPHELD_REPORT_COUNTS_FOR = timedelta(days=30)
REPORTERS_THAT_LIFT = 3
REPORTS_A_DAY = 20
POSTS_AN_HOUR = 20
#: Each change bumps the item's version: without a limit nobody could ever decide about the post.
CHANGES_AN_HOUR = 30
SAMPLE_PERCENT = 2
#: A flood of replies is no flood of notices: beyond these a topic is new in the lists, and nothing more.
REPLY_NOTICES_AN_HOUR = 20
#: How long after a decision its author may ask someone else to look, and by when that one answers.
APPEAL_WINDOW = timedelta(days=20)
APPEAL_WORKING_DAYS = 3
APPEAL_LENGTH = 2000
#: Refused, redacted and withdrawn words are emptied after this, later while an appeal is open.
TEXT_KEPT_FOR = timedelta(days=30)
BREAK_AFTER_HARD_ITEMS = 5
LONGEST_SANCTION = timedelta(days=365)
LONGEST_SLOW_MODE_S = 24 * 60 * 60
#: A topic that nobody answered goes to the welcomers, then to the team (a site sets its own hours).
WELCOMERS_ARE_TOLD_AFTER = timedelta(hours=4)
TEAM_IS_TOLD_AFTER = timedelta(hours=12)
ANSWERED_SOON = timedelta(hours=24)
MENTIONS_A_POST = 5
QUOTES_A_POST = 10
DRAFTS_KEPT_FOR = timedelta(days=90)
#: Places a person keeps a draft for, and texts of other windows beside one; beyond these nothing is dropped.
DRAFTS_A_PERSON = 50
ASIDES_A_PLACE = 5
#: So long after publication a known member changes a post at once, when nothing in it asks for a look.
GRACE_TO_CHANGE = timedelta(minutes=5)
#: What is new is looked for this far back; older news are in the lists all the same.
NEWS_LOOKS_BACK = timedelta(days=30)
#: Of a board's new topics no more are counted: "20+".
NEWS_SHOWN_AT_MOST = 20
#: Topics looked at for news, the newest: of a board for its count, and for a page of what is new.
NEWS_LOOKED_AT_IN_A_BOARD = 50
NEWS_LOOKED_AT_A_PAGE = 300
KEPT_AT_MOST = 500
#: Ready words are quick to give: more than this within an hour is no answer to anybody any more.
RESPONSES_AN_HOUR = 60
