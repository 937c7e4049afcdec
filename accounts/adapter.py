"""allauth's door to the accounts room."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Handles and sealed addresses."""

    def get_user_search_fields(self):
        return ["username"]
