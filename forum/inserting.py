"""From the marks of a wording to what a reader gets: the quoted words while they stand, names as they are.

`insert` asks once for all wordings of a page, and not at all where no wording holds a mark. A wording that
was not asked for shows no words of others: better a line too few than words that somebody took back.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from forum import marks, rules
from forum.actions import Wording, quoting
from forum.models import Distance, Member, Mention, Post, PostRevision, Quote
from forum.states import ContentNote, PostState
from safety.clean import plain_text

KEPT_AS = "_inserted"
_QUOTE_ALONE = re.compile(rf"<p>{marks.QUOTE.pattern}</p>")
_QUOTE_LINE = re.compile(rf"^{marks.QUOTE.pattern}$", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n\s*\n")
_BREAK = format_html("<br>{}", "")
#: A tag as the cleaner writes it: marks in addresses and titles of links stay text.
_TAG = re.compile(r'(<[^<>"]*(?:"[^"]*"[^<>"]*)*>)')


@dataclass(frozen=True)
class ShownQuote:
    """A post's words for one reader; without words when they are gone, or not for this reader.

    Folded like the post itself: for distance, or for what it `mentions` and this reader keeps folded.
    """

    name: str = ""
    url: str = ""
    words: str = ""
    folded: bool = False
    mentions: str = ""


@dataclass
class Inserted:
    """What the marks of one wording stand for, by number. A number without an entry was typed by a person."""

    quotes: dict[int, ShownQuote] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)


def insert(revisions: Iterable[PostRevision | None], *, user: Any) -> None:
    """Look up, for this reader, what the marks of these wordings stand for; at most one query."""
    marked: dict[int, list[PostRevision]] = {}
    for revision in revisions:
        if revision is not None and marks.has_marks(revision.html):
            marked.setdefault(revision.pk, []).append(revision)
    if not marked:
        return
    found = {pk: Inserted() for pk in marked}
    html = " ".join(rows[0].html for rows in marked.values())
    member = _member_of(user)
    unfolds = member.unfolds if member else []
    for kind, pk, number, excerpt, public_id, handle, words, notes, folded in _rows(
        list(marked), html, user=user
    ):
        name = handle or str(_("former member"))
        if kind == "name":
            found[pk].names[number] = f"@{handle}" if handle else name
        elif words and marks.stands_in(excerpt, words):
            url = reverse("post", args=[public_id])
            kept_folded = [note for note in json.loads(notes or "[]") if note not in unfolds]
            found[pk].quotes[number] = ShownQuote(
                name, url, excerpt, bool(folded or kept_folded), _in_words(kept_folded)
            )
        else:
            found[pk].quotes[number] = ShownQuote()
    for pk, rows in marked.items():
        for revision in rows:
            setattr(revision, KEPT_AS, found[pk])


def _rows(revisions: list[int], html: str, *, user: Any) -> Iterator[tuple[Any, ...]]:
    """Quotes and names of these wordings in one statement, either left out where no wording has any.

    The words of a quoted post are read only while it is published and this reader may see it: asked of the
    same row, since a question for each row costs PostgreSQL seconds where it knows no statistics yet.
    """
    readable = rules.posts_found_by(user, "post__")
    nothing, no = Value("", output_field=TextField()), Value(False, output_field=BooleanField())
    columns = "kind wording mark words_quoted address handle words_now notes_now folds".split()
    quotes = Quote.objects.filter(revision__in=revisions).annotate(
        kind=Value("quote", output_field=TextField()),
        wording=F("revision_id"),
        mark=F("number"),
        words_quoted=F("excerpt"),
        address=F("post__public_id"),
        handle=Coalesce("post__author__user__username", nothing, output_field=CharField()),
        words_now=Case(
            When(readable, then=F("post__published_revision__text_norm")),
            default=nothing,
            output_field=TextField(),
        ),
        # Read without the question above: they count only beside words, which have it.
        notes_now=Cast(F("post__published_revision__content_notes"), output_field=TextField()),
        folds=_folds(user, OuterRef("post__author_id")) if user.is_authenticated else no,
    )
    names = Mention.objects.filter(revision__in=revisions).annotate(
        kind=Value("name", output_field=TextField()),
        wording=F("revision_id"),
        mark=F("number"),
        words_quoted=nothing,
        address=Value("", output_field=CharField()),
        handle=Coalesce("member__user__username", nothing, output_field=CharField()),
        words_now=nothing,
        notes_now=nothing,
        folds=no,
    )
    asked: list[Any] = [quotes.values_list(*columns)] if marks.QUOTE.search(html) else []
    if marks.NAME.search(html):
        asked.append(names.values_list(*columns))
    yield from asked[0].union(*asked[1:], all=True) if len(asked) > 1 else asked[0]


def _member_of(user: Any) -> Member | None:
    """The forum's side of the reader, when it came with the account; asking for it costs nothing here."""
    member: Member | None = user._state.fields_cache.get("member") if user.is_authenticated else None
    return member


def _in_words(notes: Iterable[str]) -> str:
    return ", ".join(str(ContentNote(note).label) for note in notes if note in ContentNote.values)


def _folds(user: Any, author: Any) -> Exists:
    member = _member_of(user)
    reader: Any = member.pk if member else Subquery(Member.objects.filter(user=user.pk).values("pk")[:1])
    return Exists(Distance.objects.folding(reader=reader, author=author))


