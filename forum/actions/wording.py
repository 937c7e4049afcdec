"""From what a person typed to what can be kept: cleaned, screened and measured, before any transaction."""

import hashlib
from dataclasses import dataclass

from forum.models import PostRevision
from safety.clean import RENDERER_VERSION, has_link, text_norm, tidy, to_safe_html
from safety.screening import Screening, screen


@dataclass(frozen=True)
class Wording:
    """A title and a text that passed the cleaner, with what the screening found."""

    title: str
    source: str
    html: str
    text_norm: str
    sha256: str
    has_link: bool
    screening: Screening

    def as_fields(self) -> dict[str, object]:
        """The columns of a PostRevision that come from the text alone."""
        return {
            "title": self.title,
            "source": self.source,
            "html": self.html,
            "renderer_version": RENDERER_VERSION,
            "text_norm": self.text_norm,
            "sha256": self.sha256,
            "scan": {
                "rules": [hit.rule_id for hit in self.screening.hits],
                "ruleset": self.screening.ruleset,
                "failed": self.screening.failed,
            },
        }


def retitled(revision: PostRevision, title: str) -> dict[str, object]:
    """The columns of a wording with another title and the same text, letter for letter."""
    return {
        "title": title,
        "source": revision.source,
        "html": revision.html,
        "renderer_version": revision.renderer_version,
        "text_norm": text_norm(f"{title}\n{revision.source}"),
        "sha256": hashlib.sha256(f"{title}\n{revision.source}".encode()).hexdigest(),
        "scan": revision.scan,
    }


def prepare(*, title: str = "", source: str, lang: str = "en") -> Wording:
    """Clean and screen what was typed (title empty for replies).

    Raises safety.clean.TextRefused with a sentence for the person when the text cannot be shown as it is.
    """
    title = " ".join(tidy(title).split())
    source = tidy(source).strip()
    html = to_safe_html(source)
    return Wording(
        title=title,
        source=source,
        html=html,
        text_norm=text_norm(f"{title}\n{source}"),
        sha256=hashlib.sha256(f"{title}\n{source}".encode()).hexdigest(),
        has_link=has_link(html),
        screening=screen(title=title, body=source, lang=lang),
    )
