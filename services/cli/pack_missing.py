"""What a pack does not know yet, in the order in which it matters: a ministry's list of things to settle.

First who decides and within what time, then the numbers of the rules, then forms of care and areas, then what figures
and pages need. Not here: whether a pack is sound (shared/countries/checks), the page that shows it (pack_pages).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.placements.views import law
from shared.countries import loader
from shared.countries.files import RawPack

TO_BE_CONFIRMED, DEFAULT, SOURCE = "to be confirmed", "project default", "source"
SAFETY = ("emergency_decision", "emergency_repeat_window", "police_holding_release")
DECISIONS = "decision_table"
BASE = "_base"


@dataclass(frozen=True)
class Missing:
    """One thing to settle: of which group, what it is, what holds meanwhile, and where it is written down."""

    group: str
    what: str
    meanwhile: str
    where: str


Part = Callable[[Sequence[RawPack]], Iterator[Missing]]


def chain(pack_id: str, root: Path) -> tuple[RawPack, ...]:
    """The pack as read and what it inherits, the base first. Raises ConfigurationError for a pack that is none."""
    return loader.inheritance(pack_id, root)


def missing(packs: Sequence[RawPack]) -> list[Missing]:
    """Everything to settle of a pack, the most important first."""
    own = packs[-1]
    if "placements" not in own.identity.get("services", ()):
        return []
    parts = OF_BASE if own.id == BASE else OF_A_COUNTRY
    return [each for part in parts for each in part(packs)]


def parameters(packs: Sequence[RawPack]) -> Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]]:
    """All entries of each parameter by name with the pack they stand in, the nearest pack first."""
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for raw in reversed(packs):
        for name, entries in raw.parameters.items():
            found.setdefault(name, []).extend((raw.id, entry) for entry in entries)
    return found


def wanted(packs: Sequence[RawPack]) -> list[str]:
    """The numbers that a country's own law sets: those of the rules of care that no source gives for everywhere."""
    known = parameters(packs)
    return [name for name in (*SAFETY[:1], *sorted(set(law.used()) - set(SAFETY))) if _of_a_country(known.get(name))]


def _of_a_country(entries: Sequence[tuple[str, Mapping[str, Any]]] | None) -> bool:
    return bool(entries) and all(entry["basis"] != SOURCE for _, entry in entries or ())


