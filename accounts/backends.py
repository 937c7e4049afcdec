"""Who signs in: by handle, or by a confirmed e-mail address that is stored sealed."""

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress

from accounts import handles, seal
from accounts.models import User

_along: list[str] = []


def read_along(relation: str) -> None:
    """Name a one-to-one relation of the account that nearly every page asks for. Call it in ready()."""
    if relation not in _along:
        _along.append(relation)


class HandleOrSealedEmail(AuthenticationBackend):
    """One query and one hash computation whatever was typed, so that an answer never tells who exists.

    The stock backend asks more for some names than for others, and takes unconfirmed addresses: a typo in one
    would hand the account to a stranger.
    """

    def get_user(self, user_id) -> User | None:
        """Who is signed in, and in the same query what rooms above keep of them (`read_along`)."""
        user = User.objects.select_related(*_along).filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def _authenticate(self, request, **credentials) -> User | None:
        login = credentials.get("email") or credentials.get("username") or ""
        return self._check_password(find(login), credentials["password"])


def find(login: str) -> User | None:
    """The account behind a handle, or behind a sealed and confirmed address; one query."""
    if seal.is_sealed(login):
        row = EmailAddress.objects.filter(email=login, verified=True).select_related("user").first()
        return row.user if row else None
    return User.objects.filter(handle_skeleton=handles.skeleton(login[: handles.LONGEST * 2])).first()
