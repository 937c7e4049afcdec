"""What a member sees at a glance: boards with their news, rows of topics, what is new anywhere."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forum import rules
from forum.models import Board, BoardMember, Distance, Member, Topic, TopicMember
from forum.models.reading import level_of, new_for, read_through
from forum.states import ContentNote, Level, Need

#: Levels at which a member follows a topic or board.
FOLLOWED = (Level.TRACKING, Level.WATCHING)
TOPICS_A_PAGE = 20
FOLLOWED_SHOWN = 50


class _CountNew(Subquery):
    """How many rows of a limited query say `is_new`: no row beyond the limit is ever looked at."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS looked_at WHERE looked_at.is_new)"
    output_field = IntegerField()


def boards_for(user: Any, member: Member | None) -> QuerySet[Board]:
    """All boards; for a member with what is new in each (`news`, `newest`, `my_level`), in one query.

    Of each board its newest topics are looked at, so that what is old costs nothing however much there is.
    """
    boards = Board.objects.all()
    if member is None:
        return boards
    here = Topic.objects.listed_for(user).filter(board=OuterRef("pk")).order_by("-last_published_at")
    is_new = Case(When(new_for(member, read_through=OuterRef("news_since")), then=True), default=False)
    since = Value(_looks_back(member), output_field=DateTimeField())
    return boards.annotate(
        newest=Subquery(here.values("last_published_at")[:1]),
        my_level=level_of(member, board="pk"),
        news_since=Greatest(read_through(member, board="pk"), since, output_field=DateTimeField()),
        news=_CountNew(here.annotate(is_new=is_new).values("is_new")[: rules.NEWS_LOOKED_AT_IN_A_BOARD]),
    )


def _looks_back(member: Member) -> dt.datetime:
    """Since when there can be news for this member, anywhere."""
    return max(timezone.now() - rules.NEWS_LOOKS_BACK, member.read_through_at)


def news_in_words(board: Any) -> str:
    """ "4 new", "20+ new"; empty for none, and in a board its reader wants to hear nothing of."""
    if not getattr(board, "news", 0) or board.my_level == Level.MUTED:
        return ""
    return new_in_words(board.news)


@dataclass(frozen=True)
class TopicRow:
    """A line of a list of topics."""

    url: str
    title: str
    text: str
    seed: int
    when: dt.datetime | None
    label: str = ""
    label_kind: str = ""


def topic_rows(topics: Iterable[Topic], *, muted: bool = False, with_board: bool = False) -> list[TopicRow]:
    """Rows of a list, as components/row.html takes them; `muted`: nothing here is new to this reader."""
    address = reverse("topic", args=["-"])
    rows = []
    topic: Any
    for topic in topics:
        is_new = getattr(topic, "is_new", False) and not muted
        url = address.replace("/-/", f"/{topic.public_id}/")
        label, kind = _label(topic, is_new=is_new)
        rows.append(
            TopicRow(
                url=f"{url}?page=new#new" if is_new and topic.last_read else url,
                title=topic.title,
                text=" · ".join(
                    filter(None, (topic.board.name if with_board else "", _replies(topic), asks_for(topic)))
                ),
                seed=topic.author.user.avatar_seed if topic.author.user else 0,
                when=topic.last_published_at,
                label=label,
                label_kind=kind,
            )
        )
    return rows


def _label(topic: Any, *, is_new: bool) -> tuple[str, str]:
    """A topic never read is new; of one that was read the posts of others are counted that can be read now.

    So the figure is never more than there is to find: one's own words and posts taken down since are none.
    """
    if is_new and topic.last_read and topic.new_replies:
        return new_in_words(topic.new_replies), "brand"
    if is_new:
        return _("New"), "brand"
    if topic.pinned_rank > 0:
        return _("Pinned"), "info"
    return (_("Closed"), "info") if topic.state == "locked" else ("", "")


def new_in_words(n: int) -> str:
    """ "4 new", "20+ new"."""
    if n > rules.NEWS_SHOWN_AT_MOST:
        return _("%(n)d+ new") % {"n": rules.NEWS_SHOWN_AT_MOST}
    return ngettext("%(n)d new", "%(n)d new", n) % {"n": n}


def _replies(topic: Topic) -> str:
    n = topic.reply_count
    return ngettext("%(n)d reply", "%(n)d replies", n) % {"n": n} if n else _("No replies yet")


