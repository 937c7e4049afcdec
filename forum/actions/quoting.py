"""Words of others in what a person wrote: blocks that quote a post, and names of people of the topic.

What was typed becomes marks (forum.marks) and rows. A quote is taken only when its words stand in the
published wording of a post of this topic that the writer may read; a name only when it is of a person of the
topic. Between two people with a block nothing is recorded, and the answer is the one any stranger gets.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import handles
from forum import marks, rules
from forum.models import Distance, Member, Mention, Post, PostRevision, Quote, Topic
from forum.states import PostState
from safety.clean import MAX_CHARACTERS, TextRefused, to_safe_html

#: So many different names of one text are looked up; who writes more of them names nobody.
NAMES_LOOKED_UP = 50

_LINE = re.compile(r" {0,3}> ?(.*)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_NAME = re.compile(
    r"(?<![^\W_])(?<![@/.:+\\-])@([A-Za-z0-9][A-Za-z0-9_-]{1,28}[A-Za-z0-9])(?![A-Za-z0-9(@])",
)


@dataclass(frozen=True)
class Quoted:
    """A post's words behind a mark."""

    number: int
    post_id: int
    public_id: str
    name: str
    excerpt: str


@dataclass(frozen=True)
class Named:
    """A person behind a mark."""

    number: int
    member_id: int
    handle: str


@dataclass(frozen=True)
class Taken:
    """A text with marks in it, the author's own words without the quotes, and what the marks stand for."""

    source: str
    own: str
    quotes: tuple[Quoted, ...] = ()
    names: tuple[Named, ...] = ()


@dataclass(frozen=True)
class _Block:
    name: str
    public_id: str
    excerpt: str


def block(*, name: str, url: str, excerpt: str) -> str:
    """A quote as a person reads and edits it in the field; read again by `take_in`."""
    lines = "\n".join(f"> {line}" for line in excerpt.splitlines())
    return f"> {name}: {url}\n{lines}"


def quoted_in(text: str) -> set[str]:
    """Which posts the quotes of a typed text name, by public id."""
    parts = _parts(text) if ">" in text else ()
    return {part.public_id for part in parts if isinstance(part, _Block)}


def without_quotes(text: str, *, gone: Callable[[str, str], bool], instead: str) -> str:
    """A typed text in which each quote that is gone (public id, excerpt) gave way to one line."""
    lines = []
    for part in _parts(text):
        if isinstance(part, str):
            lines.append(part)
        elif gone(part.public_id, part.excerpt):
            lines.append(instead)
        else:
            url = reverse("post", args=[part.public_id])
            lines.append(block(name=part.name, url=url, excerpt=part.excerpt))
    return "\n".join(lines)


def take_in(source: str, *, by: Member | None, topic: Topic | None, earlier: PostRevision | None) -> Taken:
    """Find what the text holds of others. `earlier` is the wording that is changed: what it holds may stay.

    Raises TextRefused (codes ``quote_gone``, ``too_many_quotes``, ``too_many_names``, ``only_quotes``, and
    those of `to_safe_html`): a sentence for the person, who gets the text back.
    """
    if by is None:
        return Taken(source, own=source)
    text, own = source, source
    quotes: tuple[Quoted, ...] = ()
    parts = list(_parts(source)) if ">" in source else []
    blocks = [part for part in parts if isinstance(part, _Block)]
    if blocks:
        to_safe_html(source)  # too long, too deep: said of the whole text as it was typed
        quotes = _checked(blocks, by=by, topic=topic, earlier=earlier, typed=source)
        text = _joined(parts, [marks.quote_mark(one.number) for one in quotes])
        own = _joined(parts, [""] * len(quotes))
        if not own:
            raise TextRefused(
                "only_quotes", _("There is a quote and nothing of yours yet. Write a few words under it.")
            )
    if "@" not in own or len(own) > MAX_CHARACTERS:
        return Taken(text, own, quotes)
    people = _people(own, by=by, topic=topic, earlier=earlier)
    if len(people) > rules.MENTIONS_A_POST:
        raise TextRefused(
            "too_many_names",
            _("You name %(n)d people with @; at most %(most)d fit. Take the @ from some of them.")
            % {"n": len(people), "most": rules.MENTIONS_A_POST},
        )
    numbers = marks.free_numbers(marks.NAME, text)
    names = {plain: Named(next(numbers), member.pk, member.handle) for plain, member in people.items()}
    return Taken(_NAME.sub(lambda found: _as_mark(found, names), text), own, quotes, tuple(names.values()))


def unnamed(taken: Taken) -> str:
    """The author's own words without the names of people they mention."""
    known = {handles.skeleton(one.handle) for one in taken.names}
    return _NAME.sub(
        lambda found: marks.SOMEONE if handles.skeleton(found[1]) in known else found[0], taken.own
    )


def keep(revision: PostRevision, *, quotes: Sequence[Quoted], names: Sequence[Named]) -> None:
    """Write the rows of a new wording; a text without marks costs nothing."""
    if quotes:
        Quote.objects.bulk_create(
            Quote(revision=revision, number=one.number, post_id=one.post_id, excerpt=one.excerpt)
            for one in quotes
        )
    if names:
        Mention.objects.bulk_create(
            Mention(revision=revision, number=one.number, member_id=one.member_id) for one in names
        )


def held_by(revision: PostRevision) -> tuple[tuple[Quoted, ...], tuple[Named, ...]]:
    """What the marks of a kept wording stand for; names of people are left out, their ids are there."""
    if not marks.has_marks(revision.source):
        return (), ()
    quotes = revision.quotes.select_related("post").order_by("number")
    return (
        tuple(Quoted(one.number, one.post_id, one.post.public_id, "", one.excerpt) for one in quotes),
        tuple(Named(one.number, one.member_id, "") for one in revision.mentions.order_by("number")),
    )


