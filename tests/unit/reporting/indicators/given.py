"""Short words for lives, packs and returns in the tests of the figures engine."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

from services.reporting.indicators import definition, engine
from services.reporting.indicators.classification import Classification, from_code_lists
from services.reporting.indicators.definition import Definition
from services.reporting.indicators.facts import TOTAL, ChildFact, EpisodeFact, Figure, Result, Return

BORN = date(2015, 6, 15)


def pack(**more_destinations: str) -> Classification:
    """A small pack; further exit destinations as CODE="COUNTS AS"."""
    return from_code_lists(
        {
            "HOME": {"bucket": "RESIDENTIAL"},
            "INFANT_HOME": {"bucket": "RESIDENTIAL", "national": "INFANT_HOME"},
            "FOSTER": {"bucket": "FOSTER"},
            "KIN": {"bucket": "KINSHIP"},
            "FAMILY_TYPE_HOME": {"bucket": "OTHER_FAMILY", "national": "FAMILY_TYPE_HOME"},
            "OPEKA": {"bucket": "BY_CARER", "national": "GUARDIANSHIP"},
            "INFORMAL": {"bucket": "NONE"},
        },
        {"AUNT": {"kin": "yes"}, "NEIGHBOUR": {"kin": "no"}, "UNKNOWN": {"kin": "unknown"}},
        {
            code: {"counts_as": counts_as}
            for code, counts_as in {
                "REUNIFIED": "REUNION",
                "TO_FAMILY": "FAMILY",
                "TO_HOME": "RESIDENTIAL",
                "MOVED": "MOVE",
                "ADOPTED": "ADOPT",
                "INDEPENDENT": "INDEP",
                "DIED": "DEATH",
                "EDUCATION": "OTHER",
                **more_destinations,
            }.items()
        },
    )


def year(number: int = 2024, **conditions: object) -> Return:
    """A calendar year with its last day as reference day."""
    standard = {
        "period": str(number),
        "start": date(number, 1, 1),
        "end": date(number + 1, 1, 1),
        "reference_day": date(number, 12, 31),
    }
    return Return(**(standard | conditions))  # type: ignore[arg-type]


def child(sex: str = "F", born: date | None = BORN, number: int | None = None, **more: object) -> ChildFact:
    """A girl born on 15 June 2015 unless said otherwise."""
    identity = uuid4() if number is None else UUID(int=number)
    return ChildFact(identity, sex, born, born, **({"disability": False} | more))  # type: ignore[arg-type]


def stay(
    care_form: str, start: date, end: date | None = None, destination: str | None = None, **more: object
) -> dict[str, object]:
    """One episode, still without its child."""
    return {"care_form": care_form, "start": start, "end": end, "destination": destination} | more


def lives(*several: tuple[ChildFact, list[dict[str, object]]]) -> tuple[list[ChildFact], list[EpisodeFact]]:
    """Children and their episodes, sorted by child."""
    ordered = sorted(several, key=lambda life: life[0].child)
    episodes = [
        EpisodeFact(**({"placement": uuid4(), "child": who.child, "carer_relation": None, "area": "A"} | one))  # type: ignore[arg-type]
        for who, stays in ordered
        for one in stays
    ]
    return [who for who, _ in ordered], episodes


def row(code: str, **cells: str) -> dict[str, str]:
    """One row of indicators.csv."""
    standard = {
        "code": code,
        "name": code.lower(),
        "population": "0-17",
        "disability": "any",
        "measure": "stock",
        "form": "ALL",
        "sexes": "F M _U _T",
        "by_area": "yes",
        "source": "test",
    }
    cells = standard | cells
    ages = {"0-17": "Y0T2 Y3T6 Y7T17 _U _T", "18-24": "_T", "all": "Y0T17 Y18T24 _T"}.get(cells["population"], "_T")
    base = cells.get("base", "")
    unit = "PS" if not base else "RATE_100000" if base == "POPULATION" else "PCNT"
    window = "day" if cells["measure"] == "stock" else "period"
    return {"window": window, "unit": unit, "ages": "_T" if unit == "RATE_100000" else ages} | cells


LEVELS = ("ALL", "RESIDENTIAL", "ALL_FAMILY", "FOSTER", "KINSHIP", "OTHER_FAMILY", "GUARDIANSHIP", "INFANT_HOME")


def every_level(*measures: str, population: str = "0-17") -> tuple[Definition, ...]:
    """One definition per measure and level, called MEASURE_LEVEL."""
    rows = [
        row(f"{measure}_{level}".upper(), measure=measure, form=level, population=population)
        for measure in measures
        for level in LEVELS
    ]
    return definition.parse(rows)


def destinations(level: str = "RESIDENTIAL") -> tuple[Definition, ...]:
    """Exits of a level, by each destination and by national code."""
    rows = [row("LEFT", measure="exit", form=level), row("LEFT__*", measure="exit", form=level, destination="*")]
    rows += [
        row(f"LEFT_{one}", measure="exit", form=level, destination=one)
        for one in ("REUNION", "FAMILY", "RESIDENTIAL", "ADOPT", "INDEP", "DEATH", "OTHER")
    ]
    return definition.parse(rows)


def totals(result: Result, area: str = TOTAL) -> Mapping[str, object]:
    """The values of the total cells by indicator, zeros left out."""
    return {
        figure.indicator: figure.value
        for figure in result.figures
        if (figure.sex, figure.age, figure.area) == (TOTAL, TOTAL, area) and figure.value != 0
    }


def cell(result: Result, code: str, *, sex: str = TOTAL, age: str = TOTAL, area: str = TOTAL) -> Figure:
    """The one figure of a cell."""
    (found,) = (one for one in result.figures if (one.indicator, one.sex, one.age, one.area) == (code, sex, age, area))
    return found


def rules(result: Result) -> list[str]:
    """The rules of all findings but F21, which small numbers always break."""
    return [finding.rule for finding in result.findings if finding.rule != "F21"]


def count(
    definitions: tuple[Definition, ...],
    *several: tuple[ChildFact, list[dict[str, object]]],
    conditions: Return | None = None,
    classification: Classification | None = None,
) -> Result:
    """Evaluate a few lives, by default over the year 2024."""
    children, episodes = lives(*several)
    return engine.evaluate(definitions, children, episodes, classification or pack(), conditions or year())
