"""Lessons and what they stand on."""

from django.db import models
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class HubImage(AbstractImage):
    """A picture uploaded by an author."""

    admin_form_fields = Image.admin_form_fields


class HubRendition(AbstractRendition):
    """A size of a picture."""

    image = models.ForeignKey(HubImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_a_size")
        ]


class HubDocument(AbstractDocument):
    """A file uploaded by an author."""

    admin_form_fields = Document.admin_form_fields
