"""Everything that changes the forum: one function a verb, each whole in one transaction.

Lock order, everywhere: item, topic, post, author's row, board, record (always last). A conditional UPDATE
that changes no row means that someone was faster: `Conflict`.
"""

from forum.actions.claiming import claim_item, pass_item
from forum.actions.errors import Conflict, Refused
from forum.actions.moderating import amend_post, hide_post, remove_post, restore_post
from forum.actions.reporting import report_post
from forum.actions.reviewing import decide
from forum.actions.wording import Wording, prepare
from forum.actions.writing import Submission, edit_post, submit_reply, submit_topic, withdraw_post

__all__ = [
    "Conflict",
    "Refused",
    "Submission",
    "Wording",
    "amend_post",
    "claim_item",
    "decide",
    "edit_post",
    "hide_post",
    "pass_item",
    "prepare",
    "remove_post",
    "report_post",
    "restore_post",
    "submit_reply",
    "submit_topic",
    "withdraw_post",
]
