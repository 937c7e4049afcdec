"""Things the cast needs around it, made through the actions that make them on the real site.

Each room's own tests build what they need beside themselves; what two rooms need is here.
"""

import secrets


def make_board(*, slug: str = "parents", name: str = "Parents", **fields):
    """A board; members only and premoderated for new members, unless `fields` says otherwise."""
    from forum.models import Board

    fields.setdefault("purpose", "For mothers, fathers and everyone who raises someone.")
    return Board.objects.create(slug=slug, name=name, **fields)


def _token() -> str:
    return secrets.token_hex(16)


def write_topic(member, board, *, title: str = "First week home", text: str = "He barely speaks."):
    """A first post, sent as the writing page sends it; held or published as the rules say."""
    from forum import actions

    wording = actions.prepare(title=title, source=text)
    return actions.submit_topic(by=member, board=board, wording=wording, client_token=_token()).post


def write_reply(member, topic, *, text: str = "We had a silent month too."):
    """A reply, sent as the writing page sends it."""
    from forum import actions

    wording = actions.prepare(source=text)
    return actions.submit_reply(by=member, topic=topic, wording=wording, client_token=_token()).post


def decide(member, post, decision: str, *, reason: str = "", message: str = "", key: str = ""):
    """A moderator's decision about the post's open item, made on what stands there now."""
    from forum import actions
    from forum.models import Post, ReviewItem
    from forum.states import Decision

    item = ReviewItem.objects.get(post=post, status="open")
    return actions.decide(
        by=member,
        item=item,
        version=item.version,
        revision_id=Post.objects.get(pk=post.pk).latest_revision_id,
        decision=Decision(decision),
        reason_code=reason,
        message=message,
        idempotency_key=key or _token(),
    )


def open_topic(member, board, **words):
    """A topic that members can read, by a member whose posts are not held."""
    from forum.models import Topic

    return Topic.objects.get(pk=write_topic(member, board, **words).topic_id)


def bring_to(state: str, *, post, author, moderator):
    """Move a held or published reply to `state`, by the acts that lead there on the real site."""
    from forum import actions
    from forum.models import Post

    post = Post.objects.select_related("author__user", "topic__board").get(pk=post.pk)
    if state in {"published", "hidden", "removed", "retracted"} and post.state == "held":
        decide(moderator, post, "approve")
        post.refresh_from_db()
    if state == "hidden":
        actions.hide_post(by=moderator, post=post, reason_code="unkind")
    elif state == "removed":
        actions.remove_post(by=moderator, post=post, reason_code="unkind")
    elif state in {"retracted", "withdrawn"}:
        actions.withdraw_post(by=author, post=post)
    elif state == "returned":
        decide(moderator, post, "return", reason="private")
    elif state == "rejected":
        decide(moderator, post, "reject", reason="unsafe")
    post.refresh_from_db()
    assert post.state == state
    return post
