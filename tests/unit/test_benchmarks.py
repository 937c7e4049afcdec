"""What `make bench` measures with, measures right. The measuring itself is not a test: it takes minutes."""

import os
import time

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from forum.models import Board
from tests.benchmarks import report
from tests.benchmarks.counting import ASK, QUERIES, WRITES, CountQueries
from tests.benchmarks.pages import hidden_fields, weigh
from tests.benchmarks.processes import seconds_of

PAGE = b"""<!doctype html><html><head>
<link rel="stylesheet" href="/static/a.css"><link rel="canonical" href="/elsewhere/">
<script src="../b.js"></script></head>
<body><img src="data:image/png;base64,AA=="><svg><use href="/static/i.svg#one"/></svg>
<svg><use href="/static/i.svg#two"/></svg>
<form><input type="hidden" name="key" value="5 &amp; 6"><input name="text"></form></body></html>"""


def test_elements_files_and_bytes_of_a_known_page():
    weight = weigh(PAGE, "/talk/t/x/", lambda url: url.encode() * 10)
    assert weight.elements == 14
    assert weight.files == ["/static/a.css", "/talk/t/b.js", "/static/i.svg"]
    assert weight.requests == 4
    assert weight.raw == len(PAGE)
    assert weight.gz < weight.raw
    assert weight.total > weight.gz


def test_a_form_sends_its_hidden_fields_and_no_others():
    assert hidden_fields(PAGE) == {"key": "5 & 6"}


@pytest.mark.django_db
def test_queries_and_writes_are_counted_when_asked_for():
    def page(request):
        list(Board.objects.all())
        Board.objects.update(position=1)
        return HttpResponse("here")

    answer = CountQueries(page)(RequestFactory().get("/", headers={ASK: "1"}))
    assert (answer[QUERIES], answer[WRITES]) == ("2", "1")
    assert QUERIES not in CountQueries(page)(RequestFactory().get("/"))


def test_the_processor_time_of_a_process_is_what_it_spent_and_not_what_it_waited():
    before = seconds_of(os.getpid())
    time.sleep(0.1)
    waited = seconds_of(os.getpid()) - before
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass
    assert waited < 0.08
    assert seconds_of(os.getpid()) - before == pytest.approx(0.1 + waited, abs=0.05)


def test_a_process_that_ended_spent_nothing():
    assert seconds_of(2**22 + 1) == 0


def row(**changes):
    limit = {"aim": 1.8, "most": 2.5, "queries": (4, 7), "raw": 18_000, "writes": 0}
    weight = {"raw": 9000, "gz": 2000, "total": 20_000, "requests": 4, "elements": 100}
    plain = {
        "name": "topic list",
        "who": "visitor",
        "times": 1.5,
        "milliseconds": 9.0,
        "queries": 4,
        "writes": 0,
    }
    return {**plain, "limit": limit, "weight": weight, **changes}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"times": 2.6}, "2.60 times the bare page, at most 2.5"),
        ({"queries": 5}, "5 queries, at most 4"),
        ({"writes": 1}, "reading it again wrote 1 times"),
        ({"weight": {**row()["weight"], "raw": 18_001}}, "18001 bytes of HTML, at most 18000"),
        ({"weight": {**row()["weight"], "requests": 9}}, "9 requests, at most 8"),
    ],
)
def test_each_limit_that_is_passed_is_said(changes, words):
    assert report.faults([row()]) == []
    assert report.faults([row(**changes)]) == [f"topic list, visitor: {words}"]


def test_growth_is_the_larger_site_beside_the_smaller():
    assert "| topic list | visitor | 1.50 | 1.80 | 1.20 |" in report.growth([row()], [row(times=1.8)])
