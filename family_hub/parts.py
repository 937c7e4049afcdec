"""Sample values for /parts/, the page that shows every component in every state. No other page uses them."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html


class SampleForm(forms.Form):
    """One field of every kind."""

    own_name = forms.CharField(
        label="Your own name", help_text="6 to 24 letters. No real name.", min_length=6
    )
    about = forms.CharField(
        label="Your reply", help_text="Rule 2: your story, not theirs.", widget=forms.Textarea
    )
    asks_for = forms.ChoiceField(
        label="What would help?",
        choices=[("listen", "Just listen"), ("ideas", "Ideas"), ("both", "Both")],
        widget=forms.RadioSelect,
    )
    mentions = forms.MultipleChoiceField(
        label="Does it mention something hard?",
        help_text="We fold it, so that others can choose to open it.",
        choices=[("overdose", "Overdose"), ("violence", "Violence")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    board = forms.ChoiceField(label="Board", choices=[("parents", "Parents"), ("partners", "Partners")])
    agree = forms.BooleanField(label="I am 18 or over", help_text="We do not ask for a birth date.")


def samples() -> dict[str, Any]:
    """What pages/parts.html draws."""
    now = timezone.now()
    body = format_html(
        "<p>{}</p><p>{}</p>", "He came home on Monday.", "How did you live through the first weeks?"
    )
    return {
        "empty_form": SampleForm(auto_id="empty_%s"),
        "wrong_form": SampleForm({"own_name": "Bench", "about": ""}, auto_id="wrong_%s"),
        "grounds": [
            "paper",
            "surface",
            "sunken",
            "brand",
            "brand-soft",
            "ok-soft",
            "warn-soft",
            "danger-soft",
            "info-soft",
            "crisis",
            "glow",
            "glow-soft",
        ],
        "seeds": [3, 50, 100, 151, 200, 252, 301, 12, 77],
        "now": now,
        "yesterday": now - timedelta(days=1),
        "last_week": now - timedelta(days=4),
        "body": body,
        "posts": [
            {
                "id": "p1",
                "name": "QuietMaple",
                "seed": 3,
                "relation": "Parent",
                "when": now - timedelta(days=4),
                "url": "#p1",
                "respond_url": "#p1",
                "responses": [
                    {"value": "thinking", "label": "Thinking of you", "count": 4, "mine": False},
                    {"value": "me_too", "label": "Me too", "count": 0, "mine": False},
                    {"value": "none", "label": "Thank you", "count": 8, "mine": True},
                ],
                "links": [
                    {"url": "#p1", "label": "Quote", "icon": "quote"},
                    {"url": "#p1", "label": "Report", "icon": "flag"},
                    {
                        "url": "#p1",
                        "label": "Keep for later",
                        "icon": "bookmark",
                        "name": "keep",
                        "value": "1",
                    },
                ],
            },
            {
                "id": "p2",
                "name": "HarborDesk",
                "seed": 252,
                "staff": True,
                "badge": "Moderator",
                "when": now - timedelta(days=1),
                "responded": [{"label": "Thank you", "count": 3}],
                "links": [{"url": "#p2", "label": "Report", "icon": "flag"}],
            },
            {
                "id": "p3",
                "name": "SlowRiver",
                "seed": 200,
                "relation": "Brother or sister",
                "when": now,
                "fold": "Mentions: overdose",
                "fold_show": "Show post",
                "state": "Waiting",
                "state_kind": "warn",
                "links": [{"url": "#p3", "label": "Report", "icon": "flag"}],
            },
        ],
        "care_items": ["they cannot be woken", "their breathing is slow, odd or has stopped"],
        "steps": [
            {"title": "Choose the moment", "text": "Not after an argument, and not when they have used."},
            {"title": "Start with something good", "text": "Small and true works best."},
            {"title": "Offer a hand, then stop", "text": ""},
        ],
        "say": [
            {"quote": "I felt calmer when you called.", "why": "It is about one thing, and it is good news."}
        ],
        "not_say": [{"quote": "You always shut me out.", "why": "“Always” invites a fight about the word."}],
        "options": [
            {
                "text": "Wake him and ask where he has been",
                "right": False,
                "reason": "Tired people argue more.",
            },
            {"text": "Wait for breakfast", "right": True, "reason": "You have both slept."},
        ],
        "facts": [
            {"name": "Written by", "value": "A person’s name"},
            {"name": "Reviewed by", "value": "Not yet reviewed by this site’s clinician"},
        ],
        "sources": [
            {
                "number": 1,
                "text": "Author, year. Title.",
                "url": "https://example.org/a-long-address/of-a-source",
            },
            {"number": 2, "text": "A second author. Handbook.", "url": ""},
        ],
        "helplines": [
            {
                "name": "A helpline",
                "text": "Day and night.",
                "call": "000",
                "call_label": "Call 000",
                "sms": "000",
                "sms_label": "Text 000",
            },
        ],
        "calls": [
            {"url": "tel:000", "label": "Call 000", "icon": "phone", "kind": "call"},
            {"url": "#", "label": "If it is not right now", "kind": "quiet", "arrow": True},
        ],
        "chips": [("All", "", True), ("First posts 3", "", False), ("Reports 1", "", False)],
    }
