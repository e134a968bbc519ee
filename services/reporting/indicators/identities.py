"""What must add up before a period can close, checked on exact numbers, before any protection (F30).

An indicator that has no value (status O) is replaced by the exits of national code that stand in its place. An identity
is not checked where one of its indicators is not defined. Not here: what is done about a broken one.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from services.reporting.indicators.age import CHILD_BANDS
from services.reporting.indicators.classification import LEVELS
from services.reporting.indicators.definition import CHILD_BAND, EVERY, Definition
from services.reporting.indicators.facts import TOTAL, UNKNOWN, Figure, Finding
from services.reporting.indicators.numbers import Numbers
from services.reporting.indicators.tally import Key

SEXES = ("F", "M", UNKNOWN, TOTAL)
Cell = tuple[str, str, str]
Broken = tuple[Cell, int, int]


class Sum(NamedTuple):
    """`whole` = sum of `plus` - sum of `minus`. `by_area` is false where one side counts the area a child comes from
    and the other the area the child goes to."""

    name: str
    whole: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    by_area: bool = True


def _ending(stem: str, *ends: str) -> tuple[str, ...]:
    return tuple(f"{stem}_{end}" for end in ends)


INSIDE_FAMILY = ("PT_CHLD_LEFTFOSTER_FAMILY", "PT_CHLD_LEFT_KINSHIP_FAMILY", "PT_CHLD_LEFT_FAMILY_FOSTER")
FAMILY_ENDS = ("REUNION", "FAMILY", "RESIDENTIAL", "ADOPT", "INDEP", "DEATH", "OTHER")
SUMS = (
    Sum(
        "TM 7.1 = 7.2 to 7.7",
        "PT_CHLD_LEFT_RESIDENTIAL",
        _ending("PT_CHLD_LEFT_RESIDENTIAL", "REUNION", "FAMILY", "ADOPT", "INDEP", "DEATH", "OTHER"),
    ),
    Sum(
        "TM 22.1 = 22.2 to 22.7",
        "PT_CHLD_LEFT_ALLFAMILY",
        _ending("PT_CHLD_LEFT_ALLFAMILY", "REUNION", "RESIDENTIAL", "ADOPT", "INDEP", "DEATH", "OTHER"),
    ),
    Sum(
        "TM 25.1 = 25.3 to 25.9",
        "PT_CHLD_LEFTFOSTER",
        _ending(
            "PT_CHLD_LEFTFOSTER", "RETURNED", "FAMILY", "EDUINSTITUTION", "ADOPT", "INDEP", "DEATH", "OTHER_REASON"
        ),
    ),
    Sum("TM 26.1 = 26.3 to 26.9", "PT_CHLD_LEFT_KINSHIP", _ending("PT_CHLD_LEFT_KINSHIP", *FAMILY_ENDS)),
    Sum(
        "TM 27.1 = 27.3 to 27.9",
        "PT_CHLD_LEFT_FAMILY",
        _ending("PT_CHLD_LEFT_FAMILY", "REUNION", "FOSTER", "RESIDENTIAL", "ADOPT", "INDEP", "DEATH", "OTHER"),
    ),
    Sum(
        "TM 22.1 = 25.1 + 26.1 + 27.1 - (25.4 + 26.4 + 27.4)",
        "PT_CHLD_LEFT_ALLFAMILY",
        ("PT_CHLD_LEFTFOSTER", "PT_CHLD_LEFT_KINSHIP", "PT_CHLD_LEFT_FAMILY"),
        INSIDE_FAMILY,
    ),
    Sum(
        "entered family-based care = 19.1 + 20.1 + 21.1 - (25.4 + 26.4 + 27.4)",
        "PT_CHLD_ENTER_ALLFAMILY",
        ("PT_CHLD_ENTEREDFOSTER", "PT_CHLD_ENTEREDKINSHIP", "PT_CHLD_ENTEREDOTHER_FAMILY"),
        INSIDE_FAMILY,
        by_area=False,
    ),
    Sum(
        "TM 12.1 + 13.1 + 14.1 = 100",
        "KW_CHLD_INALL_FAMILY",
        ("PT_CHLD_CARED_BY_FOSTER", "PT_CHLD_INKINSHIP", "PT_CHLD_INOTHER_FAMILY"),
    ),
    Sum(
        "all formal care = residential + foster + kinship + other family-based",
        "KW_CHLD_INCARE",
        ("PT_CHLD_INRESIDENTIAL", "PT_CHLD_CARED_BY_FOSTER", "PT_CHLD_INKINSHIP", "PT_CHLD_INOTHER_FAMILY"),
    ),
)


def check(
    definitions: Iterable[Definition],
    numbers: Numbers,
    figures: Iterable[Figure],
    roots: tuple[str, ...],
    areas: tuple[str, ...],
) -> tuple[Finding, ...]:
    """Every broken identity as one finding that blocks. `roots` are the areas directly below the deployment."""
    defined = {definition.code: definition for definition in definitions}
    findings: list[Finding] = []
    for one in SUMS:
        _report(findings, one.name, _broken_sum(one, defined, numbers, areas))
    for definition in defined.values():
        if definition.unit == "PS" and definition.destination != EVERY:
            _report(findings, f"{definition.code}: parts + unknown = total", _parts(definition, numbers, roots))
    for name, cells in _disability(defined, numbers, areas):
        _report(findings, name, cells)
    for level in LEVELS:
        _report(findings, f"stock rolls forward: {level}", _roll_forward(level, numbers, areas))
    _report(findings, "TM 10 + TM 28 = 100", _hundred(figures))
    return tuple(findings)


def _report(findings: list[Finding], name: str, broken: Iterable[Broken]) -> None:
    found = list(broken)
    if found:
        (sex, age, area), left, right = found[0]
        facts: dict[str, str | int] = {
            "cells": len(found),
            "sex": sex,
            "age": age,
            "area": area,
            "left": left,
            "right": right,
        }
        findings.append(Finding(name, "blocks", f"{left} is not {right} (sex {sex}, age {age}, area {area})", facts))


def _cells(definition: Definition, areas: tuple[str, ...]) -> Iterator[Cell]:
    ages = (TOTAL, *sorted(CHILD_BANDS)) if definition.population == "0-17" else (TOTAL,)
    for area in (TOTAL, *areas):
        for sex in SEXES:
            for age in ages:
                yield sex, age, area


def _broken_sum(
    one: Sum, defined: Mapping[str, Definition], numbers: Numbers, areas: tuple[str, ...]
) -> Iterator[Broken]:
    if not all(code in defined for code in (one.whole, *one.plus, *one.minus)):
        return
    whole = defined[one.whole]
    column = numbers.column(whole)
    plus = [numbers.column(defined[code]) for code in one.plus]
    minus = [numbers.column(defined[code]) for code in one.minus]
    absent = tuple(defined[code] for code in one.plus if numbers.column(defined[code]).missing is not None)
    for cell in _cells(whole, areas if one.by_area else ()):
        left = column.value(*cell)
        if left is None:
            return
        right = sum(part.value(*cell) or 0 for part in plus) - sum(part.value(*cell) or 0 for part in minus)
        right += numbers.in_place_of(absent, *cell) if absent else 0
        if left != right:
            yield cell, left, right


def _parts(definition: Definition, numbers: Numbers, roots: tuple[str, ...]) -> Iterator[Broken]:
    """F + M + unknown, the age bands + unknown, and the areas + unknown are the total (F21)."""
    column = numbers.column(definition)

    def at(sex: str, age: str, area: str) -> int:
        return column.value(sex, age, area) or 0

    whole = at(TOTAL, TOTAL, TOTAL)
    sexes = sum(at(sex, TOTAL, TOTAL) for sex in SEXES[:-1])
    if sexes != whole:
        yield ("F M _U", TOTAL, TOTAL), sexes, whole
    places = sum(at(TOTAL, TOTAL, area) for area in (*roots, UNKNOWN))
    if places != whole:
        yield (TOTAL, TOTAL, "areas"), places, whole
    if definition.population == "0-17":
        bands = sum(at(TOTAL, age, TOTAL) for age in sorted(CHILD_BANDS))
        if bands != whole:
            yield (TOTAL, "Y0T2 Y3T6 Y7T17 _U", TOTAL), bands, whole


def _disability(
    defined: Mapping[str, Definition], numbers: Numbers, areas: tuple[str, ...]
) -> Iterator[tuple[str, list[Broken]]]:
    """A number of children with disabilities is never above its total."""
    totals = {_kind(one): one for one in defined.values() if one.unit == "PS" and not one.disability}
    for part in defined.values():
        if part.unit == "PS" and part.disability and _kind(part) in totals:
            whole = totals[_kind(part)]
            some, every = numbers.column(part), numbers.column(whole)
            pairs = ((cell, some.value(*cell) or 0, every.value(*cell)) for cell in _cells(part, areas))
            broken = [(cell, few, many) for cell, few, many in pairs if many is not None and few > many]
            yield f"{part.code} is not above {whole.code}", broken


def _kind(definition: Definition) -> tuple[str, ...]:
    return (definition.population, definition.measure, definition.level, definition.destination)


def _roll_forward(level: str, numbers: Numbers, areas: tuple[str, ...]) -> Iterator[Broken]:
    """Stock(t) = stock(t-1) + entries - exits - turned 18, and by area with what was transferred in and out."""
    for area in (TOTAL, *areas):
        for sex in SEXES:
            key = Key("0-17", False, sex, TOTAL, area)
            closing = numbers.rolled("closing", level, key)
            come = sum(numbers.rolled(measure, level, key) for measure in ("opening", "entry", "transfer_in"))
            gone = sum(numbers.rolled(measure, level, key) for measure in ("exit", "aged18", "transfer_out"))
            if closing != come - gone:
                yield (sex, CHILD_BAND, area), closing, come - gone


def _hundred(figures: Iterable[Figure]) -> Iterator[Broken]:
    """The two stored shares sum to exactly 100.0000 in every cell; compared in ten-thousandths."""
    shares: dict[Cell, int] = {}
    for figure in figures:
        if figure.indicator in ("PT_CHLD_INRESIDENTIAL_PROP", "PT_CHLD_ALLFAMILY_PROP") and figure.value is not None:
            cell = (figure.sex, figure.age, figure.area)
            value = int(figure.value * 10_000)
            if cell in shares and shares[cell] + value != 1_000_000:
                yield cell, shares[cell] + value, 1_000_000
            shares[cell] = value
