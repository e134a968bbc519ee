"""Identifiers for machines and references for people."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from shared.errors import Invalid
from shared.ids import ALPHABET, check_character, first_at, made_at, new_id, read_reference, short_reference


def test_a_new_id_is_a_uuid7_of_the_standard_library():
    made = new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert type(made).__module__ == "uuid"


def test_ids_sort_in_the_order_of_their_making():
    made = [new_id() for _ in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_the_check_character_is_that_of_iso_7064_mod_37_36():
    """The example of the GRid standard (IFPI), which uses the same scheme."""
    assert check_character("A12425GABC1234002") == "M"


def test_when_an_id_was_made_is_read_from_it():
    moment = datetime(2026, 3, 6, 12, 30, 1, 250_000, tzinfo=UTC)
    assert made_at(first_at(moment)) == moment
    assert made_at(uuid4()) is None, "another form says nothing of its time"


def test_a_short_reference_is_read_back_as_people_type_it():
    written = short_reference("CH", 1234)
    assert written[:-1] == "CH-0001234-"
    for typed in (written, written.lower(), written.replace("-", " "), f"  {written}\n"):
        assert read_reference(typed) == ("CH", 1234)
    assert read_reference(short_reference("CH", 123456789)) == ("CH", 123456789)


def test_every_single_wrong_character_is_found():
    written = short_reference("CH", 9876543)
    for place, right in enumerate(written):
        if right != "-":
            for wrong in set(ALPHABET) - {right}:
                with pytest.raises(Invalid):
                    read_reference(written[:place] + wrong + written[place + 1 :])


def test_swapped_neighbours_are_found():
    written = short_reference("CH", 1234567)
    for place in range(3, 9):
        swapped = written[:place] + written[place + 1] + written[place] + written[place + 2 :]
        with pytest.raises(Invalid) as refused:
            read_reference(swapped)
        assert refused.value.rule == "reference-check"


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "CH",
            "CH-1234567",
            "CH-123-K",
            "CH-0001234-KK",
            "1-0001234-K",
            "CH-00012E4-K",
            "CH-0001234-",
            "CH--0001234-K",
        ),
        "СН-0001234-K",  # Cyrillic letters that look like C and H
        "CH-٠٠٠١٢٣٤-K",  # digits, but Arabic ones
        "CH-000123²-K",
    ],
)
def test_what_has_not_the_form_of_a_reference_is_refused_by_that_rule(typed):
    with pytest.raises(Invalid) as refused:
        read_reference(typed)
    assert (refused.value.field, refused.value.rule) == ("reference", "reference-form")
