"""Notes on periods."""

from datetime import UTC, datetime

import pytest

from services.reporting import domain
from shared.errors import Invalid

AT = datetime(2025, 2, 1, tzinfo=UTC)


def test_a_note_is_one_line_of_plain_text() -> None:
    note = domain.PeriodNote.written("2024", "  Two homes\n keep\tpaper. ", by="anna", at=AT)
    assert note.text == "Two homes keep paper."


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001])
def test_a_note_is_neither_empty_nor_longer_than_a_footnote(text: str) -> None:
    with pytest.raises(Invalid):
        domain.PeriodNote.written("2024", text, by="anna", at=AT)


def test_a_note_is_on_a_period() -> None:
    with pytest.raises(Invalid):
        domain.PeriodNote.written("someday", "Text.", by="anna", at=AT)
