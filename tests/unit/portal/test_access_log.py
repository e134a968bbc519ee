"""The access log: what one page read in one minute stands there once, and nothing else is put together."""

from services.portal.pages.access import together_read

FIRST = {"at": "2026-11-22T10:00:01+00:00", "actor": "ann", "action": "registry.child.read", "outcome": "done",
         "what": "read", "glass": None}  # fmt: skip


def test_the_same_in_one_minute_is_counted_and_anything_else_stands_alone():
    others = [
        FIRST | {"at": "2026-11-22T10:00:59+00:00"},
        FIRST | {"at": "2026-11-22T10:01:00+00:00"},
        FIRST | {"actor": "bek"},
        FIRST | {"outcome": "denied"},
        FIRST | {"glass": "0192f0c1-2b3c-7d4e-8f50-000000000001"},
    ]
    assert [count for _each, count in together_read([FIRST, *others])] == [2, 1, 1, 1, 1]
