"""Every pair of the move table, for posts and for topics."""

import itertools

import pytest

from forum.states import (
    POST_MOVES,
    TOPIC_MOVES,
    PostState,
    TopicState,
    may_move,
    topic_may_move,
)

H, P, RT, RJ = PostState.HELD, PostState.PUBLISHED, PostState.RETURNED, PostState.REJECTED
W, HD, RM, RC = PostState.WITHDRAWN, PostState.HIDDEN, PostState.REMOVED, PostState.RETRACTED

# Agreed with the design before the code: from each state, where a post may go.
POSTS = {
    H: {P, RJ, RT, W},
    RT: {H, W},
    P: {HD, RM, RC},
    HD: {P, RM},
    RM: {P, HD},
    RJ: {P, H},
    W: set(),
    RC: set(),
}
TOPICS = {
    TopicState.HELD: {TopicState.OPEN},
    TopicState.OPEN: {TopicState.LOCKED, TopicState.HIDDEN, TopicState.REMOVED},
    TopicState.LOCKED: {TopicState.OPEN, TopicState.HIDDEN, TopicState.REMOVED},
    TopicState.HIDDEN: {TopicState.OPEN, TopicState.LOCKED, TopicState.REMOVED},
    TopicState.REMOVED: {TopicState.OPEN, TopicState.LOCKED, TopicState.HIDDEN},
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(PostState, PostState)))
def test_a_post_moves_only_as_the_table_says(before, after):
    assert may_move(before, after) == (after in POSTS[before])


@pytest.mark.parametrize(("before", "after"), list(itertools.product(TopicState, TopicState)))
def test_a_topic_moves_only_as_the_table_says(before, after):
    assert topic_may_move(before, after) == (after in TOPICS[before])


def test_the_tables_have_no_state_of_their_own():
    assert {state for move in POST_MOVES for state in move} <= set(PostState)
    assert {state for move in TOPIC_MOVES for state in move} <= set(TopicState)
