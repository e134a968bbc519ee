"""What a country needs, computed from what was measured: `python -m benchmarks.scale` writes docs/scale.md.

The figures are read out of docs/performance.md and docs/operations.md where benchmarks left them: one that is no longer
there ends this with its name. What no benchmark says is an assumption, with its source. Not here: measuring, and the
page's words (scale_page).

    python -m benchmarks.scale --people 100000000 --print
"""

import argparse
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
PEOPLE = 100_000_000
GIB = 1024**3
_NUMBER = r"([\d,]+(?:\.\d+)?)"

FIGURES: Mapping[str, tuple[str, str]] = {
    "applied_per_s": ("performance", rf"\| events a second [^|]*\| {_NUMBER} \|"),
    "rebuilt_per_s": ("performance", rf"\| rebuild, events a second \| {_NUMBER} \|"),
    "latency_ms": ("performance", rf"\| latency at 200/s, 99 of 100 \| {_NUMBER} ms \|"),
    "search_ms": ("performance", rf"\| 1,000,000 \| {_NUMBER} \|"),
    "registered_gib_per_million": ("performance", rf"of {_NUMBER} GiB in all"),
    "rounds_per_s": ("performance", rf"{_NUMBER} rounds a second over"),
    "turned": ("performance", rf"children: {_NUMBER} were due and looked at"),
    "turn_s": ("performance", rf"were due and looked at in {_NUMBER} s"),
    "imported_lines_per_s": ("performance", rf"with a stay and a case each {_NUMBER} lines/s"),
    "four_processes_mib": ("performance", rf"1\.8 s\); {_NUMBER} MiB \(the libraries"),
    "figured_per_s": ("performance", rf"\| figures \| {_NUMBER} children/s"),
    "simulated_s": ("performance", rf"100,000 placements in {_NUMBER} s; with the"),
    "audited_per_s": ("operations", rf"reads made about {_NUMBER} commits a second"),
    "event_bytes": ("performance", rf"\| an event, in its log \| {_NUMBER} \|"),
    "projected_bytes": ("performance", rf"\| an event, in reporting's read tables \| {_NUMBER} \|"),
    "applied_bytes": ("performance", rf"applied, a consumer \| {_NUMBER} \|"),
    "audit_bytes": ("performance", rf"\| a row of an audit log \| {_NUMBER} \|"),
    "stay_bytes": ("performance", rf"\| a stay, in placements[^|]*\| {_NUMBER} \|"),
    "case_bytes": ("performance", rf"\| a case, in social_work \| {_NUMBER} \|"),
    "weighed_events": ("performance", rf"lines are {_NUMBER} events"),
    "weighed_lines": ("performance", rf"The {_NUMBER} lines are"),
}
"""By name: the page that holds a figure, and how it stands there."""


@dataclass(frozen=True)
class Assumptions:
    """What no benchmark says; each is explained in SOURCES. Rates are of one."""

    people: float = PEOPLE
    under_18: float = 0.35
    in_care: float = 38_386 / 6_640_832
    known: float = 3.0
    stay_years: float = 3.0
    years: float = 20.0
    caseload: float = 15.0
    care_events: float = 40.0
    case_events: float = 12.0
    pages: float = 60.0
    asked: float = 4.0
    reading: float = 0.5
    portal_ms: float = 30.0
    days: float = 250.0
    hours: float = 8.0
    peak: float = 3.0
    busy: float = 0.6
    widest: float = 0.4


SOURCES: Mapping[str, str] = {
    "people": "the question",
    "under_18": "assumed, the share of a young country",
    "in_care": "Kazakhstan: 38,386 children without parental care in October 2011 (published total, Tengrinews), of"
    " 6,640,832 under 18 in 2022 (World Population Prospects 2022); the years differ",
    "known": "assumed: children with an open case and at home, for each child in care",
    "stay_years": "assumed: how long a stay lasts, so that a third of those in care are new each year",
    "years": "asked for: records and logs are kept whole",
    "caseload": "12 to 15 children a worker (Child Welfare League of America), 15 cases (Western Australia)",
    "care_events": "assumed: decisions, reviews, visits, absences, alarms of a child in care in a year",
    "case_events": "assumed: the same of a child with a case at home",
    "pages": "assumed: pages that a worker opens on a working day",
    "asked": "assumed: requests that the portal makes for a page",
    "reading": "assumed: pages of which a read of a record is noted in an audit log",
    "portal_ms": "chosen above what was measured: a fifth of the 60 to 135 ms that a page costs over all processes",
    "days": "assumed: working days in a year",
    "hours": "assumed: hours of a working day",
    "peak": "assumed: the busiest minute is so many times the mean of working hours",
    "busy": "chosen: how busy a process may be at the peak",
    "widest": "assumed: registry's share of all requests, the largest of the four",
}


