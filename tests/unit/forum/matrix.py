"""Who sees what: agreed first; the code, the tests and docs/safety.md repeat it.

Columns: a visitor, a member, the post's author, a moderator, a lesson author (works in the CMS only).
"""

PEOPLE = ("visitor", "member", "its author", "moderator", "lesson author")

#: (board, topic, post) -> who reads the post.
MATRIX: dict[tuple[str, str, str], tuple[bool, bool, bool, bool, bool]] = {
    ("members", "open", "held"): (False, False, True, True, False),
    ("members", "open", "published"): (False, True, True, True, True),
    ("members", "open", "returned"): (False, False, True, True, False),
    ("members", "open", "rejected"): (False, False, True, True, False),
    ("members", "open", "withdrawn"): (False, False, True, True, False),
    ("members", "open", "hidden"): (False, False, True, True, False),
    ("members", "open", "removed"): (False, False, True, True, False),
    ("members", "open", "retracted"): (False, False, True, True, False),
    ("members", "locked", "held"): (False, False, True, True, False),
    ("members", "locked", "published"): (False, True, True, True, True),
    ("members", "hidden", "published"): (False, False, True, True, False),
    ("members", "hidden", "held"): (False, False, True, True, False),
    ("members", "removed", "published"): (False, False, True, True, False),
    ("public", "open", "published"): (True, True, True, True, True),
    ("public", "open", "held"): (False, False, True, True, False),
    ("public", "open", "hidden"): (False, False, True, True, False),
    ("public", "locked", "published"): (True, True, True, True, True),
    ("public", "hidden", "published"): (False, False, True, True, False),
}


def as_table() -> str:
    """The matrix as it stands in docs/safety.md."""
    head = "| board | topic | post | " + " | ".join(PEOPLE) + " |"
    rule = "|---|---|---|" + "---|" * len(PEOPLE)
    rows = [
        "| " + " | ".join((board, topic, post, *("reads it" if sees else "–" for sees in who))) + " |"
        for (board, topic, post), who in MATRIX.items()
    ]
    return "\n".join([head, rule, *rows])