def _inserted(kept: PostRevision | Wording) -> Inserted:
    """What was looked up, or what a wording that is not kept yet brings along."""
    if isinstance(kept, Wording):
        return Inserted(
            quotes={
                one.number: ShownQuote(one.name, reverse("post", args=[one.public_id]), one.excerpt)
                for one in kept.quotes
            },
            names={one.number: f"@{one.handle}" for one in kept.names},
        )
    known: Inserted | None = getattr(kept, KEPT_AS, None)
    if known is not None:
        return known
    unknown = {int(number): ShownQuote() for number in marks.QUOTE.findall(kept.html)}
    return Inserted(unknown, {int(number): marks.SOMEONE for number in marks.NAME.findall(kept.html)})


def html_of(kept: PostRevision | Wording) -> str:
    """The cleaned HTML with each mark replaced by clean HTML, once; what a person typed stays text."""
    html: str = kept.html
    if not marks.has_marks(html):
        return html
    inserted = _inserted(kept)
    if inserted.names:
        html = "".join(
            part if n % 2 else marks.NAME.sub(lambda found: _name(found, inserted.names), part)
            for n, part in enumerate(_TAG.split(html))
        )
    waiting = dict(inserted.quotes)

    def quote(found: re.Match[str]) -> str:
        shown = waiting.pop(int(found[1]), None)
        return found[0] if shown is None else _quote(shown)

    return _QUOTE_ALONE.sub(quote, html)


def _name(found: re.Match[str], names: dict[int, str]) -> str:
    name = names.get(int(found[1]))
    return found[0] if name is None else format_html('<span class="mention">{}</span>', name)


def _quote(shown: ShownQuote) -> str:
    if not shown.words:
        return format_html('<p class="quote-gone">{}</p>', _("The quoted words are no longer available."))
    parts = (part.splitlines() for part in _EMPTY_LINES.split(shown.words))
    body = format_html_join("", "<p>{}</p>", ((_with_breaks(lines),) for lines in parts))
    by = _("%(name)s wrote:") % {"name": shown.name}
    if shown.folded:
        return format_html(
            '<details class="fold"><summary>{}</summary><blockquote class="quote"><p class="quote-by">'
            '<a href="{}">{}</a></p>{}</blockquote></details>',
            _summary(shown),
            shown.url,
            by,
            body,
        )
    return format_html(
        '<blockquote class="quote"><p class="quote-by"><a href="{}">{}</a></p>{}</blockquote>',
        shown.url,
        by,
        body,
    )


def _summary(shown: ShownQuote) -> str:
    if shown.mentions:
        words = {"name": shown.name, "notes": shown.mentions}
        return _("Show what %(name)s wrote. It mentions: %(notes)s") % words
    return _("Show what %(name)s wrote") % {"name": shown.name}


def _with_breaks(lines: list[str]) -> str:
    return format_html_join("", "{}{}", ((_BREAK if n else "", line) for n, line in enumerate(lines)))


def as_typed(kept: PostRevision) -> str:
    """The text for a field: quotes as a block that can be edited, names as they are today.

    A quote whose words are gone is a line that says so, never the old words. Call `insert` first.
    """
    source = kept.source
    if not marks.has_marks(source):
        return source
    inserted = _inserted(kept)

    def quote(found: re.Match[str]) -> str:
        shown = inserted.quotes.get(int(found[1]))
        if shown is None:
            return found[0]
        if not shown.words:
            return f"({_('The quoted words are no longer available.')})"
        return quoting.block(name=shown.name, url=shown.url, excerpt=shown.words)

    def name(found: re.Match[str]) -> str:
        return inserted.names.get(int(found[1]), found[0])

    # Names first: words of others that look like a mark are no mark.
    return _QUOTE_LINE.sub(quote, marks.NAME.sub(name, source))


def still_quoted(texts: Sequence[str], *, user: Any) -> list[str]:
    """Typed texts that were not sent, with the quotes that may still be read; at most one query.

    Somebody typed them while the words stood; a draft does not keep what was taken down since.
    """
    named = set().union(*map(quoting.quoted_in, texts))
    if not named:
        return list(texts)
    posts = Post.objects.found_by(user).filter(public_id__in=named)
    words = dict(posts.values_list("public_id", "published_revision__text_norm"))

    def gone(public_id: str, excerpt: str) -> bool:
        return not marks.stands_in(excerpt, words.get(public_id) or "")

    line = f"({_('The quoted words are no longer available.')})"
    return [quoting.without_quotes(text, gone=gone, instead=line) for text in texts]


def whole_text(kept: PostRevision) -> str:
    """Title and text of a wording as plain words, for a comparison. Call `insert` first."""
    return "\n\n".join(filter(None, (kept.title, as_typed(kept))))


def to_quote(post: Post, *, by: Member) -> str:
    """The block for the reply field: what its author wrote, without what they quote and whom they name.

    Empty when there is nothing that can be quoted, or somebody wants distance.
    """
    revision = post.published_revision
    if revision is None or post.state != PostState.PUBLISHED:
        return ""
    if Distance.objects.blocks(by.pk, post.author_id).exists():
        return ""
    words = marks.standing_lines(marks.without_marks(plain_text(revision.html)), revision.text_norm)
    if not words:
        return ""
    return quoting.block(name=post.author.handle, url=reverse("post", args=[post.public_id]), excerpt=words)
