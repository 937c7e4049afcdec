"""Everything that changes the forum: one function a verb, each whole in one transaction.

Lock order, everywhere: item, topic, post, author's row, board, record (always last). A conditional UPDATE
that changes no row means that someone was faster: `Conflict`.
"""

from forum.actions.appealing import appeal, withdraw_appeal
from forum.actions.calming import close_topic, end_hold, end_slow, hold_replies, reopen_topic, slow_topic
from forum.actions.changing import edit_post, in_grace, withdraw_post
from forum.actions.choosing import choose_topics, declare_acquaintance, forget_acquaintance
from forum.actions.claiming import claim_item, in_own_topic, pass_item, take_next, take_over_item
from forum.actions.distancing import come_near, keep_away
from forum.actions.errors import Conflict, Refused
from forum.actions.escalating import acknowledge, ask_colleague, close_escalation, escalate
from forum.actions.following import follow_board, follow_topic, keep_post, let_go
from forum.actions.judging import decide_appeal
from forum.actions.moderating import amend_post, hide_post, remove_post, restore_post
from forum.actions.reporting import TooManyReports, report_post, withdraw_report
from forum.actions.responding import respond
from forum.actions.reviewing import decide
from forum.actions.sanctioning import lift_sanction, sanction_member
from forum.actions.seeing import mark_all_read, mark_board_read, mark_topic_read
from forum.actions.shifts import begin_shift, end_shift, leave_note, open_shifts, take_break
from forum.actions.splitting import MOST_AT_ONCE as MOST_MOVED_AT_ONCE
from forum.actions.splitting import move_posts, split_topic
from forum.actions.submitting import Submission, submit_reply, submit_topic
from forum.actions.tallying import count_conflict
from forum.actions.undoing import can_be_undone, undo_decision
from forum.actions.unfolding import choose_what_i_see
from forum.actions.wording import Wording, prepare

__all__ = [
    "Conflict",
    "MOST_MOVED_AT_ONCE",
    "Refused",
    "Submission",
    "TooManyReports",
    "Wording",
    "acknowledge",
    "amend_post",
    "appeal",
    "ask_colleague",
    "begin_shift",
    "can_be_undone",
    "choose_topics",
    "choose_what_i_see",
    "claim_item",
    "close_escalation",
    "close_topic",
    "come_near",
    "count_conflict",
    "decide",
    "decide_appeal",
    "declare_acquaintance",
    "edit_post",
    "end_hold",
    "end_shift",
    "end_slow",
    "escalate",
    "follow_board",
    "follow_topic",
    "forget_acquaintance",
    "hide_post",
    "hold_replies",
    "in_grace",
    "in_own_topic",
    "keep_away",
    "keep_post",
    "leave_note",
    "let_go",
    "lift_sanction",
    "mark_all_read",
    "mark_board_read",
    "mark_topic_read",
    "move_posts",
    "open_shifts",
    "pass_item",
    "prepare",
    "remove_post",
    "reopen_topic",
    "report_post",
    "respond",
    "restore_post",
    "sanction_member",
    "slow_topic",
    "split_topic",
    "submit_reply",
    "submit_topic",
    "take_break",
    "take_next",
    "take_over_item",
    "undo_decision",
    "withdraw_appeal",
    "withdraw_post",
    "withdraw_report",
]