def lines(packs: Sequence[RawPack], name: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The lines of a table that hold, each with the pack it stands in: the nearest pack's of the same id."""
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for raw in packs:
        own: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for line in raw.tables.get(name, {}).get("line", []):
            own.setdefault(line["id"], []).append((raw.id, line))
        found |= own
    return [each for same in found.values() for each in same]


def value(entry: Mapping[str, Any] | None) -> str:
    """A value with its unit and basis, as a page says it."""
    if entry is None or "value" not in entry:
        return "nothing: the rule that needs it says nothing"
    shown = entry["value"]
    if isinstance(shown, bool):
        shown = "yes" if shown else "no"
    elif isinstance(shown, list):
        shown = " ".join(str(each) for each in shown)
    law_or_not = {DEFAULT: ", project default, not law", TO_BE_CONFIRMED: ", to be confirmed"}.get(entry["basis"], "")
    return f"{shown} {entry['unit']}{law_or_not}"


def _decisions(packs: Sequence[RawPack]) -> Iterator[Missing]:
    for pack, line in lines(packs, DECISIONS):
        unknown = ", ".join(line.get("unknown", ()))
        if line["basis"] == SOURCE and not unknown:
            continue
        said = "the line as it stands" if line["basis"] != SOURCE else f"not known: {unknown}"
        meanwhile = f"decides: {', '.join(line['decides'])} ({line['basis']})" + (f"; no {unknown}" if unknown else "")
        yield Missing("Who decides", f"{line['id']}: {said}", meanwhile, f"{pack}/tables/{DECISIONS}.toml")


def _waiting(packs: Sequence[RawPack], name: str) -> Missing | None:
    entries = parameters(packs).get(name, ())
    if not entries or (entries[0][1]["basis"] == SOURCE and "value" in entries[0][1]):
        return None
    used = next((entry for _, entry in entries if "value" in entry), None)
    note = next((entry["note"] for _, entry in entries if entry.get("note")), "")
    return Missing("", f"{name}: {note}".rstrip(": "), value(used), f"{entries[0][0]}/parameters.toml")


def _group(packs: Sequence[RawPack], names: Sequence[str], group: str) -> Iterator[Missing]:
    for name in names:
        found = _waiting(packs, name)
        if found:
            yield Missing(group, found.what, found.meanwhile, found.where)


def _safety(packs: Sequence[RawPack]) -> Iterator[Missing]:
    yield from _group(packs, SAFETY, "Time in an emergency")


def _numbers(packs: Sequence[RawPack]) -> Iterator[Missing]:
    yield from _group(packs, sorted(set(law.used()) - set(SAFETY)), "Numbers of the rules")


def _defaults(packs: Sequence[RawPack]) -> Iterator[Missing]:
    """What rules of care do not ask for, last; of a country no mere default of the base, which its page lists."""
    known = {*law.used(), *SAFETY, "weekend"}
    entries = parameters(packs)
    rest = [name for name in sorted(entries) if name not in known]
    if packs[-1].id != BASE:
        rest = [name for name in rest if entries[name][0][1]["basis"] == TO_BE_CONFIRMED or entries[name][0][0] != BASE]
    yield from _group(packs, rest, "Other numbers")


def _care_forms(packs: Sequence[RawPack]) -> Iterator[Missing]:
    national = [(raw, row) for raw in packs if raw.id != BASE for row in raw.codes.get("care_form", ())]
    if not national:
        where = f"{packs[-1].id}/codes/care_form.csv"
        yield Missing("Forms of care", "the country's own forms of care", "the international forms of the base", where)
    for raw, row in national:
        if row.cells["basis"] != SOURCE:
            what = f"{row.cells['code']}: {row.cells['label']}"
            meanwhile = f"{row.cells['bucket']} ({row.cells['basis']}). {row.cells.get('note', '')}".rstrip(" .")
            yield Missing("Forms of care", what, meanwhile, f"{raw.id}/codes/care_form.csv")


def _nowhere(packs: Sequence[RawPack]) -> Iterator[Missing]:
    """Before all else: without areas nobody has anything to do, and no child can be registered."""
    if not any(raw.areas for raw in packs):
        where = f"{packs[-1].id}/areas.csv"
        yield Missing("Areas", "every area in which children live", "none: no child can be registered", where)


def _areas(packs: Sequence[RawPack]) -> Iterator[Missing]:
    own = packs[-1]
    where = f"{own.id}/areas.csv"
    waiting = [row.cells for row in own.areas if row.cells["basis"] != SOURCE]
    if waiting:
        named = ", ".join(cells["code"] for cells in waiting[:5]) + (", ..." if len(waiting) > 5 else "")
        yield Missing("Areas", f"{len(waiting)} of {len(own.areas)} lines: {named}", "the lines as they stand", where)


def _calendar(packs: Sequence[RawPack]) -> Iterator[Missing]:
    found = [(pack, line) for pack, line in lines(packs, "holidays")]
    where = f"{packs[-1].id}/tables/holidays.toml"
    if not found:
        yield Missing("Working days", "the holidays", "none: working days are those outside the weekend", where)
    waiting = [line["name"] for _, line in found if line["basis"] != SOURCE]
    if waiting:
        yield Missing("Working days", f"holidays: {', '.join(dict.fromkeys(waiting))}", "the days as they stand", where)
    announced = [line["name"] for _, line in found if line.get("movable")]
    if announced:
        what = f"this year's days of {', '.join(announced)}"
        yield Missing("Working days", what, "no day: deadlines do not skip them", where)
    yield from _group(packs, ("weekend",), "Working days")


def _codes(packs: Sequence[RawPack]) -> Iterator[Missing]:
    own = packs[-1]
    for name, rows in sorted(own.codes.items()):
        waiting = [row.cells["code"] for row in rows if row.cells["basis"] == TO_BE_CONFIRMED]
        if waiting and name != "care_form":
            yield Missing(
                "Code lists", f"{name}: {', '.join(waiting)}", "the lines as they stand", f"{own.id}/codes/{name}.csv"
            )
    if not any(raw.codes.get("watch_roster") for raw in packs):
        what = "watch_roster: who is told of emergency accesses"
        yield Missing("Code lists", what, "nobody is told", f"{own.id}/codes/watch_roster.csv")


def _statistics(packs: Sequence[RawPack]) -> Iterator[Missing]:
    own = packs[-1]
    if not own.denominators:
        what = "the population of children, by day, sex and source"
        yield Missing("Figures", what, "no rates are given", f"{own.id}/denominators.csv")
    for year, period in own.statistics.get("period", {}).items():
        if period["basis"] == TO_BE_CONFIRMED:
            what = f"{year}: what the register covers"
            yield Missing("Figures", what, period.get("coverage_note", ""), f"{own.id}/statistics.toml")


def _words(packs: Sequence[RawPack]) -> Iterator[Missing]:
    own = packs[-1]
    waiting = [row.cells for row in own.terms if row.cells["basis"] == TO_BE_CONFIRMED]
    if waiting:
        what = f"{len(waiting)} of {len(own.terms)} words: " + ", ".join(f"{each['text']}" for each in waiting)
        yield Missing("Words", what, "the words as they stand", f"{own.id}/terms.csv")
    elif not own.terms:
        yield Missing(
            "Words", "the country's words for forms of care and bodies", "English labels", f"{own.id}/terms.csv"
        )


OF_BASE: tuple[Part, ...] = (_decisions, _safety, _numbers, _defaults)
"""The base is of no country: only what it says for all can be settled there."""
OF_A_COUNTRY: tuple[Part, ...] = (
    _nowhere, _decisions, _safety, _numbers, _care_forms, _areas, _calendar, _codes, _statistics, _words, _defaults,
)  # fmt: skip
"""The groups in the order in which they matter."""
