"""A person before a writing page: opens it, fills it in, sends it, as a browser does."""

from education.models import CrisisResource, SiteFacts
from tests.flows.forum_scene import opened

SUICIDAL = "I want to kill myself tonight."


def helplines() -> list[CrisisResource]:
    """Helplines with numbers that stand nowhere in the code, so that a page can only have them from here."""
    from wagtail.models import Site

    SiteFacts.objects.get_or_create(site=Site.objects.get(is_default_site=True))
    rows = (
        ("emergency", "emergency,overdose", "555-0111", ""),
        ("poison", "overdose,poison", "555-0122", ""),
        ("lifeline", "suicide,grief", "555-0133", "555-0144"),
    )
    return [
        CrisisResource.objects.create(
            key=key,
            order=order,
            kinds=kinds,
            name_en=f"Line for {key}",
            name_es=f"Línea {key}",
            what_en="Day and night.",
            what_es="Día y noche.",
            phone=phone,
            sms=sms,
            languages="en, es",
        )
        for order, (key, kinds, phone, sms) in enumerate(rows)
    ]


def fill_in(person, address: str, *, press: str = "send", **words):
    """Open the form at this address, write these words and press a button. Returns the answer."""
    return person.post(address, opened(person, address) | words | {press: "1"})


def main_of(response) -> str:
    """What stands in the page's own part, without the frame of the site."""
    page = response.content.decode()
    return page[page.index("<main") : page.index("</main>")]
