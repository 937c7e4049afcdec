"""Lessons, who signed them, and what they stand on."""

from education.models.crisis import CrisisResource
from education.models.lesson import LessonPage, NotReviewed
from education.models.media import HubDocument, HubImage, HubRendition
from education.models.pages import CoursePage, HomePage, LearnIndexPage
from education.models.reviews import ClinicalReviewState, ClinicalReviewTask, LessonReview
from education.models.site_facts import SiteFacts
from education.models.sources import GlossaryTerm, Source

__all__ = [
    "ClinicalReviewState",
    "ClinicalReviewTask",
    "CoursePage",
    "CrisisResource",
    "GlossaryTerm",
    "HomePage",
    "HubDocument",
    "HubImage",
    "HubRendition",
    "LearnIndexPage",
    "LessonPage",
    "LessonReview",
    "NotReviewed",
    "SiteFacts",
    "Source",
]
