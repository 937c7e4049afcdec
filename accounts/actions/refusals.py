"""How an action says no."""

from typing import Any


class ActRefused(ValueError):
    """An act that cannot be done now; `.message` says why, for the person."""

    def __init__(self, message: Any) -> None:
        super().__init__(str(message))
        self.message = message
