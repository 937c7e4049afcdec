"""The blocks a lesson is written with, in four groups. Each has its template in templates/education/blocks/.

The raw values are those of the starter format (docs/authors.md): a file and the editor make the same lesson.
"""

from wagtail import blocks

from education.blocks.practice import CheckBlock, PracticeBlock, ReflectionBlock, StepsBlock, WordsBlock
from education.blocks.safety import EmergencyBlock, NoteBlock, UrgentBlock
from education.blocks.text import HeadingBlock, KeyPointsBlock, StoryBlock, TextBlock


class LessonBody(blocks.StreamBlock):
    """The body of a lesson, in reading order."""

    heading = HeadingBlock()
    text = TextBlock()
    key_points = KeyPointsBlock()
    story = StoryBlock()
    steps = StepsBlock()
    words = WordsBlock()
    check = CheckBlock()
    reflection = ReflectionBlock()
    practice = PracticeBlock()
    emergency = EmergencyBlock()
    urgent = UrgentBlock()
    note = NoteBlock()

    class Meta:
        # Care cards lose their weight when there are several (NHS service manual).
        block_counts = {
            "emergency": {"max_num": 1},
            "urgent": {"max_num": 1},
            "note": {"max_num": 2},
            "key_points": {"max_num": 1},
        }


__all__ = ["LessonBody"]
