"""What members write comes out readable, whole and harmless."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safety import clean
from safety.clean import TextRefused, clean_rich_text, has_link, lesson_html, plain_text, tidy, to_safe_html
from tests.unit.safety.hostile import HOSTILE

REL = "nofollow ugc noopener noreferrer"
TAGS = set("p br strong em s ul ol li blockquote a code pre h3 h4".split())
ATTRIBUTES = {"a": {"href", "title", "rel"}, "ol": {"start"}, "li": {"value"}}


class Inventory(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.other: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)

    def unknown_decl(self, data: str) -> None:
        self.other.append(data)


def assert_harmless(html: str) -> None:
    found = Inventory(html)
    assert not found.other
    for tag, attributes in found.elements:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES.get(tag, set())
        for name in ("start", "value"):
            assert (attributes.get(name) or "0").isdigit()
        if tag == "a":
            address = attributes["href"] or ""
            own = address.startswith("/") and address[1:2] not in ("/", "\\")
            assert own or address.lower().startswith(("http://", "https://", "mailto:"))
            assert not any(char.isspace() or char == "\\" for char in address)
            assert own or "noopener noreferrer" in (attributes["rel"] or "")


@pytest.mark.parametrize("attack", HOSTILE)
def test_hostile_text_comes_out_harmless_in_a_post(attack: str) -> None:
    for source in (
        attack,
        f"words {attack} words",
        f"> {attack}",
        f"- {attack}",
        f"[{attack}](/x)",
        f"`{attack}`",
    ):
        try:
            html = to_safe_html(source)
        except TextRefused:
            html = ""
        assert_harmless(html)


@pytest.mark.parametrize("attack", HOSTILE)
def test_hostile_html_comes_out_harmless_in_a_lesson(attack: str) -> None:
    for source in (attack, f"<p>{attack}</p>", f'<a href="/x">{attack}</a>', f"<ul><li>{attack}"):
        html = clean_rich_text(source)
        assert_harmless(html)
        assert clean_rich_text(html) == html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("He *said* **yes**", "<p>He <em>said</em> <strong>yes</strong></p>\n"),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("# Our week", "<h3>Our week</h3>\n"),
        ("### Monday", "<h4>Monday</h4>\n"),
        ("Thanks\n--\nAna", "<p>Thanks<br>\n--<br>\nAna</p>\n"),
        ("before\n\n* * *\n\nafter", "<p>before</p>\n<p>***</p>\n<p>after</p>\n"),
        ("[note]: he came home", "<p>[note]: he came home</p>\n"),
        ("    four spaces in", "<p>four spaces in</p>\n"),
        ("a\n\n    four spaces in", "<p>a</p>\n<p>four spaces in</p>\n"),
        ("``` python words\ncode\n```", "<pre><code>python words\ncode\n</code></pre>\n"),
        (
            "2019. He used\n2021. Rehab",
            '<ol start="2019">\n<li>He used</li>\n<li value="2021">Rehab</li>\n</ol>\n',
        ),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "<p>| a | b |<br>\n|---|---|<br>\n| 1 | 2 |</p>\n"),
        ("<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>\n"),
        ("5 < 6 & 7 > 6", "<p>5 &lt; 6 &amp; 7 &gt; 6</p>\n"),
        ("[lesson](/learn/a/b/)", '<p><a href="/learn/a/b/">lesson</a></p>\n'),
    ],
)
def test_ordinary_writing_looks_as_it_was_meant(source: str, html: str) -> None:
    assert to_safe_html(source) == html


@pytest.mark.parametrize(
    ("source", "address", "words"),
    [
        ("[a page](https://example.org/a)", "https://example.org/a", "a page"),
        ("see https://example.org/a_b_c.", "https://example.org/a_b_c", "https://example.org/a_b_c"),
        ("<https://example.org>", "https://example.org", "https://example.org"),
        ("![a cat](https://example.org/c.png)", "https://example.org/c.png", "a cat"),
        ("![](https://example.org/c.png)", "https://example.org/c.png", "https://example.org/c.png"),
        ("[](https://example.org/empty)", "https://example.org/empty", "https://example.org/empty"),
        ("[write](mailto:help@example.org)", "mailto:help@example.org", "write"),
    ],
)
def test_a_link_that_leads_away_says_so_to_browsers_and_shows_something(
    source: str, address: str, words: str
) -> None:
    html = to_safe_html(source)
    assert f'<a href="{address}" rel="{REL}">{words}</a>' in html
    assert "<img" not in html
    assert has_link(html)


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%5Cevil.example",
        "///evil.example",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "&#106;avascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "ftp://example.org",
        "tel:+1555",
        "blob:https://a/b",
        "about:blank",
        "#top",
        "page",
        "?q=1",
        "http:evil",
        "http:///evil.example",
        "https://",
        "https://bank.example@evil.example/",
        "http://[::1",
        "view-source:https://a",
        "",
        " ",
        "http://a\\b",
    ],
)
def test_an_address_that_is_not_plainly_a_web_page_a_mail_address_or_ours_is_no_link(address: str) -> None:
    assert not clean.allowed_link(address)
    assert "href" not in clean_rich_text(f'<a href="{address}">words</a>')
    assert "words" in plain_text(to_safe_html(f"[words]({address})"))
    assert_harmless(to_safe_html(f"[words]({address})"))


def test_a_link_to_our_own_pages_is_not_a_link_that_leads_away() -> None:
    assert not has_link(to_safe_html("[help](/help/now/)"))
    assert has_link(to_safe_html("look at www.example.org"))


@pytest.mark.parametrize(
    "source",
    ["", " \n\t", "\x00", "\u200b\u2060\ufeff", "&#8203;", "> ", "- ", "#", "\u3164", "\u2800", "&nbsp;"],
)
def test_text_that_shows_nothing_is_refused(source: str) -> None:
    with pytest.raises(TextRefused) as refusal:
        to_safe_html(source)
    assert refusal.value.code == "empty"
    assert str(refusal.value.message)


def test_ten_thousand_characters_are_welcome_and_one_more_is_refused() -> None:
    assert to_safe_html("ab " * 3333 + "x").count("ab") == 3333
    with pytest.raises(TextRefused) as refusal:
        to_safe_html("x" * 10_001)
    assert refusal.value.code == "too_long"


def test_windows_line_ends_do_not_make_a_text_longer() -> None:
    assert "y" in to_safe_html("x\r\n" * 4000 + "y")


def test_three_quotes_deep_is_shown_and_four_is_refused() -> None:
    assert to_safe_html("> > > deep").count("<blockquote>") == 3
    for source in ("> > > > deep", "> a\n>> b\n>>> c\n>>>> d", "- > > > > in a list", ">" * 9_000 + "x"):
        with pytest.raises(TextRefused) as refusal:
            to_safe_html(source)
        assert refusal.value.code in ("quotes_too_deep", "too_deep")


def test_lists_too_deep_to_show_are_refused_and_never_cut() -> None:
    def nested(depth: int) -> str:
        return "\n".join("  " * level + f"- word{level}" for level in range(depth))

    assert "word8" in to_safe_html(nested(9))
    for depth in (12, 40, 90):
        with pytest.raises(TextRefused) as refusal:
            to_safe_html(nested(depth))
        assert refusal.value.code == "too_deep"


@pytest.mark.parametrize(
    "unit",
    list("[]>*_`~-+#!(&<|\\=")
    + [
        "[]",
        "![",
        "[](",
        "*_",
        "a*",
        "_a",
        "1. ",
        "- ",
        "> - ",
        "``",
        "<a ",
        "&#",
        "http://",
        "[a](",
        "\n- ",
        "\n>",
        "e\u0301",
    ],
)
def test_a_long_run_of_marks_is_answered_quickly(unit: str) -> None:
    for source in (unit * (10_000 // len(unit)), f"word {unit} " * (10_000 // (len(unit) + 6))):
        started = time.perf_counter()
        try:
            html = to_safe_html(source)
        except TextRefused:
            html = ""
        assert time.perf_counter() - started < 4
        assert_harmless(html)


def test_a_megabyte_is_refused_at_once() -> None:
    started = time.perf_counter()
    with pytest.raises(TextRefused):
        to_safe_html("[" * 1_000_000)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("a\x00b\x07c", "abc"),
        ("a\ud800b", "ab"),
        ("a\u202eb\u2066c\u2069", "abc"),
        ("d\u200bi\u2060e\ufeff", "die"),
        ("e\u0301", "é"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("  a\t b \n", "a\t b"),
        ("so\u00adber", "sober"),
        ("a\u200db", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("❤\ufe0f\u200d🩹", "❤\ufe0f\u200d🩹"),
        ("👍🏽", "👍🏽"),
        ("👩🏽\u200d🚒", "👩🏽\u200d🚒"),
        (
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
        ("a\U000e0068\U000e0069b", "ab"),
    ],
)
def test_what_hides_or_reorders_text_goes_and_what_people_can_see_stays(raw: str, kept: str) -> None:
    assert tidy(raw) == kept
    assert tidy(tidy(raw)) == tidy(raw)


def test_hidden_characters_written_as_entities_go_too() -> None:
    html = to_safe_html("safe &#x202e;evil &#8203;x")
    assert html == "<p>safe evil x</p>\n"
    assert "href" not in clean_rich_text('<a href="java&#x200b;script:alert(1)">x</a>')


def test_a_lesson_keeps_its_headings_lists_links_and_source_marks() -> None:
    html = lesson_html("### Signs\n\nIt helps.[^nida-2020] See [this](https://example.org).\n\n- one\n- two")
    assert html == (
        "<h3>Signs</h3>\n<p>It helps.[^nida-2020] See "
        '<a href="https://example.org" rel="noopener noreferrer">this</a>.</p>\n'
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
    )
    assert clean_rich_text(html) == html


def test_plain_text_keeps_every_word_and_its_lines() -> None:
    assert (
        plain_text(to_safe_html("# Hi\n\n*a* &amp; b\n\n- one\n- two\n\n> said <x>"))
        == "Hi\na & b\none\ntwo\nsaid <x>"
    )


def test_texts_that_read_the_same_compare_the_same() -> None:
    assert clean.text_norm("  Él\u200b ESTÁ  ﬁne ") == clean.text_norm("el esta fine")
    assert clean.text_norm("क्या") == clean.text_norm(" क्या ")


MARKUP = st.sampled_from(
    list("[]()<>*_`~#!-+=|\\&;:/\"'.\n\t ")
    + [
        "  ",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "```",
        "![",
        "](",
        "http://a.b/",
        "&#x202e;",
        "</p>",
        "<a href=",
        "<svg",
        "<!--",
        "\u200b",
        "\u202e",
        "\x00",
        "    ",
        "[x]: ",
        "---\n",
        "&lt;",
    ]
)
WORDS = st.sampled_from(["alfa", "bravo", "charlie", "delta"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(MARKUP, WORDS, st.text(max_size=4)), max_size=40).map("".join))
def test_cleaning_twice_changes_nothing(source: str) -> None:
    assert tidy(tidy(source)) == tidy(source)
    rich = clean_rich_text(source)
    assert clean_rich_text(rich) == rich
    assert_harmless(rich)
    try:
        html = to_safe_html(source)
    except TextRefused:
        return
    assert_harmless(html)
    assert clean._clean(html, clean._POST) == html


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.sampled_from(list("[]>*_`~#!-+=|\n\n \t.1")), WORDS), max_size=40))
def test_no_word_is_ever_lost(parts: list[str]) -> None:
    try:
        shown = plain_text(to_safe_html("".join(parts)))
    except TextRefused as refusal:
        shown = "" if refusal.code == "empty" else "".join(parts)
    for word in ("alfa", "bravo", "charlie", "delta"):
        assert shown.count(word) == parts.count(word)
