"""A member keeps away from another: folded posts, no news, and nothing that tells (scenario A39)."""

import re
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notice
from forum import actions
from forum.models import Distance, Post
from forum.states import DistanceKind, Level
from tests.factories import make_board
from tests.flows.forum_scene import published_by, reply_by, topic_by, url_of

pytestmark = pytest.mark.django_db

FOLDED = "Folded for you"
EACH_REQUEST = re.compile(r'name="(csrfmiddlewaretoken|token|window)" value="[^"]*"')


@pytest.fixture
def post(answers, moderator):
    return published_by(answers, moderator)


def keep_away(person, post, kind="mute"):
    return person.post(url_of(post, "distance"), {"kind": kind})


def topic_of(person, post):
    return person.get(post.topic.get_absolute_url()).content.decode()


def article(page, post):
    """This post's part of a page."""
    return page.split(f'id="post-{post.public_id}"')[1].split("</article>")[0]


def bytes_of(person, address):
    return EACH_REQUEST.sub("", person.get(address).content.decode())


def test_a_muted_persons_posts_are_collapsed_and_can_be_opened(stranger, answers, post):
    """A39."""
    response = keep_away(stranger, post)
    assert (response.status_code, response["Location"]) == (302, url_of(post, "more"))
    part = article(topic_of(stranger, post), post)
    assert part.count("<details") == 1
    assert FOLDED in part
    assert "Show post" in part
    assert "answers" in part
    assert "We sat in the kitchen" in part.split("</summary>")[1]


def test_one_reads_at_once_that_it_is_saved_and_that_nobody_is_told(stranger, post):
    page = stranger.post(url_of(post, "distance"), {"kind": "mute"}, follow=True)
    assert page.redirect_chain == [(url_of(post, "more"), 302)]
    assert "They are not told." in page.content.decode().split("<article")[0]


def test_of_a_folded_post_only_the_report_is_offered(stranger, post):
    keep_away(stranger, post)
    part = article(topic_of(stranger, post), post)
    links = part.split('class="post-links"')[1]
    assert re.findall(r"<span>([^<]+)</span>", links) == ["Report"]
    assert "respond/" not in part


def test_no_notice_comes_from_a_muted_person(stranger, answers, post):
    """A39."""
    actions.follow_topic(by=stranger.member, topic=post.topic, level=Level.WATCHING)
    keep_away(stranger, post)
    Notice.objects.filter(person=stranger.user).delete()
    reply_by(answers, post.topic)
    assert not Notice.objects.filter(person=stranger.user).exists()


def test_the_muted_person_sees_no_difference_in_a_single_byte(stranger, answers, post):
    """A39."""
    theirs = reply_by(stranger, post.topic)
    addresses = [
        post.topic.get_absolute_url(),
        f"{post.topic.get_absolute_url()}reply/?quote={theirs.public_id}",
        url_of(theirs, "distance"),
        url_of(theirs, "report"),
        "/talk/",
        "/talk/b/parents/",
        "/talk/distance/",
        "/talk/new/",
        "/me/",
    ]
    for address in addresses:
        bytes_of(answers, address)
    before = [bytes_of(answers, address) for address in addresses]
    keep_away(stranger, post)
    assert [bytes_of(answers, address) for address in addresses] == before
    assert answers.post(url_of(theirs, "respond"), {"response": "thanks"}).status_code == 302
    assert not Notice.objects.filter(person=answers.user).exclude(kind__in=["topic.reply", "post.addressed"])


def test_a_block_folds_both_sides_in_the_words_of_a_mute(stranger, answers, asks, post):
    theirs = reply_by(stranger, post.topic)
    keep_away(stranger, post, "mute")
    muted = article(EACH_REQUEST.sub("", topic_of(stranger, post)), post)
    keep_away(stranger, post, "block")
    assert Distance.objects.get().kind == DistanceKind.BLOCK
    assert article(EACH_REQUEST.sub("", topic_of(stranger, post)), post) == muted
    assert FOLDED in article(topic_of(answers, post), theirs)
    assert FOLDED not in topic_of(asks, post)


def test_who_blocked_and_who_is_blocked_can_still_report(stranger, answers, post):
    theirs = reply_by(stranger, post.topic)
    keep_away(stranger, post, "block")
    for person, other in ((stranger, post), (answers, theirs)):
        assert url_of(other, "report") in article(topic_of(person, other), other)
        assert person.get(url_of(other, "report")).status_code == 200


def test_a_distance_can_be_changed_sent_twice_and_ended(stranger, post):
    for kind in ("mute", "mute", "block", "block"):
        keep_away(stranger, post, kind)
        assert Distance.objects.get().kind == kind
    assert "Neither any more" in stranger.get(url_of(post, "distance")).content.decode()
    keep_away(stranger, post, "none")
    keep_away(stranger, post, "none")
    assert not Distance.objects.exists()
    assert FOLDED not in topic_of(stranger, post)


def test_choosing_nothing_says_so(stranger, post):
    assert keep_away(stranger, post, "").status_code == 422
    assert keep_away(stranger, post, "hate").status_code == 422
    assert not Distance.objects.exists()


