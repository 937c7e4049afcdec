"""What happens to accounts: every change of state in this room has its verb here."""

from accounts.actions.joining import complete_joining, make_invite, skeletons_in_use
from accounts.actions.mailing import Wishes, choose_mail, stop_optional_mail
from accounts.actions.refusals import ActRefused
from accounts.actions.rescuing import keep_rescue_phrase, recover, replace_rescue_phrase
from accounts.actions.roles import grant_role, make_first_operator, operator_exists, revoke_role
from accounts.actions.sessions import end_sessions

__all__ = [
    "ActRefused",
    "Wishes",
    "choose_mail",
    "complete_joining",
    "end_sessions",
    "grant_role",
    "keep_rescue_phrase",
    "make_first_operator",
    "make_invite",
    "operator_exists",
    "recover",
    "replace_rescue_phrase",
    "revoke_role",
    "skeletons_in_use",
    "stop_optional_mail",
]
