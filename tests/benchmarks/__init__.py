"""`make bench`: what our pages cost, as multiples of a page with one query (docs/benchmarks.md).

Not part of `make test`. `tests/unit/test_benchmarks.py` checks that what measures, measures right.
"""
