"""allauth's door to the accounts room: handles, sealed addresses, neutral mails, limits without addresses."""

import hashlib
import hmac
import ipaddress

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import handles, seal
from accounts.models import User

NO_MATCH = _("That name and passphrase do not match. Please check both and try again.")
HANDLE_TAKEN = _("That name is taken, or looks the same as one that is. Please choose another.")
NOT_AN_ADDRESS = _("Please write an e-mail address, like name@example.org.")
WAIT = _("That were several tries in a short time. Please wait five minutes, then try again.")
# What a person is told by the page itself; a second line would only repeat it.
UNSAID = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}
NEVER_IN_MAILS = ("from_email", "to_email", "deleted_email", "email", "user", "ip", "user_agent", "username")


class AccountAdapter(DefaultAccountAdapter):
    """Handles instead of names, seals instead of addresses, and answers that tell nothing."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": NO_MATCH,
        "email_password_mismatch": NO_MATCH,
        "invalid_login": NO_MATCH,
        "username_taken": HANDLE_TAKEN,
        "too_many_login_attempts": WAIT,
        "rate_limited": WAIT,
        "incorrect_password": _("This passphrase does not match. Please try again."),
        "enter_current_password": _("This passphrase does not match. Please try again."),
    }

    # --- handles ---------------------------------------------------------------------------------
    def get_user_search_fields(self) -> list[str]:
        """Only the handle can be searched."""
        return ["username"]

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """The handle, if this person may take it; its refusal names the reason."""
        username = username.strip()
        handles.validate_new_handle(username)
        if not shallow and User.objects.filter(handle_skeleton=handles.skeleton(username)).exists():
            raise self.validation_error("username_taken")
        return username

    # --- e-mail: sealed at the door ------------------------------------------------------------------
    def clean_email(self, email: str) -> str:
        """The sealed form of the address; allauth never sees another."""
        if seal.is_sealed(email):
            try:
                seal.unseal(email)
            except seal.CannotOpen as error:
                raise ValidationError(NOT_AN_ADDRESS, code="invalid") from error
            return email
        try:
            return seal.seal(email)
        except seal.AddressRefused as error:
            raise ValidationError(error.message, code="too_long") from error

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Send a neutral mail: neither address nor handle reaches the template."""
        super().send_mail(
            template_prefix,
            email,
            {**context, **{name: None for name in NEVER_IN_MAILS if name in context}, "email": None},
        )

    def format_email_subject(self, subject: str) -> str:
        """One subject for everything, without the site's name: a lock screen shows it."""
        return gettext("A note from your hub")

    def add_message(self, request, level, message_template=None, message_context=None, **kwargs) -> None:
        """Pass on what the page does not say itself, without an address."""
        if message_template in UNSAID:
            return
        if message_context and "email" in message_context:
            message_context = {**message_context, "email": gettext("your address")}
        super().add_message(request, level, message_template, message_context, **kwargs)

    # --- limits and answers ------------------------------------------------------------------------------
    def get_client_ip(self, request: HttpRequest) -> str:
        """A keyed hash of the visitor's network: enough for limits, no address in the cache table."""
        address = super().get_client_ip(request)
        try:
            length = 24 if ipaddress.ip_address(address).version == 4 else 48
            network = str(ipaddress.ip_network(f"{address}/{length}", strict=False))
        except ValueError:
            network = "unknown"
        return hmac.new(
            settings.SECRET_KEY.encode(), f"network:{network}".encode(), hashlib.sha256
        ).hexdigest()

    def _get_login_attempts_cache_key(self, request, **credentials) -> str:
        """Failed tries count for a name and a network, so that nobody can lock someone else out."""
        login = credentials.get("email") or credentials.get("username") or ""
        return f"{handles.skeleton(login)}:{self.get_client_ip(request)}"

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: the pages answer in one form only."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to where one came from."""
        return reverse("security")
