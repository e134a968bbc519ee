"""The two journeys' figures, in small lives of the published sizes: Kazakhstan 2011, Uzbekistan 2022 to 2024."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from services.reporting.indicators import definition, engine
from services.reporting.indicators.facts import ChildFact, EpisodeFact, Return
from tests.unit.reporting.indicators.given import cell, pack, totals, year


def shipped() -> tuple[definition.Definition, ...]:
    with Path("countries/_base/indicators.csv").open(encoding="utf-8", newline="") as file:
        return definition.parse(csv.DictReader(file))


def test_kazakhstan_2011_gives_the_published_stock_and_two_shares_that_sum_to_one_hundred() -> None:
    sizes = {("OPEKA", "AUNT"): 20_000, ("OPEKA", "NEIGHBOUR"): 2_067, ("FOSTER", None): 2_267, ("HOME", None): 14_052}
    forms = [form for form, size in sizes.items() for _ in range(size)]
    born, since = date(2002, 5, 5), date(2009, 1, 1)
    children = [ChildFact(UUID(int=n), "FM"[n % 2], born, born) for n in range(len(forms))]  # type: ignore[arg-type]
    episodes = [
        EpisodeFact(UUID(int=n), UUID(int=n), form, carer, ("KZ-19", "KZ-75")[n % 2], since)
        for n, (form, carer) in enumerate(forms)
    ]
    conditions = Return(
        "2011",
        date(2011, 1, 1),
        date(2012, 1, 1),
        date(2011, 10, 31),
        obs_status="D",
        areas={"KZ-19": None, "KZ-75": None},
    )
    result = engine.evaluate(shipped(), children, episodes, pack(), conditions)
    found = totals(result)
    assert found["PT_CHLD_CARED_BY_FOSTER"] == 2_267
    assert found["PT_CHLD_INRESIDENTIAL"] == 14_052
    assert found["PT_CHLD_CARED_GUARDIAN"] == 22_067
    assert found["KW_CHLD_INCARE"] == 38_386
    assert (found["PT_CHLD_INKINSHIP"], found["PT_CHLD_INOTHER_FAMILY"]) == (20_000, 2_067)
    shares = [cell(result, code).value for code in ("PT_CHLD_INRESIDENTIAL_PROP", "PT_CHLD_ALLFAMILY_PROP")]
    assert shares == [Decimal("36.6071"), Decimal("63.3929")]
    assert (cell(result, "PT_CHLD_INFORMALCARE_RATE").value, cell(result, "PT_CHLD_INFORMALCARE_RATE").status) == (
        None,
        "O",
    )
    assert cell(result, "KW_CHLD_INCARE", area="KZ-19").value == 19_193
    assert result.may_close


def leavers() -> Iterator[tuple[int, str, bool]]:
    """Number, national destination, and whether the 18th birthday is before the day of leaving."""
    yield 694, "REUNIFIED", False
    yield 516, "ADOPTION_GUARDIANSHIP_PATRONAGE", False
    yield 753, "FAMILY_HOME", False
    yield 211, "EDUCATION", False
    yield 118, "INDEPENDENT", True
    yield 156, "MOVED", False


def test_uzbekistan_2022_to_2024_adds_up_with_national_codes_in_place_of_what_cannot_be_told_apart() -> None:
    classification = pack(ADOPTION_GUARDIANSHIP_PATRONAGE="FAMILY ADOPT", FAMILY_HOME="FAMILY")
    children, episodes = [], []
    for size, destination, of_age in leavers():
        for _ in range(size):
            number = len(children)
            left = date(2022 + number % 3, 9, 1)
            born = date(left.year - (18 if of_age else 12), 3, 3)
            who = ChildFact(UUID(int=number), "F", born, born)
            children.append(who)
            place = EpisodeFact(
                UUID(int=number), who.child, "HOME", None, "UZ-TK", date(2021, 1, 1), left, None, destination
            )
            episodes.append(place)
            if destination in ("MOVED", "FAMILY_HOME"):
                form = "HOME" if destination == "MOVED" else "FAMILY_TYPE_HOME"
                episodes.append(EpisodeFact(UUID(int=10_000 + number), who.child, form, None, "UZ-TK", left))
    years = [engine.evaluate(shipped(), children, episodes, classification, year(one)) for one in (2022, 2023, 2024)]

    def over_three_years(code: str) -> int:
        return sum(int(totals(one).get(code) or 0) for one in years)  # type: ignore[call-overload]

    assert over_three_years("PT_CHLD_LEFT_RESIDENTIAL") == 694 + 516 + 753 + 211 == 2_174
    assert over_three_years("PT_YOUNG_LEFT_RESIDENTIAL") == 118
    assert over_three_years("KW_CHLD_LEFT_RESIDENTIAL_ALLAGES") == 2_292
    assert over_three_years("KW_CHLD_MOVED_RESIDENTIAL") == 156
    assert over_three_years("PT_CHLD_LEFT_RESIDENTIAL_REUNION") == 694
    assert over_three_years("PT_CHLD_LEFT_RESIDENTIAL_OTHER") == 211
    assert over_three_years("KW_CHLD_LEFT_RESIDENTIAL__FAMILY_HOME") == 753
    assert over_three_years("KW_CHLD_LEFT_RESIDENTIAL__ADOPTION_GUARDIANSHIP_PATRONAGE") == 516
    for result in years:
        for code in ("PT_CHLD_LEFT_RESIDENTIAL_FAMILY", "PT_CHLD_LEFT_RESIDENTIAL_ADOPT"):
            assert (cell(result, code).value, cell(result, code).status) == (None, "O")
        assert result.may_close
