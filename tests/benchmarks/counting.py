"""How many statements a request sent to the database. Only in the settings that measure."""

import re
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

#: Ask with this header, and be answered in the two below; without it nothing is counted, and nothing costs.
ASK, QUERIES, WRITES = "X-Count-Queries", "X-Queries", "X-Writes"

BOOKKEEPING = re.compile(r"\s*(SAVEPOINT|RELEASE|BEGIN|COMMIT|ROLLBACK|PRAGMA)", re.IGNORECASE)
CHANGES = re.compile(r"\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)


class Count:
    """Counts statements, bookkeeping of transactions left out."""

    def __init__(self) -> None:
        self.queries = self.writes = 0

    def __call__(self, execute, sql, params, many, context):
        if not BOOKKEEPING.match(sql):
            self.queries += 1
            self.writes += bool(CHANGES.match(sql))
        return execute(sql, params, many, context)


class CountQueries:
    """Answers how many statements a page took, when asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if ASK not in request.headers:
            return self.get_response(request)
        count = Count()
        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response[QUERIES], response[WRITES] = count.queries, count.writes
        return response
