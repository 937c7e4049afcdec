"""The person: a handle, a passphrase, and as little else as can be."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A pseudonymous account. No real name; the e-mail, if any, is stored sealed."""

    first_name = None
    last_name = None
    email = models.EmailField(blank=True)

    REQUIRED_FIELDS: list[str] = []