def asks_for(topic: Topic) -> str:
    """What the topic asks for, in words: "Asks for: ideas, facts"; empty when it does not say."""
    named = _named(topic, "asks_for", Need)
    return _("Asks for: %(needs)s") % {"needs": ", ".join(named)} if named else ""


def mentions(topic: Topic) -> str:
    """The hard things its first post mentions: "Mentions: overdose"; empty for none."""
    named = _named(topic, "content_notes", ContentNote)
    return _("Mentions: %(notes)s") % {"notes": ", ".join(named)} if named else ""


def _named(topic: Topic, field: str, known: Any) -> list[str]:
    revision = topic.shown_wording
    chosen = getattr(revision, field) if revision else []
    return [str(known(one).label).lower() for one in chosen if one in known.values]


@dataclass(frozen=True)
class NewsPage:
    """What is new: the topics one follows (first page only), then others; `more` asks for the next page."""

    followed: list[TopicRow]
    others: list[TopicRow]
    more: str
    is_first: bool


@dataclass(frozen=True)
class _Candidate:
    """A topic that was looked at: is it news to this member, and does its board not keep it from them?"""

    pk: int
    public_id: str
    board_id: int
    is_new: bool


def news_page(user: Any, member: Member, *, before: str = "") -> NewsPage:
    """A page of what is new. `before` is the `more` of the page before; whatever else means the first page.

    A page looks at so many topics, the newest, and no more: where all of them were read it may be short or
    empty and still have a next one. Of what one follows the newest stand first; those beyond stand among the
    others. At most six queries, however many topics there are.
    """
    listed = Topic.objects.listed_for(user).filter(last_published_at__gt=_looks_back(member))
    levels = dict(BoardMember.objects.filter(member=member).values_list("board_id", "level"))
    followed = _followed(listed, member, levels)
    last = Topic.objects.listed_for(user).filter(public_id=before[:16]).first() if before else None
    if last is not None:
        listed = listed.filter(
            Q(last_published_at__lt=last.last_published_at)
            | Q(last_published_at=last.last_published_at, pk__lt=last.pk)
        )
    looked_at = _look_at(listed, member)
    others = [
        one
        for one in looked_at
        if one.is_new and one.pk not in followed and levels.get(one.board_id) != Level.MUTED
    ]
    more = looked_at[-1].public_id if len(looked_at) == rules.NEWS_LOOKED_AT_A_PAGE else ""
    if len(others) > TOPICS_A_PAGE:
        others = others[:TOPICS_A_PAGE]
        more = others[-1].public_id
    first = followed if last is None else []
    wanted = Topic.objects.filter(pk__in=[*first, *(one.pk for one in others)]).with_title()
    topics = wanted.with_news(member, read_through=read_through(member, board="board_id")).in_bulk()
    return NewsPage(
        followed=topic_rows([topics[pk] for pk in first if pk in topics], with_board=True),
        others=topic_rows([topics[one.pk] for one in others if one.pk in topics], with_board=True),
        more=more,
        is_first=last is None,
    )


def _followed(listed: QuerySet[Topic], member: Member, levels: dict[int, str]) -> list[int]:
    """Topics with news that this member follows, by themselves or by their board; the newest first."""
    mine = TopicMember.objects.filter(member=member, level__in=FOLLOWED).order_by("-pk")
    found = _look_at(listed.filter(pk__in=mine.values("topic_id")[: rules.NEWS_LOOKED_AT_A_PAGE]), member)
    boards = [board for board, level in levels.items() if level in FOLLOWED]
    if boards:
        found += _look_at(listed.filter(board_id__in=boards), member)
    return list(dict.fromkeys(one.pk for one in found if one.is_new))[:FOLLOWED_SHOWN]


def _look_at(topics: QuerySet[Topic], member: Member) -> list[_Candidate]:
    """The newest of these topics, and which of them are news; topics of people folded for one are not."""
    folded = Distance.objects.folding(reader=member, author=OuterRef("author_id"))
    news = new_for(member, read_through=read_through(member, board="board_id")) & ~Q(Exists(folded))
    rows = topics.order_by("-last_published_at", "-pk").annotate(
        is_new=Case(When(news, then=True), default=False)
    )
    values = rows.values_list("pk", "public_id", "board_id", "is_new")
    return [_Candidate(*row) for row in values[: rules.NEWS_LOOKED_AT_A_PAGE]]
