"""A rescue phrase on its way from the form to the page that shows it: sealed, for one look."""

import base64

from accounts import seal

SESSION_KEY = "shown_once"


def put(session, *, user, phrase: str, next_url: str = "") -> None:
    """Keep the phrase, sealed for this person, until its page is opened."""
    sealed = seal.lock(phrase.encode(), f"rescue:{user.pk}")
    session[SESSION_KEY] = {"sealed": base64.b64encode(sealed).decode(), "next": next_url}


def take(session, *, user) -> tuple[str, str] | None:
    """The phrase and where to go next, once; None afterwards and for anyone else."""
    kept = session.pop(SESSION_KEY, None)
    if not kept:
        return None
    try:
        phrase = seal.unlock(base64.b64decode(kept["sealed"]), f"rescue:{user.pk}").decode()
    except seal.CannotOpen:
        return None
    return phrase, kept["next"]
