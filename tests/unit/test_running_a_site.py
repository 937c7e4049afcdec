"""What keeps a real site real: production needs its secrets, and invented people stay out of it."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.models import Notice, User
from forum.actions import record
from forum.actions.counting import recount
from forum.models import Board, BoardMember, Bookmark, Draft, Post, PostRevision, Quote, ReviewItem
from tests.unit.education.making import make_tree

SECRETS = {
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "hub.example",
    "DATABASE_URL": "sqlite:////tmp/never-opened.sqlite3",
    "EMAIL_URL": "smtp+tls://user:word@mail.example:587",
    "SEAL_KEYS": "c2VhbC1rZXktZm9yLWEtdGVzdC0wMDAwMDAwMDAwMDAwMDA=",
    "RECORD_KEYS": "cmVjb3JkLWtleS1mb3ItYS1rZXktMDAwMDAwMDAwMDA=",
    "SITE_URL": "https://hub.example",
}


def start_production(**environment: str) -> subprocess.CompletedProcess[str]:
    """Load the production settings in a process of their own, with this environment and nothing else."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from django.conf import settings; print(settings.DEMO_ALLOWED, settings.DEBUG)",
        ],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "family_hub.settings.production",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_site_with_all_its_secrets_starts_without_demo_people():
    started = start_production(**SECRETS)
    assert started.returncode == 0, started.stderr
    assert started.stdout.strip() == "False False"


@pytest.mark.parametrize("missing", list(SECRETS))
def test_a_site_does_not_start_without_a_secret_and_says_which(missing):
    started = start_production(**{name: value for name, value in SECRETS.items() if name != missing})
    assert started.returncode != 0
    said = started.stderr.strip().splitlines()[-1]
    assert said.endswith(f": {missing}")
    assert SECRETS["SECRET_KEY"] not in started.stderr


def test_an_operator_who_sets_nothing_reads_every_name_at_once():
    said = start_production().stderr
    assert all(name in said for name in SECRETS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "dev-only-not-a-secret"),
        ("SECRET_KEY", "too-short"),
        ("SEAL_KEYS", settings.SEAL_KEYS[0]),
        ("SEAL_KEYS", "ZGV2LW9ubHktc2VhbC1rZXktbm90LWEtc2VjcmV0LTAwMDAwMDAwMDAwMA=="),
        ("SEAL_KEYS", "abc-def"),
        ("RECORD_KEYS", "dev-only-record-key"),
    ],
)
def test_a_site_does_not_start_with_a_key_everyone_knows(name, value):
    refused = start_production(**{**SECRETS, name: value})
    assert refused.returncode != 0
    assert refused.stderr.strip().endswith(f": {name}")
    assert value not in refused.stderr


@override_settings(DEMO_ALLOWED=False)
def test_invented_people_never_come_to_a_real_site(db):
    with pytest.raises(CommandError):
        call_command("load_demo")
    assert not User.objects.exists()


def test_the_demo_story_is_loaded_once_and_holds_together(db, capsys):
    make_tree()
    call_command("load_demo")
    people, posts = User.objects.count(), Post.objects.count()
    call_command("load_demo")
    assert (User.objects.count(), Post.objects.count()) == (people, posts)
    assert "PorchRain" in capsys.readouterr().out
    assert recount() == []
    assert list(record.faults()) == []
    waiting = ReviewItem.objects.filter(status="open")
    assert set(waiting.values_list("severity", flat=True)) == {0, 1, 2, 3}
    assert waiting.filter(appeal__isnull=False).exists()
    for shown in (Quote, Draft, Bookmark, BoardMember, Notice.objects.filter(kind="welcome.waiting")):
        assert getattr(shown, "objects", shown).exists(), shown
    wordings = PostRevision.objects.filter(state="approved")
    assert wordings.exclude(asks_for=[]).exists()
    assert wordings.exclude(content_notes=[]).exists()


def test_starter_boards_are_opened_once_and_an_operators_change_stays(db):
    call_command("load_boards", verbosity=0)
    made = Board.objects.count()
    Board.objects.filter(slug="parents").update(name="Mothers and fathers")
    call_command("load_boards", verbosity=0)
    assert Board.objects.count() == made
    assert Board.objects.get(slug="parents").name == "Mothers and fathers"
