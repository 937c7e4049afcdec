"""What an action can answer instead of doing it."""

from django.core.exceptions import PermissionDenied


class Conflict(Exception):
    """Someone was faster: the thing is no longer as it was read. Nothing was changed."""


class Refused(Exception):
    """A rule of the forum says no; `message` is a sentence for the person. Nothing was changed."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def refuse_unless(allowed: bool) -> None:
    """Raise PermissionDenied unless a predicate of forum.rules said yes."""
    if not allowed:
        raise PermissionDenied


def one(rows: int) -> None:
    """A conditional UPDATE changed exactly one row, or someone else was faster.

    Raises Conflict.
    """
    if rows != 1:
        raise Conflict
