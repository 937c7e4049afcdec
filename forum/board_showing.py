"""What a member sees at a glance: boards with their news, rows of topics, what is new anywhere."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import DateTimeField, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
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


class CountUpTo(Subquery):
    """How many rows a limited query has: the database stops counting at its limit."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def boards_for(user: Any, member: Member | None) -> QuerySet[Board]:
    """All boards; for a member with what is new in each (`news`, `newest`, `my_level`), in one query."""
    boards = Board.objects.all()
    if member is None:
        return boards
    here = Topic.objects.listed_for(user).filter(board=OuterRef("pk")).order_by("-last_published_at")
    since = timezone.now() - rules.NEWS_LOOKS_BACK
    boards = boards.annotate(
        newest=Subquery(here.values("last_published_at")[:1]),
        my_level=level_of(member, board="pk"),
        news_since=Greatest(read_through(member, board="pk"), since, output_field=DateTimeField()),
    )
    news = here.filter(new_for(member, read_through=OuterRef("news_since")))
    return boards.annotate(news=CountUpTo(news.values("pk")[: rules.NEWS_SHOWN_AT_MOST + 1]))


def news_in_words(board: Any) -> str:
    """ "4 new", "20+ new"; empty for none, and in a board its reader wants to hear nothing of."""
    if not getattr(board, "news", 0) or board.my_level == Level.MUTED:
        return ""
    if board.news > rules.NEWS_SHOWN_AT_MOST:
        return _("%(n)d+ new") % {"n": rules.NEWS_SHOWN_AT_MOST}
    return ngettext("%(n)d new", "%(n)d new", board.news) % {"n": board.news}


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
        board = topic.board.name if with_board else ""
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
    if is_new and topic.last_read:
        n = max(1, topic.last_position - topic.last_read)
        return ngettext("%(n)d new", "%(n)d new", n) % {"n": n}, "brand"
    if is_new:
        return _("New"), "brand"
    if topic.pinned_rank > 0:
        return _("Pinned"), "info"
    return (_("Closed"), "info") if topic.state == "locked" else ("", "")


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


def _news(user: Any, member: Member, *, followed: bool) -> QuerySet[Topic]:
    """Topics with something new to this member: those they follow, or all others. Newest first.

    What they want to hear nothing of is left out, and topics of people whose posts are folded for them.
    """
    since = timezone.now() - rules.NEWS_LOOKS_BACK
    listed = Topic.objects.listed_for(user).filter(last_published_at__gt=since)
    through = read_through(member, board="board_id")
    folded = Distance.objects.folding(reader=member, author=OuterRef("author_id"))
    rows = TopicMember.objects.filter(member=member, topic=OuterRef("pk"))
    boards = BoardMember.objects.filter(member=member, board=OuterRef("board_id"))
    follows = Q(Exists(rows.filter(level__in=FOLLOWED))) | Q(Exists(boards.filter(level__in=FOLLOWED)))
    listed = listed.filter(new_for(member, read_through=through)).exclude(Exists(folded))
    listed = listed.filter(follows) if followed else listed.exclude(follows)
    listed = listed.exclude(
        Exists(boards.filter(level=Level.MUTED)) & ~Exists(rows.filter(level__in=FOLLOWED))
    )
    return listed.with_title().with_news(member, read_through=through).order_by("-last_published_at", "-pk")


@dataclass(frozen=True)
class NewsPage:
    """What is new: the topics one follows (first page only), then others; `more` asks for the next page."""

    followed: list[TopicRow]
    others: list[TopicRow]
    more: str


def news_page(user: Any, member: Member, *, before: str = "") -> NewsPage:
    """A page of what is new. `before` is the `more` of the page before; whatever else means the first page.

    Two queries on the first page, two further on; of what one follows the newest stand here, no more.
    """
    last = Topic.objects.listed_for(user).filter(public_id=before[:16]).first() if before else None
    others = _news(user, member, followed=False)
    if last is not None:
        others = others.filter(
            Q(last_published_at__lt=last.last_published_at)
            | Q(last_published_at=last.last_published_at, pk__lt=last.pk)
        )
    topics = list(others[: TOPICS_A_PAGE + 1])
    mine = _news(user, member, followed=True)[:FOLLOWED_SHOWN] if last is None else []
    return NewsPage(
        followed=topic_rows(mine, with_board=True),
        others=topic_rows(topics[:TOPICS_A_PAGE], with_board=True),
        more=topics[TOPICS_A_PAGE - 1].public_id if len(topics) > TOPICS_A_PAGE else "",
    )
