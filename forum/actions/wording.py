"""From what a person typed to what can be kept: cleaned, screened and measured, before any transaction."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from forum.actions import quoting
from forum.actions.quoting import Named, Quoted
from forum.models import Member, PostRevision, Topic
from forum.states import ContentNote, Need
from safety.clean import RENDERER_VERSION, has_link, text_norm, tidy, to_safe_html
from safety.screening import Screening, screen


@dataclass(frozen=True)
class Wording:
    """A title and a text that passed the cleaner, with what the screening found.

    Source and html hold marks for `quotes` and `names`; `text_norm` and the screening are of the author's own
    words alone: nobody answers for what they quote.
    """

    title: str
    source: str
    html: str
    text_norm: str
    sha256: str
    has_link: bool
    screening: Screening
    lang: str = "en"
    asks_for: tuple[str, ...] = ()
    content_notes: tuple[str, ...] = ()
    #: The author's own words as typed, with the names of people, for the watched phrases; never kept.
    own_norm: str = ""
    quotes: tuple[Quoted, ...] = ()
    names: tuple[Named, ...] = ()

    def as_fields(self) -> dict[str, object]:
        """The columns of a PostRevision that come from the text alone."""
        return {
            "title": self.title,
            "source": self.source,
            "html": self.html,
            "renderer_version": RENDERER_VERSION,
            "text_norm": self.text_norm,
            "sha256": self.sha256,
            "lang": self.lang,
            "asks_for": list(self.asks_for),
            "content_notes": list(self.content_notes),
            "scan": {
                "rules": [hit.rule_id for hit in self.screening.hits],
                "severity": self.screening.severity,
                "ruleset": self.screening.ruleset,
                "failed": self.screening.failed,
            },
        }

    def keep_inserted(self, revision: PostRevision) -> PostRevision:
        """Write what the marks of this wording stand for beside its row; the row."""
        quoting.keep(revision, quotes=self.quotes, names=self.names)
        return revision


def retitled(revision: PostRevision, title: str) -> dict[str, object]:
    """The columns of a wording with another title and the same text, letter for letter."""
    own = revision.text_norm.removeprefix(text_norm(revision.title)).strip()
    held = quoting.held_by(revision)
    return {
        "title": title,
        "source": revision.source,
        "html": revision.html,
        "renderer_version": revision.renderer_version,
        "text_norm": f"{text_norm(title)} {own}".strip(),
        "sha256": _fingerprint(title, revision.source, revision.asks_for, revision.content_notes, *held),
        "lang": revision.lang,
        "asks_for": revision.asks_for,
        "content_notes": revision.content_notes,
        "scan": revision.scan,
    }


def _fingerprint(
    title: str,
    source: str,
    asks_for: Sequence[str],
    content_notes: Sequence[str],
    quotes: Sequence[Quoted] = (),
    names: Sequence[Named] = (),
) -> str:
    """The same for the same words, needs and notes: what was sent twice is one wording."""
    parts = [
        title,
        source,
        *(f"{kind}:{','.join(chosen)}" for kind, chosen in _chosen(asks_for, content_notes)),
        *(f"quote:{one.number}:{one.public_id}:{one.excerpt}" for one in quotes),
        *(f"name:{one.number}:{one.member_id}" for one in names),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _chosen(asks_for: Sequence[str], content_notes: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    if asks_for:
        yield "asks_for", asks_for
    if content_notes:
        yield "content_notes", content_notes


def prepare(
    *,
    title: str = "",
    source: str,
    lang: str = "en",
    asks_for: Iterable[str] = (),
    content_notes: Iterable[str] = (),
    by: Member | None = None,
    topic: Topic | None = None,
    earlier: PostRevision | None = None,
) -> Wording:
    """Clean and screen what was typed: title (empty for replies), text, what is asked for, what it mentions.

    `by` is who writes, `topic` where (none for a new one), `earlier` the wording this one would replace: with
    `by`, quotes and names of people are looked for.

    Raises safety.clean.TextRefused with a sentence for the person when the text cannot be shown as it is.
    """
    title = " ".join(tidy(title).split())
    taken = quoting.take_in(tidy(source).strip(), by=by, topic=topic, earlier=earlier)
    source, html = taken.source, to_safe_html(taken.source)
    needs = _in_order(asks_for, Need.values)
    notes = _in_order(content_notes, ContentNote.values)
    return Wording(
        title=title,
        source=source,
        html=html,
        text_norm=text_norm(f"{title}\n{quoting.unnamed(taken)}"),
        sha256=_fingerprint(title, source, needs, notes, taken.quotes, taken.names),
        has_link=has_link(html),
        screening=screen(title=title, body=taken.own, lang=lang),
        lang=lang,
        asks_for=needs,
        content_notes=notes,
        own_norm=text_norm(f"{title}\n{taken.own}"),
        quotes=taken.quotes,
        names=taken.names,
    )


def _in_order(chosen: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    """The known ones of these, each once, as the list has them."""
    wanted = set(chosen)
    return tuple(one for one in known if one in wanted)
