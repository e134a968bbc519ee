"""One child's chronology: stays as bars on a line of years, and everything that happened in order, with its source.

What the services hold is shown; what a record of identity said before stands as an event of its own. Not here: what of
it was recorded by an earlier day (known), the page (pages.timeline).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _

from services.portal.child import Frame
from services.portal.formats import day, term
from services.portal.house import house
from services.portal.languages import direction
from services.portal.rules import title

WIDTH, ROW, LEFT, YEAR = 1000, 26, 4, 20
NOT_RECORDED = "NOT_RECORDED"
SIGNIFICANT = frozenset({"stay", "decision", "measure", "emergency", "search", "breach", "return", "gap", "death"})


@dataclass(frozen=True)
class Event:
    """Something that happened, or was found: when, what, by whom, told by which service."""

    on: str
    kind: str
    what: str
    author: str
    source: str

    @property
    def significant(self) -> bool:
        """Whether it belongs to the chronology that a court reads."""
        return self.kind in SIGNIFICANT


@dataclass(frozen=True)
class Bar:
    """A stay on the line of years: its number in the list, where it is drawn; a gap is drawn otherwise."""

    number: str
    x: int
    y: int
    width: int
    css: str


@dataclass(frozen=True)
class Picture:
    """The bars and the years below them; digits alone, so that it reads in every direction."""

    bars: list[Bar]
    years: list[tuple[int, int]]
    height: int
    width: int = WIDTH


def stays_of(frame: Frame) -> list[Mapping[str, Any]]:
    """The stays that were or are, the earliest first."""
    held = [each for each in frame.items("stays", "placements") if each["state"] in {"active", "ended", "claimed"}]
    return sorted(held, key=lambda each: (each["from"], str(each["to"] or "9999")))


def gaps(stays: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str | None]]:
    """The spans between stays, as (first day, day of the next stay, where the one before led; None: nothing says)."""
    found: list[tuple[str, str, str | None]] = []
    until, led = "", None
    for stay in stays:
        if until and stay["from"] > until:
            found.append((until, str(stay["from"]), led))
        if str(stay["to"] or "9999-12-31") > until:
            until, led = str(stay["to"] or "9999-12-31"), stay["destination"]
        led = None if led == NOT_RECORDED else led
    return found


def picture(stays: list[Mapping[str, Any]], today: date | None = None) -> Picture | None:
    """The bars of the stays and of the gaps as on a day (today); None where there is no stay."""
    if not stays:
        return None
    today = today or house().today()
    first = date.fromisoformat(stays[0]["from"])
    start, end = date(first.year, 1, 1), max(today, _last(stays, today)) + timedelta(days=30)
    scale = (WIDTH - 2 * LEFT) / max((end - start).days, 1)

    def at(when: date) -> int:
        return LEFT + round((when - start).days * scale)

    def bar(number: str, begin: date, over: date, row: int, css: str) -> Bar:
        x, width = at(begin), max(at(over) - at(begin), 6)
        return Bar(number, WIDTH - x - width if direction() == "rtl" else x, row * ROW + 4, width, css)

    bars = [
        bar(str(number), date.fromisoformat(stay["from"]), _end(stay, today), number - 1, _class(stay))
        for number, stay in enumerate(stays, start=1)
    ]
    for begin, over, led in gaps(stays):
        css = "bar-out" if led else "bar-gap"
        bars.append(bar("", date.fromisoformat(begin), date.fromisoformat(over), len(stays), css))
    rows = len(stays) + bool(gaps(stays))
    step = max(1, (end.year - start.year) // 8)
    years = [(year, max(at(date(year, 1, 1)), YEAR)) for year in range(start.year, end.year + 1, step)]
    if direction() == "rtl":
        years = [(year, WIDTH - x) for year, x in years]
    return Picture(bars, years, rows * ROW + 34)


def events(frame: Frame) -> list[Event]:
    """Everything the services tell of the child that has a day, the newest first."""
    told = [*_of_stays(frame), *_of_decisions(frame), *_of_law(frame), *_of_work(frame), *_of_record(frame)]
    return sorted((each for each in told if each.on), key=lambda each: each.on, reverse=True)


def _of_stays(frame: Frame) -> Iterable[Event]:
    source, stays = _("Placements"), stays_of(frame)
    for number, stay in enumerate(stays, start=1):
        form = term(stay["care_form"], "care_form")
        why = term(stay["entry_reason"], "entry_reason")
        yield Event(stay["from"], "stay", _("%(number)s: %(form)s began. %(why)s", number=number, form=form, why=why),
                    "", source)  # fmt: skip
        if stay["to"]:
            to = term(stay["destination"], "exit_destination") if stay["destination"] else _("nothing said where to")
            yield Event(stay["to"], "stay", _("%(number)s: %(form)s ended. %(to)s", number=number, form=form, to=to),
                        "", source)  # fmt: skip
    for begin, over, led in gaps(stays):
        if led:
            continue
        words = _("Until %(day)s nothing says where the child lived", day=day(over))
        yield Event(begin, "gap", words, "", source)
    for each in frame.items("stays", "breaches"):
        words = _("A rule was not met: %(rule)s", rule=title(each["rule"]))
        yield Event(each["opened_on"], "breach", words, "", source)
        if each["healed_on"]:
            yield Event(each["healed_on"], "breach", _("Met again: %(rule)s", rule=title(each["rule"])), "", source)
    for each in frame.items("absences"):
        yield Event(each["from"], "absence", term(each["kind"], "absence_kind"), "", source)


def _of_decisions(frame: Frame) -> Iterable[Event]:
    source = _("Placements")
    for each in frame.items("decisions", "decisions"):
        words = f"{term(each['act'], 'decision_act')}: {term(each['outcome'], 'decision_outcome')}"
        author = each["decided_by"] or term(each["body"], "deciding_body")
        yield Event(each["made_on"], "decision", words, author, source)
    for each in frame.items("decisions", "emergencies"):
        words = _("Taken into care at once: %(how)s", how=term(each["situation"], "decision_situation"))
        yield Event(each["at"], "emergency", words, term(each["taken_by"], "deciding_body"), source)
    for each in frame.items("decisions", "appeals"):
        yield Event(each["lodged_on"], "decision", _("An appeal was lodged"), term(each["by"], "appeal_by"), source)
    for each in frame.items("gatekeeping"):
        words = _("A gatekeeping case began: %(kind)s", kind=term(each["kind"], "gatekeeping_kind"))
        yield Event(each["requested_on"], "gatekeeping", words, each["requested_by"], source)
    for each in frame.items("reviews"):
        if each["status"] == "held":
            yield Event(each["held_on"], "review", _("The stay was reviewed"), ", ".join(each["by"]), source)
    for each in frame.items("reintegrations"):
        if each["returned_on"]:
            yield Event(each["returned_on"], "return", _("The child returned home"), "", source)


def _of_law(frame: Frame) -> Iterable[Event]:
    for each in frame.items("measures"):
        terms = each["terms"]
        author = term(terms["decision"]["body"], "deciding_body")
        yield Event(terms["from"], "measure", term(terms["kind"], "measure_kind"), author, _("Registry"))
        if each.get("ended_on"):
            words = _("Ended: %(measure)s", measure=term(terms["kind"], "measure_kind"))
            yield Event(each["ended_on"], "measure", words, "", _("Registry"))


def _of_work(frame: Frame) -> Iterable[Event]:
    for each in frame.items("cases"):
        yield Event(each["opened_on"], "case", _("A case was opened: %(kind)s", kind=term(each["kind"], "case_kind")),
                    "", _("Social work"))  # fmt: skip
        if each.get("closed_on"):
            yield Event(each["closed_on"], "case", _("The case was closed"), "", _("Social work"))
    for each in frame.items("alerts"):
        yield Event(
            each["raised_at"], "search", _("A search for the missing child began"), each["owner"], _("Registry")
        )


def _of_record(frame: Frame) -> Iterable[Event]:
    for each in frame.items("revisions"):
        if each.get("on"):
            words = _("The record was changed, true from %(day)s", day=day(each["on"]))
        else:
            words = _("The record was corrected")
        yield Event(each["at"], "record", words, each["actor"], _("Registry"))
    if frame.record.get("death"):
        yield Event(frame.record["death"]["died_from"], "death", _("The child died"), "", _("Registry"))


def _class(stay: Mapping[str, Any]) -> str:
    bucket = str(house().pack.codes("care_form").get(stay["care_form"], {}).get("bucket", "")).lower()
    return f"bar-{bucket or 'none'}".replace("_", "-")


def _end(stay: Mapping[str, Any], today: date) -> date:
    return date.fromisoformat(stay["to"]) if stay["to"] else today


def _last(stays: list[Mapping[str, Any]], today: date) -> date:
    return max(_end(each, today) for each in stays)


def overlaps(stays: list[Mapping[str, Any]]) -> bool:
    """Whether two stays claim the child on one day."""
    return any(later["from"] < (earlier["to"] or "9999") for earlier, later in pairwise(stays))
