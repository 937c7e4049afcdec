"""Who may do what with pages in Wagtail. The answers hold for superusers too."""

from wagtail.models import Page, PagePermissionTester


class HubPermissionTester(PagePermissionTester):
    """Every page of ours is open to all: nobody hides one behind a sign-in.

    A page above live lessons stays up: with it they would go without a reason and without a record.
    """

    def can_set_view_restrictions(self) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return not self._has_live_lessons() and super().can_unpublish()

    def can_delete(self, ignore_bulk=False) -> bool:
        return not self._has_live_lessons() and super().can_delete(ignore_bulk=ignore_bulk)

    def _has_live_lessons(self) -> bool:
        below = Page.objects.descendant_of(self.page).filter(live=True, lessonpage__isnull=False)
        return below.exists()


class LessonPermissionTester(HubPermissionTester):
    """A lesson goes live by two signatures and comes down by the take-down page, by no other button."""

    def can_publish(self) -> bool:
        return False

    def can_unpublish(self) -> bool:
        """Taking down needs a reason and stands on the record: `education.actions.take_down_lesson`."""
        return False

    def can_publish_subpage(self) -> bool:
        return False

    def can_delete(self, ignore_bulk=False) -> bool:
        """A lesson that was ever public stays, as a draft: who signed it goes with it otherwise."""
        was_public = self.page.live or self.page.first_published_at is not None
        return not was_public and super().can_delete(ignore_bulk=ignore_bulk)

    def can_move(self) -> bool:
        """Moving changes no word; it asks what deleting a draft asks."""
        return super().can_delete(ignore_bulk=True)


class LessonParentPermissionTester(HubPermissionTester):
    """The pages above lessons: nothing is created and published below them in one go."""

    def can_publish_subpage(self) -> bool:
        return False
