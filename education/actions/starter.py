"""The starter curriculum: what ships in education/starter/ becomes pages, once, and never over an edit."""

from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import transaction
from wagtail.models import Locale, Page, Site

from education.actions.house import set_up_house
from education.actions.manifest import MANIFEST, fill_page, key_of, languages_in, read_manifest, starter_page
from education.actions.publish import publish_starter
from education.models import (
    CoursePage,
    CrisisResource,
    GlossaryTerm,
    HomePage,
    LearnIndexPage,
    LessonPage,
    SiteFacts,
    Source,
)
from education.models.pages import LEARN_SLUG
from education.starter_format import (
    STARTER,
    StarterCourse,
    StarterLesson,
    load_courses,
    load_crisis_resources,
    load_glossary,
    load_sources,
)

LINE_FIELDS = (
    *("region", "name_en", "name_es", "what_en", "what_es"),
    *("phone", "sms", "sms_text", "tty", "chat_url", "hours", "source"),
)
SHORT_MINUTES = 5
COURSE_LOOKS = {"first-hours": ("phone", True), "treatment": ("steps", False)}

NO_SPANISH_YET = (
    "Por ahora las lecciones están en inglés. Estamos preparando las versiones en español; "
    "cada una la leerá primero una persona que habla español como lengua materna."
)
# The first words of each language's two pages; editors change them in the CMS.
WORDS: dict[str, dict[str, dict[str, str]]] = {
    "en": {
        "home": {
            "title": "Someone you love is in treatment. You matter here too.",
            "lead": "Short lessons and other families. Free, and you never give your real name.",
        },
        "learn": {
            "title": "Learn, a little at a time",
            "lead": "Short lessons. Start anywhere, skip anything. You do not need an account.",
        },
    },
    "es": {
        "home": {
            "title": "Alguien a quien usted quiere está en tratamiento. Usted también importa aquí.",
            "lead": "Lecciones breves y otras familias. Es gratis y nunca da su nombre verdadero.",
            "notice": NO_SPANISH_YET,
        },
        "learn": {
            "title": "Aprender, poco a poco",
            "lead": "Lecciones breves. Empiece por donde quiera. No necesita una cuenta.",
            "notice": NO_SPANISH_YET,
        },
    },
}


@dataclass
class Loaded:
    """What one run of the loader did; printed by the command."""

    made: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@transaction.atomic
def load_starter(*, folder: Path = STARTER) -> Loaded:
    """Make home, courses, lessons, sources, helplines, glossary and site facts, or leave what is there.

    A second run does nothing. A shipped text that changed renews a lesson nobody here has edited; an edited
    lesson, source, helpline or word is left alone. Raises `StarterError` for a broken file and
    `PermissionDenied` for a text that is not in the manifest; either way nothing is loaded.
    """
    set_up_house()
    done = Loaded()
    manifest = read_manifest(folder)
    _load_tables(folder, done)
    homes = {lang: _home(lang, done) for lang in ("en", "es")}
    for lang in languages_in(folder):
        learn = LearnIndexPage.objects.child_of(homes[lang]).get()
        for course in load_courses(folder, lang):
            _load_course(learn, course, manifest, done)
    _choose_start(homes["en"])
    return done


def _load_tables(folder: Path, done: Loaded) -> None:
    for row in load_sources(folder).values():
        fields = {name: getattr(row, name) for name in row.__dataclass_fields__ if name != "key"}
        _source, made = Source.objects.get_or_create(key=row.key, defaults=fields)
        _note(done, made, f"source {row.key}")
    for place, line in enumerate(load_crisis_resources(folder), start=1):
        _line, made = CrisisResource.objects.get_or_create(
            key=line.key,
            defaults={
                **{name: getattr(line, name) for name in LINE_FIELDS},
                "kinds": ", ".join(line.kinds),
                "languages": ", ".join(line.languages),
                "order": place * 10,
            },
        )
        _note(done, made, f"helpline {line.key}")
    for word in load_glossary(folder):
        source = Source.objects.get(key=word.source) if word.source else None
        english = GlossaryTerm.objects.filter(key=word.key, locale=_locale("en")).first()
        if english is None:
            english = GlossaryTerm.objects.create(
                key=word.key, locale=_locale("en"), term=word.term, meaning=word.meaning, source=source
            )
            GlossaryTerm.objects.create(
                key=word.key,
                locale=_locale("es"),
                translation_key=english.translation_key,
                term=word.term_es,
                meaning=word.meaning_es,
                source=source,
            )
            done.made.append(f"word {word.key}")
        else:
            done.left.append(f"word {word.key}")


