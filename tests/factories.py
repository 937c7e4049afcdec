"""Things the cast needs around it, made through the actions that make them on the real site.

Each room's own tests build what they need beside themselves; what two rooms need is here.
"""


def make_board(*, slug: str = "parents", name: str = "Parents", **fields):
    """A board; members only and premoderated for new members, unless `fields` says otherwise."""
    from forum.models import Board

    fields.setdefault("purpose", "For mothers, fathers and everyone who raises someone.")
    return Board.objects.create(slug=slug, name=name, **fields)
