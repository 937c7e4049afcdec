"""How an action says no."""


class ActRefused(ValueError):
    """An act that cannot be done now; `.message` says why, for the person."""

    def __init__(self, message) -> None:
        super().__init__(str(message))
        self.message = message
