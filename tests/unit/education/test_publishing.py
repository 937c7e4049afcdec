"""Nothing goes live by one person's hand, at any door; the right second person can."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from accounts import signals
from education import rules
from education.actions import publish_starter, take_down_lesson
from education.models import LessonPage, LessonReview, NotReviewed
from education.states import STARTER_AUTHOR, ReviewKind
from tests.unit.education.making import body, is_live, make_draft, make_live, make_tree, sign, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_tree()


@pytest.fixture
def superuser(person):
    root = person("root-of-all")
    root.user.is_superuser = root.user.is_staff = True
    root.user.save()
    return root


def editor_post(page, **changes):
    data = {
        "title": page.title,
        "slug": page.slug,
        "summary": page.summary,
        "minutes": page.minutes,
        "for_whom": page.for_whom,
        "mentions": page.mentions,
        "help_kinds": page.help_kinds,
        "author_mark": page.author_mark,
        "review_due_on": page.review_due_on.isoformat(),
        "search_description": "",
        "body": streamfield([("text", rich_text("<p>Ten minutes is enough.[^known-2020]</p>"))]),
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
        **changes,
    }
    data["comments-TOTAL_FORMS"] = data["comments-INITIAL_FORMS"] = 0
    data.pop("comments")
    return nested_form_data(data)


# --- the right way ------------------------------------------------------------------------------------
def test_two_people_publish_a_lesson(course, author, reviewer):
    page = make_draft(course, by=author.user)
    state = submit(page, by=author.user)
    sign(reviewer, page, state)
    page.refresh_from_db()
    review = LessonReview.objects.get(page=page)
    assert page.live
    assert review.revision_id == page.live_revision_id
    assert (review.kind, review.reviewer, review.submitted_by) == (
        ReviewKind.SITE,
        reviewer.user,
        author.user,
    )
    assert review.reviewer_mark == "R. Reviewer, nurse"
    assert LessonPage.objects.readable().filter(pk=page.pk).exists()


def test_an_author_submits_in_the_editor_and_a_reviewer_signs(course, author, reviewer):
    page = make_draft(course, by=author.user)
    author.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), editor_post(page) | {"action-submit": "1"}
    )
    state = page.current_workflow_task_state
    assert state is not None
    sign(reviewer, page, state)
    assert is_live(page)


# --- doors one person might try -----------------------------------------------------------------------
def test_the_author_cannot_sign_their_own_lesson(course, author, reviewer):
    page = make_draft(course, by=author.user)
    state = submit(page, by=author.user)
    sign(author, page, state)
    assert not is_live(page)
    sign(reviewer, page, state)
    assert is_live(page)


def test_a_reviewer_who_wrote_it_cannot_sign_it(course, author, reviewer, person):
    page = make_draft(course, by=author.user)
    page.title = "When they stay silent"
    page.save_revision(user=reviewer.user)
    page.save_revision(user=author.user)
    state = submit(page, by=author.user)
    sign(reviewer, page, state)
    assert not is_live(page)
    sign(person("second-reviewer", role="clinical_reviewer"), page, state)
    assert is_live(page)


def test_a_reviewer_who_submitted_it_cannot_sign_it(course, author, reviewer):
    page = make_draft(course, by=author.user)
    state = submit(page, by=reviewer.user)
    sign(reviewer, page, state)
    assert not is_live(page)


def test_a_person_who_is_author_and_reviewer_cannot_do_both_parts(course, person, reviewer):
    both = person("both-hats", role="author")
    from accounts.actions import grant_role
    from tests.cast import make_first_operator

    grant_role(to=both.user, role="clinical_reviewer", by=make_first_operator())
    page = make_draft(course, by=both.user)
    state = submit(page, by=both.user)
    sign(both, page, state)
    assert not is_live(page)
    sign(reviewer, page, state)
    assert is_live(page)


def test_a_superuser_cannot_sign(course, author, superuser, reviewer):
    page = make_draft(course, by=author.user)
    state = submit(page, by=author.user)
    sign(superuser, page, state)
    assert not is_live(page)
    sign(reviewer, page, state)
    assert is_live(page)


def test_a_signature_without_the_ticks_is_refused(course, author, reviewer):
    page = make_draft(course, by=author.user)
    state = submit(page, by=author.user)
    sign(reviewer, page, state, evidence_checked="")
    assert not is_live(page)
    with pytest.raises(PermissionDenied):
        state.task.specific.on_action(state, reviewer.user, "approve")
    assert not is_live(page)


@pytest.mark.parametrize("who", ["author", "reviewer", "superuser"])
def test_the_editors_publish_button_publishes_nothing(course, author, who, request):
    page = make_draft(course, by=author.user)
    client = request.getfixturevalue(who)
    client.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), editor_post(page) | {"action-publish": "1"}
    )
    assert not is_live(page)


@pytest.mark.parametrize("who", ["author", "reviewer", "superuser"])
def test_creating_and_publishing_in_one_go_publishes_nothing(course, who, request):
    client = request.getfixturevalue(who)
    fields = editor_post(make_draft(course, slug="other"), slug="new-one", title="A new one")
    address = reverse("wagtailadmin_pages:add", args=("education", "lessonpage", course.pk))
    client.post(address, fields | {"action-publish": "1"})
    assert not LessonPage.objects.filter(live=True).exists()
    if who != "reviewer":  # who may not write lessons: the same address made the draft for the others
        assert LessonPage.objects.filter(slug="new-one").exists()


@pytest.mark.parametrize("who", ["author", "reviewer", "superuser"])
def test_bulk_publish_publishes_nothing(course, author, who, request):
    page = make_draft(course, by=author.user)
    client = request.getfixturevalue(who)
    address = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "publish"))
    client.post(f"{address}?id={page.pk}", {"include_descendants": "on"})
    address = f"{address}?id={course.pk}"
    client.post(address, {"include_descendants": "on"})
    assert not is_live(page)


@pytest.mark.parametrize("how", ["no user", "superuser", "skipping checks"])
def test_publishing_a_revision_in_code_is_refused(course, author, superuser, how):
    revision = make_draft(course, by=author.user).get_latest_revision()
    how_to = {
        "no user": {},
        "superuser": {"user": superuser.user},
        "skipping checks": {"user": superuser.user, "skip_permission_checks": True},
    }
    with pytest.raises(PermissionDenied):
        revision.publish(**how_to[how])
    assert not LessonPage.objects.filter(live=True).exists()


def test_adding_a_live_lesson_is_refused(course):
    with pytest.raises(NotReviewed):
        course.add_child(
            instance=LessonPage(
                title="At once", slug="at-once", summary="s", for_whom="all", body=body(), live=True
            )
        )
    assert not LessonPage.objects.filter(slug="at-once").exists()


def test_copies_and_aliases_are_drafts(course):
    page = make_live(course)
    copy = page.copy(update_attrs={"slug": "copy"}, keep_live=True)
    alias = page.create_alias(update_slug="alias")
    assert not is_live(copy)
    assert not is_live(alias)
    page.update_aliases()
    assert not is_live(alias)


def test_copying_a_course_with_its_lessons_puts_none_live(course, superuser):
    make_live(course)
    address = reverse("wagtailadmin_pages:copy", args=[course.pk])
    fields = {
        "new_title": "Skills again",
        "new_slug": "skills-again",
        "new_parent_page": course.get_parent().pk,
        "copy_subpages": "on",
        "publish_copies": "on",
    }
    superuser.post(address, fields)
    assert not Page.objects.filter(slug="skills-again").exists()
    fields.pop("publish_copies")
    superuser.post(address, fields)
    assert Page.objects.filter(slug="skills-again").exists()
    assert LessonPage.objects.filter(live=True).count() == 1
    course.refresh_from_db()
    with pytest.raises(NotReviewed), transaction.atomic():
        course.copy(recursive=True, keep_live=True, update_attrs={"slug": "third"})
    assert LessonPage.objects.filter(live=True).count() == 1


def test_a_translation_does_not_go_live_by_itself(course, author, django_capture_on_commit_callbacks):
    from wagtail_localize.models import Translation, TranslationSource

    page = make_live(course)
    for parent in page.get_ancestors().specific():
        if parent.depth > 1:
            parent.copy_for_translation(Locale.objects.get(language_code="es"))
    source, _made = TranslationSource.get_or_create_from_instance(page)
    translation = Translation.objects.create(
        source=source, target_locale=Locale.objects.get(language_code="es")
    )
    with pytest.raises(PermissionDenied), django_capture_on_commit_callbacks(execute=True):
        translation.save_target(publish=True)
    assert not LessonPage.objects.filter(locale__language_code="es", live=True).exists()
    translation.save_target(user=author.user, publish=False)
    assert not LessonPage.objects.filter(locale__language_code="es", live=True).exists()


def test_a_translation_goes_live_by_two_people(course, author, reviewer):
    from wagtail_localize.models import Translation, TranslationSource

    page = make_live(course)
    spanish = Locale.objects.get(language_code="es")
    for parent in page.get_ancestors().specific():
        if parent.depth > 1:
            parent.copy_for_translation(spanish)
    source, _made = TranslationSource.get_or_create_from_instance(page)
    Translation.objects.create(source=source, target_locale=spanish).save_target(
        user=author.user, publish=False
    )
    twin = LessonPage.objects.get(locale=spanish)
    state = submit(twin, by=author.user)
    sign(reviewer, twin, state)
    assert is_live(twin)


def test_a_scheduled_lesson_nobody_signed_stays_a_draft_and_stops_no_other(course, author):
    page = make_draft(course, by=author.user)
    past = timezone.now() - timezone.timedelta(minutes=5)
    page.revisions.update(approved_go_live_at=past)
    course.title = "Skills for home"
    revision = course.save_revision()
    type(revision).objects.filter(pk=revision.pk).update(approved_go_live_at=past)
    call_command("publish_scheduled")
    assert not is_live(page)
    assert Page.objects.get(pk=course.pk).title == "Skills for home"


def test_a_live_flag_set_past_the_lock_is_still_not_readable(course, author):
    page = make_draft(course, by=author.user)
    LessonPage.objects.filter(pk=page.pk).update(live=True)
    assert not LessonPage.objects.readable().exists()


def test_a_live_text_cannot_change_without_a_signature(course):
    page = make_live(course)
    page.summary = "Something nobody read."
    with pytest.raises(NotReviewed):
        page.save()
    page.refresh_from_db()
    page.locked = True
    page.save(update_fields=["locked"])


def test_a_signed_revision_is_never_written_over(course, author):
    page = make_live(course, by=author.user)
    signed = page.live_revision
    page.summary = "Later words."
    newer = page.save_revision(user=author.user, overwrite_revision=signed)
    assert newer.pk != signed.pk
    signed.refresh_from_db()
    assert signed.content["summary"] == "A way to start."


def test_a_text_changed_in_place_after_submitting_is_not_published(course, author, reviewer):
    page = make_draft(course, by=author.user)
    state = submit(page, by=author.user)
    revision = page.get_latest_revision()
    revision.content = {**revision.content, "summary": "Slipped in."}
    revision.save()
    sign(reviewer, page, state)
    assert not is_live(page)


@pytest.mark.parametrize(
    "missing",
    [
        {"author_mark": ""},
        {"review_due_on": None},
        {"body": body([{"type": "text", "value": "<p>No claim.</p>"}])},
    ],
)
def test_a_lesson_without_its_marks_is_not_published(course, author, reviewer, missing):
    page = make_draft(course, by=author.user, **missing)
    state = submit(page, by=author.user)
    sign(reviewer, page, state)
    assert not is_live(page)


def test_under_review_the_text_stands_still_for_everyone(course, author, reviewer, superuser):
    page = make_draft(course, by=author.user)
    submit(page, by=author.user)
    newest = page.get_latest_revision().pk
    for client in (author, reviewer, superuser):
        client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), editor_post(page, summary="Changed."))
    assert LessonPage.objects.get(pk=page.pk).get_latest_revision().pk == newest


def test_an_author_takes_the_lesson_back_and_changes_it(course, author, reviewer):
    page = make_draft(course, by=author.user)
    submit(page, by=author.user)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    author.post(address, editor_post(page) | {"action-cancel-workflow": "1"})
    author.post(address, editor_post(page, summary="Changed."))
    assert LessonPage.objects.get(pk=page.pk).get_latest_revision_as_object().summary == "Changed."


def test_a_reviewer_sends_a_lesson_back(course, author, reviewer):
    page = make_draft(course, by=author.user)
    state = submit(page, by=author.user)
    reviewer.post(
        reverse("wagtailadmin_pages:workflow_action", args=(page.pk, "reject", state.pk)),
        {"comment": "See step 2."},
    )
    assert not is_live(page)
    assert page.current_workflow_state.status == "needs_changes"


# --- starter lessons -----------------------------------------------------------------------------------
def test_a_lesson_made_by_hand_can_never_be_a_starter_lesson(course, author):
    page = make_draft(course, by=author.user, author_mark=STARTER_AUTHOR, review_due_on=None)
    with pytest.raises(PermissionDenied):
        publish_starter(lesson=page, shipped=page.fingerprint())
    ours = make_draft(course, slug="second")
    with pytest.raises(PermissionDenied):
        publish_starter(lesson=ours, shipped=ours.fingerprint())
    shipped = make_draft(course, slug="third", author_mark=STARTER_AUTHOR, review_due_on=None)
    with pytest.raises(PermissionDenied):
        publish_starter(lesson=shipped, shipped="0" * 64)
    publish_starter(lesson=shipped, shipped=shipped.fingerprint())
    assert is_live(shipped)


def test_the_first_review_ends_the_starter_state(course, author, reviewer):
    page = make_live(course, kind=ReviewKind.STARTER, author_mark=STARTER_AUTHOR, review_due_on=None)
    page.author_mark = "The lesson team"
    page.review_due_on = timezone.localdate() + timezone.timedelta(days=90)
    page.save_revision(user=author.user)
    state = submit(page, by=author.user)
    sign(reviewer, page, state)
    page.refresh_from_db()
    assert LessonReview.objects.get(revision_id=page.live_revision_id).kind == ReviewKind.SITE


def test_the_database_knows_no_starter_review_with_a_reviewer(course, reviewer):
    page = make_draft(course)
    with pytest.raises(IntegrityError), transaction.atomic():
        LessonReview.objects.create(
            page=page,
            revision=page.get_latest_revision(),
            kind=ReviewKind.STARTER,
            reviewer=reviewer.user,
            sha256=page.fingerprint(),
        )


# --- taking down ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["reviewer", "safety_lead"])
def test_one_person_takes_a_lesson_down_with_a_reason(course, who, request):
    page = make_live(course)
    client = request.getfixturevalue(who)
    seen = []

    def listen(sender, **act):
        seen.append((act["verb"], act["subject"], act["by"]))

    signals.recorded_act.connect(listen)
    try:
        client.post(reverse("lesson_take_down", args=[page.pk]), {"reason": "The dose in step 3 is wrong."})
    finally:
        signals.recorded_act.disconnect(listen)
    assert not is_live(page)
    assert seen == [("take_down_lesson", f"lesson:{page.pk}", client.user)]


def test_taking_down_needs_a_reason_and_the_role(course, author, reviewer, superuser):
    page = make_live(course)
    address = reverse("lesson_take_down", args=[page.pk])
    reviewer.post(address, {"reason": " "})
    for client in (author, superuser):
        client.post(address, {"reason": "I do not like it."})
        with pytest.raises(PermissionDenied):
            take_down_lesson(lesson=page, by=client.user, reason="Again.")
    assert is_live(page)


def test_a_take_down_nobody_records_does_not_happen(course, reviewer, monkeypatch):
    page = make_live(course)
    monkeypatch.setattr(signals.recorded_act, "send", lambda **act: [])
    with pytest.raises(signals.NotOnRecord):
        take_down_lesson(lesson=page, by=reviewer.user, reason="Wrong.")
    assert is_live(page)


def test_a_lesson_taken_down_needs_two_people_again(course, author, reviewer):
    page = make_live(course, by=author.user)
    take_down_lesson(lesson=page, by=reviewer.user, reason="Wrong.")
    page = LessonPage.objects.get(pk=page.pk)
    page.summary = "Put right."
    page.save_revision(user=author.user)
    state = submit(page, by=author.user)
    sign(author, page, state)
    assert not is_live(page)
    sign(reviewer, page, state)
    assert is_live(page)


@pytest.mark.parametrize("who", ["reviewer", "superuser"])
def test_wagtails_own_ways_down_are_closed(course, who, request):
    page = make_live(course)
    client = request.getfixturevalue(who)
    client.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    client.post(reverse("wagtailadmin_pages:delete", args=[course.pk]))
    client.post(reverse("wagtail_bulk_action", args=("wagtailcore", "page", "unpublish")) + f"?id={page.pk}")
    assert is_live(page)


# --- groups ---------------------------------------------------------------------------------------------
def test_groups_follow_roles(person, operator):
    from accounts.actions import grant_role, revoke_role

    user = person("new-author").user
    grant_role(to=user, role="author", by=operator.user)
    assert list(user.groups.values_list("name", flat=True)) == ["Authors"]
    revoke_role(to=user, role="author", by=operator.user)
    assert not user.groups.exists()


def test_who_may_sign_is_one_rule(reviewer, author):
    assert rules.may_sign(reviewer.user, submitted_by_id=author.user.pk, written_by_ids={author.user.pk})
    assert not rules.may_sign(reviewer.user, submitted_by_id=None, written_by_ids=set())
    assert not rules.may_sign(author.user, submitted_by_id=reviewer.user.pk, written_by_ids=set())


# --- nothing of people in the CMS -----------------------------------------------------------------------
@pytest.mark.parametrize(
    "name", ["wagtailusers_users:index", "wagtailusers_users:add", "wagtailusers_groups:index"]
)
def test_screens_for_people_are_closed_for_everyone(superuser, reviewer, name):
    for client in (superuser, reviewer):
        assert client.get(reverse(name)).status_code in (302, 403, 404)


def test_no_member_shows_in_the_cms(course, superuser, person):
    person("secret-heron")
    for name in ("wagtailadmin_home", "wagtailadmin_account"):
        page = superuser.get(reverse(name)).content.decode()
        assert "secret-heron" not in page
        assert reverse("wagtailusers_users:index") not in page
    assert "first_name" not in superuser.get(reverse("wagtailadmin_account")).content.decode()
    found = superuser.get(reverse("wagtailadmin_pages:search"), {"q": "secret"}).content.decode()
    assert "secret-heron" not in found


def test_a_member_has_no_way_into_the_cms(asks):
    assert asks.get(reverse("wagtailadmin_home")).status_code == 404


def test_the_nightly_look_counts_lessons_live_past_the_lock(course):
    from accounts.readiness import what_is_wrong

    make_live(course)
    assert "lessons_signed" not in what_is_wrong()
    page = make_draft(course, slug="past-the-lock")
    LessonPage.objects.filter(pk=page.pk).update(live=True)
    assert "1 lessons" in what_is_wrong()["lessons_signed"]
