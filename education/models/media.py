"""Pictures and documents uploaded by authors, free of what the camera or the program wrote into them."""

from io import BytesIO
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image

KEPT_FORMATS = {"JPEG": {"quality": 90}, "PNG": {}, "WEBP": {"quality": 90}, "GIF": {}}
NOT_A_PICTURE = _("We could not read this picture. Please save it as JPEG or PNG and try again.")


def without_metadata(file) -> ContentFile:
    """The picture drawn again from its pixels alone: no EXIF, no GPS, no thumbnail, no comment, no profile.

    Turned upright first, because the turn is written in the EXIF. Of an animation the first frame is kept.
    Raises ValidationError when the file is no picture of a kind we keep.
    """
    file.seek(0)
    try:
        with Pillow.open(file) as opened:
            kind = opened.format
            upright = ImageOps.exif_transpose(opened)
            mode = "RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB"
            pixels = upright.convert(mode if kind != "JPEG" else "RGB")
            clean = Pillow.new(pixels.mode, pixels.size)
            clean.paste(pixels)
    except (UnidentifiedImageError, OSError, ValueError, Pillow.DecompressionBombError) as error:
        raise ValidationError(NOT_A_PICTURE) from error
    if kind not in KEPT_FORMATS:
        raise ValidationError(NOT_A_PICTURE)
    out = BytesIO()
    clean.save(out, format=kind, **KEPT_FORMATS[kind])
    return ContentFile(out.getvalue(), name=Path(file.name).name)


class HubImage(AbstractImage):
    """A picture uploaded by an author. The stored original is a clean copy of what was uploaded."""

    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def save(self, *args, **kwargs) -> None:
        """Replace a newly uploaded file by its clean copy before any of it reaches the storage."""
        if self.file and not self.file._committed:
            self.file = without_metadata(self.file)
            self._set_image_file_metadata()
        super().save(*args, **kwargs)


class HubRendition(AbstractRendition):
    """A size of a picture."""

    image = models.ForeignKey(HubImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_a_size"
            )
        ]


class HubDocument(AbstractDocument):
    """A file uploaded by an author."""

    admin_form_fields = Document.admin_form_fields
