"""The database finds a page of a list by an index, and sorts nothing: what a page costs must not grow."""

import pytest
from django.db import connection

from forum.models import Topic
from forum.rules.seeing import Constant
from tests.factories import make_board, open_topic

pytestmark = pytest.mark.django_db


def plan_of(rows) -> str:
    """How SQLite carries the statement out, with its parameters given as the site gives them."""
    statement, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(str(row[3]) for row in cursor.fetchall())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by how many rows there are")
@pytest.mark.parametrize("who", ["visitor", "stranger"])
def test_a_board_list_is_read_in_the_order_of_its_index(who, request, answers):
    from django.contrib.auth.models import AnonymousUser

    reader = request.getfixturevalue(who).user or AnonymousUser()
    board = open_topic(answers.member, make_board(audience="public")).board
    listed = Topic.objects.filter(board=board).listed_for(reader).with_title()
    plan = plan_of(listed.order_by("-pinned_rank", "-last_published_at", "-pk")[:21])
    assert "USING INDEX topic_list" in plan
    assert "TEMP B-TREE" not in plan


def test_only_words_of_our_own_stand_in_a_statement():
    with pytest.raises(ValueError, match="our own words"):
        Constant("open' OR 'a'='a").as_sql(None, connection)
