"""What must add up, shown broken: each identity is seen to fail when a number is changed."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from services.reporting.indicators import age, definition, identities
from services.reporting.indicators.facts import Coverage, Figure, Finding
from services.reporting.indicators.movements import movements
from services.reporting.indicators.numbers import Numbers
from services.reporting.indicators.tally import Counts, Key, Series, Tally
from services.reporting.indicators.timeline import build
from tests.unit.reporting.indicators.given import child, count, lives, pack, stay, year

SINCE, MAY = date(2023, 1, 1), date(2024, 5, 10)
JOINED = pack(FAMILY_OR_ADOPTION="FAMILY ADOPT")
EVERYONE = Key("0-17", False, "_T", "_T", "_T")


def shipped() -> tuple[definition.Definition, ...]:
    with Path("countries/_base/indicators.csv").open(encoding="utf-8", newline="") as file:
        return definition.parse(csv.DictReader(file))


class Bent(Counts):
    """Counts of which one number is one too many."""

    def __init__(self, counts: Counts, series: Series, key: Key = EVERYONE) -> None:
        self._counts = counts
        self._bent = (series, key)

    def number(self, series: Series, key: Key) -> int:
        return self._counts.number(series, key) + ((series, key) == self._bent)

    def column(self, series: Series) -> tuple[Mapping[Key, int], Mapping[Key, int]]:
        numbers, children = self._counts.column(series)
        bent, key = self._bent
        return ({**numbers, key: numbers.get(key, 0) + 1} if series == bent else numbers), children

    def of(self, measure: str, level: str) -> tuple[Series, ...]:
        return self._counts.of(measure, level)


def counts() -> Counts:
    """A year in which every form is left and entered once, one exit by a joined code."""
    several = [
        [stay("HOME", SINCE, MAY, "FAMILY_OR_ADOPTION")],
        [stay("HOME", SINCE, MAY, "REUNIFIED")],
        [stay("HOME", SINCE, MAY, "TO_FAMILY")],
        [stay("FOSTER", SINCE, MAY, "MOVED"), stay("KIN", MAY)],
        [stay("KIN", SINCE, MAY, "MOVED"), stay("FAMILY_TYPE_HOME", MAY)],
        [stay("FAMILY_TYPE_HOME", SINCE, MAY, "MOVED"), stay("HOME", MAY)],
    ]
    tally = Tally(year())
    children, episodes = lives(*((child(), stays) for stays in several))
    for who in children:
        line = build(who, [one for one in episodes if one.child == who.child], JOINED)
        moves = movements(line, JOINED, year().start, year().end)
        tally.add(who, line, moves, age.band_birthdays(who.born_from or SINCE))
    return tally.rolled()


def check(counted: Counts, figures: tuple[Figure, ...] = ()) -> tuple[Finding, ...]:
    numbers = Numbers(counted, JOINED, Coverage(6, 9, 0, 6, 0, 0, 0, 0))
    return identities.check(shipped(), numbers, figures, ("A",), ("A",))


def bends() -> Iterator[tuple[str, Series]]:
    yield "TM 7.1 = 7.2 to 7.7", Series("exit", "RESIDENTIAL")
    yield "TM 7.1 = 7.2 to 7.7", Series("exit", "RESIDENTIAL", "ADOPT+FAMILY", "FAMILY_OR_ADOPTION")
    yield "TM 22.1 = 22.2 to 22.7", Series("exit", "ALL_FAMILY", "RESIDENTIAL")
    yield "TM 25.1 = 25.3 to 25.9", Series("exit", "FOSTER", "FAMILY")
    yield "TM 26.1 = 26.3 to 26.9", Series("exit", "KINSHIP", "DEATH")
    yield "TM 27.1 = 27.3 to 27.9", Series("exit", "OTHER_FAMILY", "RESIDENTIAL")
    yield "TM 22.1 = 25.1 + 26.1 + 27.1 - (25.4 + 26.4 + 27.4)", Series("exit", "KINSHIP")
    yield "entered family-based care = 19.1 + 20.1 + 21.1 - (25.4 + 26.4 + 27.4)", Series("entry", "FOSTER")
    yield "TM 12.1 + 13.1 + 14.1 = 100", Series("stock", "KINSHIP")
    yield "all formal care = residential + foster + kinship + other family-based", Series("stock", "ALL")
    yield "PT_CHLD_INRESIDENTIAL: parts + unknown = total", Series("stock", "RESIDENTIAL")
    for level in ("ALL", "RESIDENTIAL", "ALL_FAMILY", "FOSTER", "KINSHIP", "OTHER_FAMILY"):
        yield f"stock rolls forward: {level}", Series("closing", level)


def test_a_year_of_many_movements_keeps_every_identity() -> None:
    assert check(counts()) == ()


@pytest.mark.parametrize(("name", "series"), [*bends()])
def test_an_identity_that_does_not_hold_is_a_finding_that_blocks_the_period(name: str, series: Series) -> None:
    found = {finding.rule: finding for finding in check(Bent(counts(), series))}
    assert found[name].weight == "blocks"
    assert abs(int(found[name].facts["left"]) - int(found[name].facts["right"])) == 1


def test_more_children_with_a_disability_than_children_is_a_broken_identity() -> None:
    bent = Bent(counts(), Series("stock", "FOSTER"), EVERYONE._replace(disability=True))
    assert "PT_CHLD_DISAB_FOSTER is not above PT_CHLD_CARED_BY_FOSTER" in {one.rule for one in check(bent)}


def test_shares_that_do_not_sum_to_one_hundred_are_a_broken_identity() -> None:
    def share(code: str, value: str) -> Figure:
        return Figure(code, "_T", "_T", "_T", Decimal(value), "PCNT", "A")

    one = share("PT_CHLD_INRESIDENTIAL_PROP", "33.3333")
    assert check(counts(), (one, share("PT_CHLD_ALLFAMILY_PROP", "66.6667"))) == ()
    (finding,) = check(counts(), (one, share("PT_CHLD_ALLFAMILY_PROP", "66.6668")))
    assert (finding.rule, finding.weight) == ("TM 10 + TM 28 = 100", "blocks")


def test_a_result_with_a_broken_identity_may_not_close() -> None:
    result = count(shipped(), (child(), [stay("HOME", SINCE)]))
    assert result.may_close
    broken = Finding("TM 7.1 = 7.2 to 7.7", "blocks", "")
    assert not type(result)(result.figures, (*result.findings, broken), result.coverage).may_close