@dataclass(frozen=True)
class Needs:
    """What follows. Rates a second are at the peak."""

    children: float
    in_care: float
    open_cases: float
    workers: float
    register: float
    events_a_year: float
    events_a_day: float
    events_per_s: float
    events_kept: float
    pages_per_s: float
    requests_per_s: float
    reads_per_s: float
    request_ms: float
    api_cores: float
    api_pods: float
    registry_pods: float
    portal_pods: float
    memory_gib: float
    connections: float
    log_gib: float
    figures_gib: float
    records_gib: float
    audit_gib_a_year: float
    rebuild_h: float
    figures_s: float
    turn_s: float
    simulated_min: float
    import_min: float


def measured(docs: Path = DOCS) -> dict[str, float]:
    """The figures by name. Raises SystemExit naming one that its page no longer has."""
    pages = {page: (docs / f"{page}.md").read_text(encoding="utf-8") for page, _ in FIGURES.values()}
    found = {}
    for name, (page, pattern) in FIGURES.items():
        match = re.search(re.sub(" ", r"\\s+", pattern), pages[page])
        if match is None:
            raise SystemExit(f"docs/{page}.md no longer says {name}: mend it, or FIGURES of benchmarks/scale.py")
        found[name] = float(match[1].replace(",", ""))
    return found


def needs(given: Assumptions, figures: Mapping[str, float]) -> Needs:
    """What a country of these assumptions needs."""
    children = given.people * given.under_18
    in_care = children * given.in_care
    cases = in_care * given.known
    new = (in_care + cases) / given.stay_years
    register = in_care + cases + new * given.years
    begun = in_care / given.stay_years * figures["weighed_events"] / figures["weighed_lines"]
    events = in_care * given.care_events + cases * given.case_events + begun
    workers = (in_care + cases) / given.caseload
    working = given.hours * 3600
    pages = workers * given.pages / working * given.peak
    requests = pages * given.asked
    request_ms = 1000 / (figures["rounds_per_s"] * 4)
    cores = requests * request_ms / 1000
    pods = math.ceil(cores / given.busy)
    portal = math.ceil(pages * given.portal_ms / 1000 / given.busy)
    registry = math.ceil(pods * given.widest)
    kept = events * given.years
    return Needs(
        children=children,
        in_care=in_care,
        open_cases=cases,
        workers=workers,
        register=register,
        events_a_year=events,
        events_a_day=events / given.days,
        events_per_s=events / given.days / working * given.peak,
        events_kept=kept,
        pages_per_s=pages,
        requests_per_s=requests,
        reads_per_s=pages * given.reading,
        request_ms=request_ms,
        api_cores=cores,
        api_pods=pods,
        registry_pods=registry,
        portal_pods=portal,
        memory_gib=(pods + portal + 8) * figures["four_processes_mib"] / 4 / 1024,
        connections=registry * 5 + 2 * 7,
        log_gib=kept * figures["event_bytes"] / GIB,
        figures_gib=kept * (figures["projected_bytes"] + figures["applied_bytes"]) / GIB,
        records_gib=register
        * (figures["registered_gib_per_million"] / 1e6 + (figures["stay_bytes"] + figures["case_bytes"]) / GIB),
        audit_gib_a_year=workers * given.pages * given.reading * given.days * figures["audit_bytes"] / GIB,
        rebuild_h=kept / figures["rebuilt_per_s"] / 3600,
        figures_s=(in_care + in_care / given.stay_years) / figures["figured_per_s"],
        turn_s=in_care / 100 * figures["turn_s"] / figures["turned"],
        simulated_min=in_care / 100_000 * figures["simulated_s"] / 60,
        import_min=(in_care + cases) / figures["imported_lines_per_s"] / 60,
    )


def unexplained() -> set[str]:
    """Assumptions without a source."""
    return {each.name for each in fields(Assumptions)} ^ set(SOURCES)


def main() -> None:
    """Write the page, or print it for another number of people."""
    from benchmarks import scale_page

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=float, default=PEOPLE, help="people of the country")
    parser.add_argument("--print", action="store_true", help="print the page instead of writing docs/scale.md")
    asked = parser.parse_args()
    text = scale_page.page(Assumptions(people=asked.people), measured())
    if asked.print:
        print(text, end="")
    elif asked.people != PEOPLE:
        raise SystemExit("docs/scale.md is about a hundred million people: add --print")
    else:
        (DOCS / "scale.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
