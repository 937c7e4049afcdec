"""What clinicians own of the forum, in the editor: response templates and the severity guide.

Nothing else of the forum is registered: no post, member or name is seen or searched there.
"""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from forum.models import ResponseTemplate, SeverityGuide


class ResponseTemplateViewSet(SnippetViewSet):
    """The first words of a message to an author."""

    model = ResponseTemplate
    icon = "mail"
    list_display = ["name", "decision", "reason_code", "enabled"]
    list_filter = ["decision", "reason_code", "enabled"]
    copy_view_enabled = False
    panels = [
        HelpPanel(
            content=_(
                "A member reads these words, often on a bad day. Be kind, speak about the text and not about "
                "the person, say what happens next. To take one out of use, switch it off."
            )
        ),
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("decision"), FieldPanel("reason_code")]),
        MultiFieldPanel([FieldPanel("text_en"), FieldPanel("text_es")], heading=_("Text")),
        FieldRowPanel([FieldPanel("position"), FieldPanel("enabled")]),
    ]


class SeverityGuideViewSet(SnippetViewSet):
    """What each severity means."""

    model = SeverityGuide
    icon = "warning"
    list_display = ["__str__", "severity"]
    copy_view_enabled = False
    panels = [
        HelpPanel(content=_("Moderators read this beside the queue. Give examples, and what to do.")),
        FieldPanel("severity"),
        MultiFieldPanel([FieldPanel("meaning_en"), FieldPanel("do_en")], heading=_("English")),
        MultiFieldPanel([FieldPanel("meaning_es"), FieldPanel("do_es")], heading=_("Spanish")),
    ]


register_snippet(ResponseTemplateViewSet)
register_snippet(SeverityGuideViewSet)
