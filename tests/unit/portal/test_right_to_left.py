"""A page from right to left: words in Latin letters and numbers beside them keep their order, each apart."""

import pytest

FROM, TO = "\u2068", "\u2069"
TEMPLATE = '{{ "KZ-75"|area }}, {{ "2026-11-23"|day }}'


def test_an_area_before_a_day_does_not_take_the_days_number_to_itself(saying):
    text, _words = saying("ur", TEMPLATE)
    area, day = text.split(", ")
    for part in (area, day):
        assert part.startswith(FROM)
        assert part.endswith(TO)
    assert "23" in day


@pytest.mark.parametrize("language", ["en", "ru"])
def test_pages_from_left_to_right_are_as_they_were(saying, language):
    text, _words = saying(language, TEMPLATE)
    assert FROM not in text


def test_nothing_is_set_apart_from_nothing(saying):
    text, _words = saying("ur", '{{ None|day }}{{ None|area }}{{ None|term("sex") }}')
    assert text == ""
