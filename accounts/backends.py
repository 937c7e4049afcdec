"""Who signs in: by handle, or by a confirmed e-mail address that is stored sealed."""

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress

from accounts import handles, seal
from accounts.models import User


class HandleOrSealedEmail(AuthenticationBackend):
    """One query and one hash computation whatever was typed, so that an answer never tells who exists.

    The stock backend asks more for some names than for others, and takes unconfirmed addresses: a typo in one
    would hand the account to a stranger.
    """

    def _authenticate(self, request, **credentials) -> User | None:
        login = credentials.get("email") or credentials.get("username") or ""
        return self._check_password(find(login), credentials["password"])


def find(login: str) -> User | None:
    """The account behind a handle, or behind a sealed and confirmed address; one query."""
    if seal.is_sealed(login):
        row = EmailAddress.objects.filter(email=login, verified=True).select_related("user").first()
        return row.user if row else None
    return User.objects.filter(handle_skeleton=handles.skeleton(login[: handles.LONGEST * 2])).first()
