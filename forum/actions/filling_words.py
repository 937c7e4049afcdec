"""Invented words for a filled site: made of the few sentences below, about nobody.

The same seed gives the same words. What a post shows goes through the real cleaner once for each text of a
small pool; posts take their wording from the pool.
"""

from random import Random

from forum.actions.wording import Wording, prepare
from forum.marks import quote_mark
from forum.states import ContentNote, Need

WHO = tuple(
    f"my {one}"
    for one in "son daughter brother sister husband wife partner mother father friend cousin".split()
)
WHEN = (
    "this week",
    "last night",
    "on Sunday",
    "for the first time in months",
    "again",
    "since spring",
    "before breakfast",
    "after the visit",
    "during the first month",
    "these days",
)
WHERE = (
    "at the kitchen table",
    "in the car",
    "on the phone",
    "at the family evening",
    "on the porch",
    "at the clinic",
    "in the waiting room",
    "on a long walk",
)
WHAT = (
    "the first week home",
    "the money question",
    "the family meeting",
    "the empty room",
    "the silence at dinner",
    "the visit on Saturday",
    "the letter from the clinic",
    "the birthday",
    "the spare key",
    "the long drive",
    "the new routine",
    "the grandparents",
    "trust",
    "sleep",
    "the holidays",
    "the waiting list",
)
FEELS = ("tired", "hopeful", "unsure", "relieved", "worried", "calm", "alone with it", "proud", "lost")

SENTENCES = (
    "We talked {where} {when}, and it went better than I thought.",
    "I feel {feels} and {feels2} at the same time.",
    "With {who} there is always {what}, and I do not know how to begin.",
    "Somebody here wrote about {what}, and that helped me {when}.",
    "I wrote three lines on paper first, and read them out {where}.",
    "The counselor asked each of us one question about {what}.",
    "We agreed on one small thing: no talk about {what} after supper.",
    "I am learning to say less and to listen more.",
    "{when_big} {who} called, and we spoke about {what} without a quarrel.",
    "What do you say when somebody asks about {what}?",
    "It took us a long time to see that rest is part of it.",
    "I went for a walk instead of answering at once.",
    "There is a notebook {where} now, and everyone may write in it.",
    "Nobody told me that the good days can be hard too.",
    "I still think about {what} when I cannot sleep.",
    "Thank you for reading this, and for being here {when}.",
    "My own appointment is on Thursday, and I will keep it.",
    "We have one rule for {what}: ask first, then help.",
    "I made soup, we ate {where}, and for an hour it was an ordinary evening.",
    "Does anyone have a good way to explain {what} to a child?",
    "The group on Tuesday evening gave me words for {what}.",
    "I was {feels}, said so, and it was enough.",
    "A neighbor asked {where}, and I said that it is a family matter.",
    "If you have been there: how long did {what} take with you?",
)
RARE = (
    "accordion beekeeper cartwheel dulcimer elderberry ferryman gazebo hazelnut inkstone juniper kettledrum "
    "lighthouse marmalade nutmeg orchardist pinwheel quarry rosehip snowplow tambourine umbrella velvet "
    "windmill xylophone yarrow zeppelin almanac birdhouse clothesline drawbridge"
).split()
TITLES = (
    "{what_big}, and what came after",
    "How do you live with {what}?",
    "{when_big}: {what}",
    "A small good thing about {what}",
    "I feel {feels} about {what}",
    "{who_big} and {what}",
    "Talking {where}",
    "What helped you with {what}?",
    "One question about {what}",
    "Not sure how to answer {who}",
)
ADJECTIVES = (
    "Quiet Amber Gentle Silver Patient Little Early Woolen Golden Plain Windy Rainy Sunny Wooden Painted "
    "Distant Humble Hidden Lonely Mossy Narrow Open Paper Simple Steady Warm Winter Autumn Summer Spring"
).split()
NOUNS = (
    "Maple River Lantern Porch Garden Harbor Willow Kettle Candle Meadow Orchard Pebble Sparrow Thimble "
    "Valley Window Bridge Button Cedar Clover Feather Fern Heron Ladder Mitten Oatmeal Pocket Robin Saddle"
).split()

POOL = 400


def handle(number: int) -> str:
    """The name of the member with this number; each number has its own."""
    pair, again = divmod(number, len(ADJECTIVES) * len(NOUNS))[::-1]
    name = ADJECTIVES[pair % len(ADJECTIVES)] + NOUNS[pair // len(ADJECTIVES)]
    return f"{name}{again + 1}" if again else name


def texts(rng: Random, n: int) -> list[Wording]:
    """The pool of replies: from one line to several paragraphs, some with a list or a quoted line."""
    return [prepare(source=_text(rng), content_notes=_notes(rng)) for _n in range(min(n, POOL))]


def quoting(rng: Random, n: int) -> list[Wording]:
    """Replies that begin with words of another post (forum.marks)."""
    return [prepare(source=f"{quote_mark(1)}\n\n{_text(rng)}") for _n in range(min(n, POOL // 8))]


def excerpt(source: str) -> str:
    """The first sentence of somebody's own words, to quote; empty when there is none."""
    own = (part for part in source.split("\n\n") if part[0] not in ">-[")
    return next(own, "").partition(". ")[0]


def openings(rng: Random, n: int) -> list[Wording]:
    """First posts with their titles: half as many again as the pool, at most."""
    return [
        prepare(
            title=_said(rng, rng.choice(TITLES)),
            source=_text(rng, longer=True),
            asks_for=rng.sample(Need.values, k=1) if rng.random() < 0.4 else (),
            content_notes=_notes(rng),
        )
        for _n in range(min(n, POOL * 3 // 2))
    ]


def _notes(rng: Random) -> list[str]:
    return rng.sample(ContentNote.values, k=1) if rng.random() < 0.04 else []


def _text(rng: Random, *, longer: bool = False) -> str:
    paragraphs = [_paragraph(rng) for _n in range(rng.choice((1, 1, 1, 2, 2)) + longer)]
    if rng.random() < 0.06:
        paragraphs.insert(0, f"> {_said(rng, rng.choice(SENTENCES))}")
    if rng.random() < 0.05:
        paragraphs.append("\n".join(f"- {_said(rng, one)}" for one in rng.sample(SENTENCES, k=3)))
    if rng.random() < 0.2:
        paragraphs.append(
            f"The {rng.choice(RARE)} is still my favorite word of the {rng.choice(NOUNS).lower()}."
        )
    return "\n\n".join(paragraphs)


def _paragraph(rng: Random) -> str:
    return " ".join(_said(rng, one) for one in rng.sample(SENTENCES, k=rng.choice((1, 2, 2, 3))))


def _said(rng: Random, pattern: str) -> str:
    words = {
        "who": rng.choice(WHO),
        "when": rng.choice(WHEN),
        "where": rng.choice(WHERE),
        "what": rng.choice(WHAT),
        "feels": rng.choice(FEELS),
        "feels2": rng.choice(FEELS),
    }
    big = {f"{name}_big": text[0].upper() + text[1:] for name, text in words.items()}
    return pattern.format(**words, **big)