def test_the_list_names_them_and_leads_back(stranger, post, answers):
    assert "Nobody" in stranger.get("/talk/distance/").content.decode()
    keep_away(stranger, post, "block")
    page = stranger.get("/talk/distance/").content.decode()
    assert "answers" in page
    assert "Blocked" in page
    end = re.search(r'name="end" value="(\d+)"', page).group(1)
    assert answers.post("/talk/distance/", {"end": end}).status_code == 302
    assert Distance.objects.exists()
    for _twice in range(2):
        assert stranger.post("/talk/distance/", {"end": end})["Location"] == "/talk/distance/"
    assert not Distance.objects.exists()
    assert stranger.post("/talk/distance/", {"end": "x"}).status_code == 302


def test_nobody_mutes_the_team_themselves_or_what_they_cannot_see(stranger, moderator, asks, visitor, post):
    make_board(slug="partners")
    of_the_team = topic_by(moderator)
    own, held = topic_by(stranger), topic_by(asks)
    for other in (of_the_team, own, held):
        assert stranger.get(url_of(other, "distance")).status_code == 404
        assert keep_away(stranger, other).status_code == 404
        if other != held:
            assert (
                "Mute or block"
                not in stranger.get(url_of(other, "more")).content.decode().split("</article>")[0]
            )
    assert "Mute or block" in stranger.get(url_of(post, "more")).content.decode().split("</article>")[0]
    assert urlsplit(visitor.get(url_of(post, "distance"))["Location"]).path == "/sign-in/"
    assert not Distance.objects.exists()


def test_what_the_team_writes_arrives_also_from_someone_muted_before_they_joined_it(stranger, answers, post):
    from accounts import actions as account_actions
    from tests.cast import make_first_operator

    keep_away(stranger, post)
    account_actions.grant_role(to=answers.user, role="moderator", by=make_first_operator())
    assert FOLDED not in topic_of(stranger, post)


def test_a_moderators_own_mutes_fold_on_topic_pages_and_never_in_the_queue(moderator, answers, post):
    from tests.flows.forum_scene import edited, page_of

    keep_away(moderator, post)
    assert FOLDED in topic_of(moderator, post)
    waiting = edited(answers, post, text="Another text that waits.")
    queue = moderator.get(page_of(waiting)).content.decode()
    assert FOLDED not in queue
    assert "Another text that waits." in queue


def test_read_only_people_may_still_keep_away(moderator, stranger, post):
    from tests.flows.test_responding import limit

    limit(moderator, stranger, "read_only")
    assert keep_away(stranger, post).status_code == 302
    assert Distance.objects.exists()


def test_keeping_away_costs_the_page_no_query_and_the_list_no_more_for_many(stranger, person, answers, post):
    for n in range(3):
        reply_by(person(f"reader-{n}", trust=1), post.topic)
    address, needed = post.topic.get_absolute_url(), []
    for _again in range(2):
        stranger.get(address)
        with CaptureQueriesContext(connection) as asked:
            stranger.get(address)
        stranger.get("/talk/distance/")
        with CaptureQueriesContext(connection) as listed:
            stranger.get("/talk/distance/")
        needed.append((len(asked), len(listed)))
        for one in Post.objects.select_related("author__user"):
            keep_away(stranger, one)
            stranger.post(url_of(one, "keep"), {"keep": "1"})
            stranger.post(url_of(one, "respond"), {"response": "thanks"})
    assert needed[0] == needed[1]
    assert needed[0][0] <= 8


def test_a_kept_post_of_someone_muted_since_shows_no_words_in_the_list(stranger, post):
    stranger.post(url_of(post, "keep"), {"keep": "1"})
    assert "We sat in the kitchen" in stranger.get("/talk/kept/").content.decode()
    keep_away(stranger, post)
    page = stranger.get("/talk/kept/").content.decode()
    assert "answers" in page
    assert "We sat in the kitchen" not in page


def test_a_long_list_goes_on_page_by_page(stranger, person, monkeypatch):
    monkeypatch.setattr("forum.views.distance.DISTANCES_A_PAGE", 2)
    for n in range(3):
        other = person(f"reader-{n}").member
        actions.keep_away(by=stranger.member, other=other, kind=DistanceKind.MUTE)
    first = stranger.get("/talk/distance/")
    assert "reader-0" not in first.content.decode()
    second = stranger.get(f"/talk/distance/{first.context['older_url']}").content.decode()
    assert "reader-0" in second
    assert "reader-1" not in second


def test_former_members_are_named_as_such_and_cannot_be_muted_anew(stranger, answers, post):
    keep_away(stranger, post)
    answers.user.delete()
    assert "former member" in stranger.get("/talk/distance/").content.decode()
    assert stranger.get(url_of(post, "distance")).status_code == 404
    assert topic_of(stranger, post)


def test_the_team_mutes_and_never_blocks(moderator, answers, post):
    """A block would fold what the team writes for the other."""
    page = moderator.get(url_of(post, "distance")).content.decode()
    assert 'value="mute"' in page
    assert 'value="block"' not in page
    assert moderator.post(url_of(post, "distance"), {"kind": "block"}).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.keep_away(by=moderator.member, other=answers.member, kind=DistanceKind.BLOCK)
    with pytest.raises(PermissionDenied):
        actions.keep_away(by=answers.member, other=moderator.member, kind=DistanceKind.MUTE)
