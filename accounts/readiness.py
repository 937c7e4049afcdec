"""Can this site serve people now? Rooms register checks; /health/ready and `manage.py ready` ask them."""

import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)

Check = Callable[[], str | None]
_checks: dict[str, Check] = {}


def register_check(name: str, fn: Check) -> None:
    """Add a check: it returns None when all is well, else one sentence for the operator. Call in ready()."""
    _checks[name] = fn


def what_is_wrong() -> dict[str, str]:
    """The sentence of every check that is not fine, by name; a check that raises counts as not fine."""
    wrong = {}
    for name, check in _checks.items():
        try:
            sentence = check()
        except Exception as error:
            logger.exception("Readiness check %s raised", name)
            sentence = f"The check itself stopped with {type(error).__name__}."
        if sentence:
            wrong[name] = sentence
    return wrong