def copy(before: PostRevision, after: PostRevision) -> None:
    """The rows of a wording for another one with the same text."""
    quotes, names = held_by(before)
    keep(after, quotes=quotes, names=names)


def only_post(quotes: Sequence[Quoted]) -> int | None:
    """The one post these quote, which is the post they answer; None for none or several."""
    posts = {one.post_id for one in quotes}
    return posts.pop() if len(posts) == 1 else None


# --- Quotes ------------------------------------------------------------------------------------------------


def _parts(source: str) -> Iterator[str | _Block]:
    """Lines as they are, and blocks that name a post; what looks like one between code marks is code."""
    head = re.compile(rf" {{0,3}}> ?([^:\n]{{0,80}}): {re.escape(_address())}([\w-]{{12}})/\s*")
    fence, name, public_id = "", "", ""
    inside: list[str] | None = None
    for line in source.split("\n"):
        opened = None if fence else head.fullmatch(line)
        quoted = _LINE.fullmatch(line) if inside is not None and not opened else None
        if inside is not None and quoted:
            inside.append(quoted[1])
            continue
        if inside is not None:
            yield _Block(name, public_id, "\n".join(inside).strip())
            inside = None
        if opened:
            name, public_id, inside = opened[1].strip(), opened[2], []
            continue
        marked = _FENCE.match(line)
        if marked and not fence:
            fence = marked[1]
        elif marked and marked[1][0] == fence[0] and len(marked[1]) >= len(fence):
            fence = ""
        yield line
    if inside is not None:
        yield _Block(name, public_id, "\n".join(inside).strip())


def _address() -> str:
    """What stands before a post's public id in its permanent address."""
    return reverse("post", args=["-"]).removesuffix("-/")


def _joined(parts: Sequence[str | _Block], instead: Sequence[str]) -> str:
    """The text with each block replaced, alone between empty lines."""
    words = iter(instead)
    lines: list[str] = []
    for part in parts:
        lines += ["", next(words), ""] if isinstance(part, _Block) else [part]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _checked(
    blocks: list[_Block], *, by: Member, topic: Topic | None, earlier: PostRevision | None, typed: str
) -> tuple[Quoted, ...]:
    if len(blocks) > rules.QUOTES_A_POST:
        raise TextRefused(
            "too_many_quotes",
            _("You quote %(n)d times; at most %(most)d fit in one post. Take some out, then send it.")
            % {"n": len(blocks), "most": rules.QUOTES_A_POST},
        )
    found = _quotable(blocks, by=by, topic=topic, earlier=earlier)
    numbers = marks.free_numbers(marks.QUOTE, typed)
    quotes = []
    for one in blocks:
        post = found.get(one.public_id)
        normed = post.published_revision.text_norm if post and post.published_revision else ""
        if post is None or not marks.stands_in(one.excerpt, normed):
            raise TextRefused(
                "quote_gone",
                _(
                    "The quoted words are not in that post any more, or the post is not part of this topic "
                    "(%(name)s). Take the quote out or quote the post anew. Your text is kept here."
                )
                % {"name": one.name},
            )
        quotes.append(Quoted(next(numbers), post.pk, post.public_id, post.author.handle, one.excerpt))
    return tuple(quotes)


def _quotable(
    blocks: list[_Block], *, by: Member, topic: Topic | None, earlier: PostRevision | None
) -> dict[str, Post]:
    """Published posts of this topic that the writer reads, and those the earlier wording holds. One query."""
    mine: Any = by.pk
    blocked = Distance.objects.blocks(mine, OuterRef("author_id"))
    new = Q(topic=topic.pk if topic else None) & ~Q(Exists(blocked))
    kept = Q(quoted_in__revision=earlier.pk) if earlier else Q(pk__in=[])
    posts = Post.objects.seen_by(by.user).filter(
        new | kept, state=PostState.PUBLISHED, public_id__in={one.public_id for one in blocks}
    )
    return {post.public_id: post for post in posts.select_related("author__user", "published_revision")}


# --- Names -------------------------------------------------------------------------------------------------


def _people(own: str, *, by: Member, topic: Topic | None, earlier: PostRevision | None) -> dict[str, Member]:
    """The people of the topic whom the text names, by skeleton, in the order of the text. One query.

    Those who wrote something that can be read here, and who began the topic; never the writer.
    """
    typed = list(dict.fromkeys(handles.skeleton(found[1]) for found in _NAME.finditer(own)))
    typed = typed[:NAMES_LOOKED_UP]
    if not typed or (topic is None and earlier is None):
        return {}
    here = Post.objects.filter(topic=topic.pk if topic else None, state=PostState.PUBLISHED)
    part = Q(Exists(here.filter(author=OuterRef("pk")))) | Q(pk=topic.author_id if topic else None)
    mine: Any = by.pk
    new = part & ~Q(Exists(Distance.objects.blocks(mine, OuterRef("pk"))))
    if earlier:
        new |= Q(Exists(Mention.objects.filter(revision=earlier.pk, member=OuterRef("pk"))))
    rows = Member.objects.filter(new, user__handle_skeleton__in=typed, user__is_active=True)
    rows = rows.exclude(pk=by.pk).annotate(plain=F("user__handle_skeleton")).select_related("user")
    found = {row.plain: row for row in rows}
    return {plain: found[plain] for plain in typed if plain in found}


def _as_mark(found: re.Match[str], names: dict[str, Named]) -> str:
    named = names.get(handles.skeleton(found[1]))
    return marks.name_mark(named.number) if named else found[0]
