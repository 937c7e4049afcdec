"""Load an invented cast and a short story, made by the site's own actions; refuses on a real site.

Everything here is made up: handles, posts, reports. Running it again changes nothing.
"""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.crypto import get_random_string

from accounts.actions import complete_joining, grant_role, make_first_operator
from accounts.models import User
from accounts.states import Role
from family_hub.demo_talk import Talkers, tell_of_talk
from family_hub.demo_team import Cast, tell_of_the_team, write_reply, write_topic
from forum import actions
from forum.actions.opening import open_starter_boards
from forum.actions.trusting import grant_trust
from forum.models import Member, Post, ReviewItem
from forum.states import Decision, ReportCategory, Trust

PASSPHRASE = "demo river lantern"  # noqa: S105 (invented people only)

#: handle -> roles, and what the printed list says of the person
CAST: dict[str, tuple[tuple[Role, ...], str]] = {
    "KeyRing": ((Role.OPERATOR,), "operator: gives roles at /team/"),
    "HarborDesk": ((Role.MODERATOR,), "moderator: reads what waits at /queue/"),
    "TideWatcher": ((Role.MODERATOR, Role.SAFETY_LEAD), "second moderator and safety lead"),
    "InkWell": ((Role.AUTHOR,), "author: writes lessons at /cms/"),
    "CedarPath": ((Role.CLINICAL_REVIEWER,), "clinical reviewer: signs lessons at /cms/"),
    "QuietMaple": ((), "member, known: replies go live"),
    "LanternRow": ((), "member, known"),
    "PorchRain": ((), "member, new: posts wait for a person, and have every kind of answer"),
    "StillHarbor": ((Role.ON_CALL_CLINICIAN,), "clinician on call: answers what the team hands on"),
    "WillowGate": ((), "member, new"),
    "MorningTea": ((Role.WELCOMER,), "welcomer: answers first posts at /talk/unanswered/"),
}
#: Who came with the second and the third part; a site loaded before gets those parts alone.
LATER = ("StillHarbor", "WillowGate")
LAST = ("MorningTea",)
KNOWN = ("QuietMaple", "LanternRow")


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "DEMO_ALLOWED", False):
            raise CommandError("Demo people are never loaded on a real site.")
        if not User.objects.filter(username="PorchRain").exists():
            with transaction.atomic():
                open_starter_boards()
                people = self._join([handle for handle in CAST if handle not in (*LATER, *LAST)])
                self._tell_the_story(people)
        if not User.objects.filter(username="WillowGate").exists():
            with transaction.atomic():
                self._join(LATER)
                everyone = {one.handle: one for one in Member.objects.select_related("user")}
                tell_of_the_team(
                    Cast(
                        maple=everyone["QuietMaple"],
                        lantern=everyone["LanternRow"],
                        rain=everyone["PorchRain"],
                        willow=everyone["WillowGate"],
                        harbor=everyone["HarborDesk"],
                        tide=everyone["TideWatcher"],
                    )
                )
        if not User.objects.filter(username="MorningTea").exists():
            with transaction.atomic():
                open_starter_boards()  # a site loaded before has no boards by stage
                self._join(LAST)
                everyone = {one.handle: one for one in Member.objects.select_related("user")}
                tell_of_talk(
                    Talkers(
                        maple=everyone["QuietMaple"],
                        lantern=everyone["LanternRow"],
                        rain=everyone["PorchRain"],
                        tea=everyone["MorningTea"],
                        tide=everyone["TideWatcher"],
                    )
                )
        self._print_sign_ins()

    def _join(self, handles: Collection[str]) -> dict[str, Member]:
        people: dict[str, Member] = {}
        users: dict[str, User] = {}
        for number, handle in enumerate(CAST):
            if handle not in handles:
                continue
            user = User.objects.create_user(username=handle, password=PASSPHRASE)
            complete_joining(person=user, language="en", seed=(number * 7919 + 11) % 2**31)
            users[handle] = user
            people[handle] = Member.objects.for_user(user)
        operator = users.get("KeyRing") or User.objects.get(username="KeyRing")
        if "KeyRing" in users:
            make_first_operator(person=operator)
        for handle in people:
            for role in CAST[handle][0]:
                if role != Role.OPERATOR:
                    grant_role(to=users[handle], role=role, by=operator)
        for handle in KNOWN:
            if handle in people:
                grant_trust(by=people["HarborDesk"], member=people[handle], trust=Trust.KNOWN)
        return people

    def _tell_the_story(self, people: dict[str, Member]) -> None:
        maple, lantern, harbor = people["QuietMaple"], people["LanternRow"], people["HarborDesk"]
        rain = people["PorchRain"]
        first = write_topic(
            maple,
            "parents",
            "First week home and he barely speaks",
            "He came home from the day program on Monday. He eats, he goes to his groups, he says “fine”. "
            "That is all I get. Last time it went this quiet he was using again and I did not see it.\n\n"
            "I do not want to search his room. I also do not want to pretend. "
            "How did you live through the first weeks?",
        )
        write_reply(
            lantern,
            first,
            "> I do not want to search his room. I also do not want to pretend.\n\n"
            "We had the same two bad choices for a month. What helped was a third one: a drive on Saturdays, "
            "radio on, no questions. In week three he started talking at a red light.\n\n"
            "It is not a promise. It was only easier than the hallway.",
        )
        write_reply(
            harbor,
            first,
            "Welcome, QuietMaple. Being quiet in the first weeks is common, and many people are tired. "
            "It can also be a sign to look closer.\n\n"
            "Press Report on any post if you are worried about someone.",
        )
        grown = write_topic(
            lantern,
            "just-for-you",
            "What do you do with a free evening?",
            "Family group was cancelled and I sat in the car not knowing where to go. What do you do "
            "with time that is only yours?",
        )
        write_reply(maple, grown, "I walk to the bakery and back. It is small. It is mine.")
        held = write_topic(
            rain,
            "welcome",
            "Hello from a porch",
            "My wife started an evening program two weeks ago. I read here every night and do not know "
            "what to write yet.\n\nThank you for being here.",
        )
        waiting = Post.objects.get(topic=held, state="held")
        item = ReviewItem.objects.get(post=waiting, status="open")
        actions.decide(
            by=harbor,
            item=item,
            version=item.version,
            revision_id=waiting.latest_revision_id or 0,
            decision=Decision.APPROVE,
            idempotency_key=get_random_string(32),
        )
        rain.refresh_from_db()
        write_reply(
            rain, first, "We had a silent first month too. What helped was the family evening at the program."
        )
        loud = write_reply(maple, grown, "Some people only want to be pitied and never change.")
        actions.report_post(by=lantern, post=loud, category=ReportCategory.UNKIND, note="This hurt to read.")

    def _print_sign_ins(self) -> None:
        self.stdout.write(f"\nDemo sign-ins (invented people). Passphrase for all: {PASSPHRASE}")
        for handle, (_roles, words) in CAST.items():
            self.stdout.write(f"  {handle:<12} {words}")
