"""How figures read."""

from decimal import Decimal
from pathlib import Path

import pytest

from services.reporting.indicators import definition
from services.reporting.pages import wording
from shared import countries
from tests.unit.reporting.federation.given import cell

NAMES = {
    "PT_CHLD_CARED_BY_FOSTER": "In formal foster care",
    "PT_CHLD_LEFT_RESIDENTIAL": "Left formal residential care",
    "PT_CHLD_LEFT_RESIDENTIAL_REUNION": "Family reunification",
    "PT_YOUNG_LEFT_RESIDENTIAL": "Young people aged 18 to 24 who left formal residential care",
    "PT_CHLD_DISAB_INRESIDENTIAL": "Children with disabilities aged 0 to 17 in formal residential care",
    "PT_CHLD_CARED_GUARDIAN": "Cared for by guardians",
    "KW_CHLD_INCARE": "In formal alternative care",
    "KW_CHLD_LEFT_RESIDENTIAL_ALLAGES": "Children and young people of any age who left formal residential care",
    "PT_CHLD_ALLFAMILY_PROP": "In formal family-based care, of all in formal alternative care",
}


@pytest.mark.parametrize("code", NAMES)
def test_an_indicator_reads_in_a_few_words(code: str) -> None:
    definitions = definition.parse(countries.load("_base", Path("countries")).indicators)
    (one,) = (each for each in definitions if each.code == code)
    assert wording.name(one) == NAMES[code]


def test_numbers_read_with_thousands_and_shares_with_one_decimal() -> None:
    assert wording.number(cell(value=38386)) == "38,386"
    assert wording.number(cell(value=Decimal("36.6500"), unit_measure="PCNT")) == "36.7 %"
    assert wording.number(cell(value=None, obs_status="O")) == "–"


def test_what_most_figures_say_is_said_once_and_the_rest_where_it_belongs() -> None:
    notes = wording.Notes()
    usual, odd = cell(obs_footnote="Invented."), cell(obs_footnote="Joined abroad. Invented.")
    common = notes.common([usual, usual, odd])
    assert notes.number(common) == 1
    assert (notes.own(usual, common), notes.own(odd, common), notes.own(odd, common)) == (None, 2, 2)
    assert notes.texts == ["Invented.", "Joined abroad."]


def test_each_note_of_a_list_is_said_once() -> None:
    texts = ["Invented.", "Joined. Invented.", "Invented.", ""]
    assert wording.distinct_notes(cell(obs_footnote=text) for text in texts) == ["Invented.", "Joined."]


def test_a_national_destination_reads_by_its_label_or_its_code() -> None:
    assert wording.national_name("KW_LEFT__EDUCATION", {"EDUCATION": "Went on to education"}) == "Went on to education"
    assert wording.national_name("KW_LEFT__FAMILY_TYPE_HOME", {}) == "Family type home"
    assert wording.national_name("KW_LEFT", {}) is None
