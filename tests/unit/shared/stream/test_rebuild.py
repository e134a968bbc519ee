from uuid import UUID

import pytest

from shared.stream.rebuild import covers
from shared.stream.watermark import Mark

SOURCE, OTHER = "urn:kinward:kz:registry", "urn:kinward:kz:placements"
OLD, NEW = UUID(int=1), UUID(int=2)


def at(sequence, epoch=OLD, stopped=None):
    return Mark(SOURCE, epoch, sequence, UUID(int=sequence), sequence, stopped)


@pytest.mark.parametrize(
    ("shadow", "live", "expected"),
    [
        (at(5), at(5), True),
        (at(6), at(5), True),
        (at(4), at(5), False),
        (Mark(SOURCE), at(5), False),
        (at(5), Mark(SOURCE), True),
        (at(9, NEW), at(5, OLD), False),
        (at(9, OLD), at(5, NEW), False),
        (at(2, NEW), at(5, OLD, "forked"), True),
        (at(2, OLD), at(5, OLD, "undecodable"), True),
    ],
)
def test_the_shadow_has_what_the_live_consumer_has(shadow, live, expected):
    assert covers({SOURCE: shadow}, {SOURCE: live}) is expected


def test_one_source_that_is_behind_holds_up_all():
    other = Mark(OTHER, OLD, 3, UUID(int=3), 3)
    assert not covers({SOURCE: at(5), OTHER: Mark(OTHER)}, {SOURCE: at(5), OTHER: other})
    assert covers({SOURCE: at(5), OTHER: other}, {SOURCE: at(5), OTHER: other})
