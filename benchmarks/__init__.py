"""Benchmarks: each module with a `main` prints a ratio against a peer or a limit measured in the same run.

`make bench` runs them; the last line of each is JSON. Not here: tests (tests/), and what was concluded from the numbers
(docs/performance.md).
"""
