"""Who may do what to a post in which state, as tables (design: forum 1.3; docs/safety.md)."""

from types import SimpleNamespace

import pytest

from accounts.rules import ROLES_KEPT_AS
from forum import rules
from forum.rules import deciding, people
from forum.states import Decision, PostState, ReportCategory, Severity, TopicState


def person(pk: int, *roles: str, active: bool = True):
    """Someone with these roles; no database needed."""
    user = SimpleNamespace(pk=pk, is_authenticated=True, is_active=active)
    setattr(user, ROLES_KEPT_AS, frozenset(roles))
    setattr(user, people.KEPT_AS, ())
    setattr(user, deciding.KEPT_AS, frozenset())
    return user


def post_of(user_id, state):
    """A post by this person, in somebody else's topic."""
    topic = SimpleNamespace(author=SimpleNamespace(user_id=99))
    return SimpleNamespace(
        state=state,
        author=SimpleNamespace(user_id=user_id),
        author_id=user_id,
        topic=topic,
        has_text=True,
    )


NOBODY = SimpleNamespace(pk=None, is_authenticated=False, is_active=False)
WRITER = person(1)
READER = person(2)
MODERATOR = person(3, "moderator")
LEAD = person(4, "safety_lead")
LESSON_AUTHOR = person(5, "author")
WRITING_MODERATOR = person(1, "moderator")
EVERYONE = {
    "visitor": NOBODY,
    "its author": WRITER,
    "another member": READER,
    "moderator": MODERATOR,
    "safety lead": LEAD,
    "lesson author": LESSON_AUTHOR,
    "a moderator who wrote it": WRITING_MODERATOR,
}
TEAM = {"moderator", "safety lead"}
AUTHORS = {"its author", "a moderator who wrote it"}
P = PostState

#: rule -> (who, in which states)
TABLE = {
    "may_edit": (AUTHORS, {P.HELD, P.RETURNED, P.PUBLISHED}),
    "may_withdraw": (AUTHORS, {P.HELD, P.RETURNED, P.PUBLISHED}),
    "may_report": (set(EVERYONE) - AUTHORS - {"visitor"}, {P.PUBLISHED}),
    "may_hide": (TEAM, {P.PUBLISHED}),
    "may_remove": (TEAM, {P.PUBLISHED, P.HIDDEN}),
    "may_restore": (TEAM, {P.HIDDEN, P.REMOVED, P.REJECTED}),
    "may_amend": (TEAM, {P.PUBLISHED}),
    "may_decide_about": (TEAM, set(P)),
}


@pytest.mark.parametrize("state", list(P))
@pytest.mark.parametrize("name", TABLE)
def test_each_act_is_for_those_and_in_those_states_the_table_says(name, state):
    who, states = TABLE[name]
    post = post_of(1, state)
    allowed = {label for label, user in EVERYONE.items() if getattr(rules, name)(user, post)}
    assert allowed == (who if state in states else set())


def test_nobody_is_the_author_of_a_post_whose_account_is_gone():
    post = post_of(None, P.PUBLISHED)
    assert not any(rules.is_author(user, post) for user in EVERYONE.values())


@pytest.mark.parametrize("state", list(TopicState))
def test_replies_go_to_open_topics_only(state):
    topic = SimpleNamespace(state=state, board_id=1)
    assert rules.may_reply(READER, topic) == (state == TopicState.OPEN)
    assert not rules.may_reply(NOBODY, topic)
    assert not rules.may_reply(person(6, active=False), topic)


def test_a_closed_account_moderates_nothing():
    gone = person(7, "moderator", active=False)
    delattr(gone, ROLES_KEPT_AS)
    assert not rules.may_moderate(gone)


HAND_ON = {"escalate", "second"}
ABOUT_THE_TEXT = {"approve", "redact", "return", "reject"}
DECISIONS = {
    (P.HELD, False): ABOUT_THE_TEXT | HAND_ON,
    (P.PUBLISHED, True): ABOUT_THE_TEXT | {"hide", "remove"} | HAND_ON,
    (P.PUBLISHED, False): {"keep", "hide", "remove"} | HAND_ON,
    (P.HIDDEN, False): {"keep", "restore", "remove"} | HAND_ON,
    (P.REMOVED, False): {"keep"} | HAND_ON,
    (P.RETRACTED, False): {"keep"} | HAND_ON,
    (P.WITHDRAWN, False): {"keep"} | HAND_ON,
    (P.RETURNED, False): {"keep"} | HAND_ON,
    (P.REJECTED, False): {"keep"} | HAND_ON,
}


@pytest.mark.parametrize("case", DECISIONS, ids=str)
def test_a_moderator_is_offered_what_fits_the_post(case):
    state, pending = case
    assert {d.value for d in rules.decisions_for(state=state, pending_edit=pending)} == DECISIONS[case]


def test_whatever_takes_words_from_others_needs_a_reason():
    about_an_appeal = {Decision.OVERTURN, Decision.CONFIRM}
    gives_or_hands_on = {Decision.APPROVE, Decision.KEEP, Decision.RESTORE} | rules.KEEPS_OPEN
    assert set(Decision) - rules.NEEDS_REASON == gives_or_hands_on | about_an_appeal


@pytest.mark.parametrize("category", list(ReportCategory))
@pytest.mark.parametrize("reporters", [1, 2, 3, 10])
def test_worry_comes_first_and_three_reporters_lift_a_report(category, reporters):
    worried = category == ReportCategory.WORRIED
    expected = Severity.CONCERN if worried or reporters >= 3 else Severity.ROUTINE
    assert rules.report_severity(category=category, reporters=reporters) == expected


def test_reports_alone_never_make_an_emergency():
    assert rules.report_severity(category="worried", reporters=100) == Severity.CONCERN