def _note(done: Loaded, made: bool, what: str) -> None:
    (done.made if made else done.left).append(what)


def _locale(lang: str) -> Locale:
    return Locale.objects.get(language_code=lang)


def _home(lang: str, done: Loaded) -> HomePage:
    """The home page and the list of courses of one language; the site's root is the English home."""
    home = HomePage.objects.filter(locale=_locale(lang)).first()
    if home is None:
        home = _make_home(lang)
        done.made.append(f"home page {lang}")
    if not LearnIndexPage.objects.child_of(home).exists():
        _make_learn(home, lang)
        done.made.append(f"list of courses {lang}")
    if lang == "en":
        _set_site_root(home)
    return home


def _make_home(lang: str) -> HomePage:
    root = Page.get_first_root_node()
    home = HomePage(slug=f"hub-{lang}", locale=_locale(lang), **WORDS[lang]["home"])
    if lang != "en":
        home.translation_key = HomePage.objects.get(locale=_locale("en")).translation_key
    root.add_child(instance=home)
    home.save_revision().publish()
    return HomePage.objects.get(pk=home.pk)


def _make_learn(home: HomePage, lang: str) -> None:
    learn = LearnIndexPage(slug=LEARN_SLUG, locale=_locale(lang), **WORDS[lang]["learn"])
    if lang != "en":
        learn.translation_key = LearnIndexPage.objects.get(locale=_locale("en")).translation_key
    home.add_child(instance=learn)
    learn.save_revision().publish()


def _set_site_root(home: HomePage) -> None:
    site = Site.objects.filter(is_default_site=True).first() or Site(
        hostname="localhost", port=80, is_default_site=True
    )
    if site.root_page_id != home.pk:
        old = site.root_page if site.root_page_id else None
        site.root_page = home
        site.save()
        # The page Wagtail's own first migration makes; never one somebody wrote.
        if old is not None and old.specific_class is Page and not old.get_children().exists():
            old.delete()
    SiteFacts.objects.get_or_create(site=site)


def _load_course(
    learn: LearnIndexPage, course: StarterCourse, manifest: dict[str, str], done: Loaded
) -> None:
    page = CoursePage.objects.child_of(learn).filter(slug=course.slug).first()
    if page is None:
        icon, urgent = COURSE_LOOKS.get(course.slug, ("book", False))
        page = CoursePage(
            title=course.title,
            slug=course.slug,
            summary=course.summary,
            for_today=course.for_today,
            icon=icon,
            urgent=urgent,
            locale=learn.locale,
        )
        learn.add_child(instance=page)
        page.save_revision().publish()
        done.made.append(f"course {course.slug}")
    for lesson in course.lessons:
        _load_lesson(page, lesson, manifest.get(key_of(course.lang, course.slug, lesson.slug), ""), done)


def _load_lesson(course: CoursePage, lesson: StarterLesson, shipped: str, done: Loaded) -> None:
    page = LessonPage.objects.child_of(course).filter(slug=lesson.slug).first()
    what = f"lesson {course.slug}/{lesson.slug}"
    if page is None:
        page = starter_page(lesson, locale=course.locale)
        _refuse_unless_shipped(page, shipped, lesson.file)
        page.body.stream_block.clean(page.body)
        course.refresh_from_db()
        course.add_child(instance=page)
        done.made.append(what)
    elif _was_touched(page) or not page.live or page.fingerprint() == starter_page(lesson).fingerprint():
        done.left.append(what)
        return
    else:
        fill_page(page, lesson)
        _refuse_unless_shipped(page, shipped, lesson.file)
        page.body.stream_block.clean(page.body)
        page.full_clean()
        done.renewed.append(what)
    publish_starter(lesson=page, shipped=shipped)


def _was_touched(page: LessonPage) -> bool:
    """Whether a person has saved, reviewed or taken down the lesson: then it is theirs."""
    return page.revisions.filter(user__isnull=False).exists() or page.reviews.exclude(kind="starter").exists()


def _refuse_unless_shipped(page: LessonPage, shipped: str, file: str) -> None:
    if page.fingerprint() != shipped:
        raise PermissionDenied(
            f"{file}: this text is not the one in {MANIFEST}. "
            "If the change is meant, run load_starter --write-manifest."
        )


def _choose_start(home: HomePage) -> None:
    """The main button of the home page leads to the first short lesson, until an editor chooses another."""
    if home.start_lesson_id:
        return
    lessons = LessonPage.objects.descendant_of(home).readable().order_by("path")
    first = lessons.filter(minutes__lte=SHORT_MINUTES).first() or lessons.order_by("minutes", "path").first()
    if first:
        home.start_lesson = first
        home.save_revision().publish()
