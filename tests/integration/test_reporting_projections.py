"""The read tables: a function of the events alone, however they were cut into runs and whichever source came first."""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.reporting import domain, projections, views
from services.reporting.store import Facts
from shared import db
from shared.envelope import Event
from tests.integration import reporting_given as facts
from tests.integration.reporting_deployment import Reporting

TABLES = {
    "child": "id",
    "episode": "placement",
    "provider": "id",
    "centre": "id",
    "worker": "id",
    "case_file": "id",
    "breach": "id",
}


def streams() -> tuple[list[Event], ...]:
    """Three sources about two children: everything that may happen to a row happens to one."""
    anna, ben = facts.identity("anna"), facts.identity("ben")
    home, foster, error = (facts.identity(name) for name in ("home", "foster", "error"))
    place, case, breach = facts.identity("place"), facts.identity("case"), facts.identity("breach")
    stated = {"born_from": "2010-05-01", "born_to": "2010-05-31", "birth_basis": "estimated", "disability": None}
    stay = {"provider": place, "carer_relation": None, "kind": "planned", "area": "KZ-75", "entry_reason": "ORPHAN"}
    registry, placements, social_work = (facts.Source(service) for service in facts.SERVICES)
    return (
        [
            registry.event("child-registered", anna, child=anna, sex="F", area="KZ-75", **stated),
            registry.event("siblings-linked", anna, child=anna, siblings=[ben]),
            registry.event("child-registered", ben, child=ben, sex="U", area="KZ-75", **stated),
            registry.event("child-corrected", ben, child=ben, sex="M", area="KZ-71", **stated),
            registry.event(
                "child-amended",
                anna,
                child=anna,
                sex="F",
                area="KZ-71",
                on="2024-02-01",
                **(stated | {"disability": True}),
            ),
            registry.event("child-withdrawn", ben, child=ben, reason="ENTERED_TWICE"),
        ],
        [
            placements.event("provider-registered", place, provider=place, kind="FACILITY", area="KZ-75"),
            placements.event(
                "placement-authorised",
                anna,
                child=anna,
                placement=home,
                care_form="CHILDRENS_HOME",
                planned_to=None,
                from_="2024-01-01",
                **stay,
            ),
            placements.event(
                "placement-started",
                anna,
                child=anna,
                placement=home,
                care_form="CHILDRENS_HOME",
                from_="2024-01-02",
                whereabouts=False,
                **stay,
            ),
            placements.event(
                "breach-opened",
                anna,
                child=anna,
                breach=breach,
                placement=home,
                rule="C3",
                owner="gatekeeper",
                due="2024-03-01",
            ),
            placements.event(
                "placement-ended",
                anna,
                child=anna,
                placement=home,
                to="2024-03-01",
                destination="FAMILY_BASED",
                reason="NOT_RECORDED",
            ),
            placements.event(
                "placement-started",
                anna,
                child=anna,
                placement=foster,
                care_form="FOSTER",
                from_="2024-03-01",
                whereabouts=True,
                **stay,
            ),
            placements.event(
                "placement-moved", anna, child=anna, from_placement=home, to_placement=foster, on="2024-03-01"
            ),
            placements.event("breach-healed", anna, child=anna, breach=breach),
            placements.event(
                "placement-corrected",
                anna,
                child=anna,
                placement=home,
                care_form="INFANT_HOME",
                carer_relation=None,
                area="KZ-71",
                from_="2024-01-01",
                to="2024-03-01",
                destination="FAMILY_BASED",
                withdrawn=False,
            ),
            placements.event(
                "placement-started",
                ben,
                child=ben,
                placement=error,
                care_form="FOSTER",
                from_="2024-01-01",
                whereabouts=True,
                **stay,
            ),
            placements.event(
                "placement-corrected",
                ben,
                child=ben,
                placement=error,
                care_form="FOSTER",
                carer_relation=None,
                area="KZ-75",
                from_="2024-01-01",
                to=None,
                destination=None,
                withdrawn=True,
            ),
        ],
        [
            social_work.event("centre-opened", facts.identity("centre"), centre=facts.identity("centre"), area="KZ-75"),
            social_work.event(
                "worker-registered",
                facts.identity("worker"),
                worker=facts.identity("worker"),
                centre=facts.identity("centre"),
            ),
            social_work.event(
                "case-opened",
                anna,
                child=anna,
                case=case,
                kind="ALTERNATIVE_CARE",
                centre=facts.identity("centre"),
                opened_on="2024-01-02",
            ),
            social_work.event(
                "case-assigned", anna, child=anna, case=case, worker=facts.identity("worker"), on="2024-01-02"
            ),
            social_work.event("case-closed", anna, child=anna, case=case, reason="LEFT_CARE", closed_on="2024-12-01"),
            social_work.event("something-of-a-later-release", anna, child=anna, novelty=True),
        ],
    )


def interleaved(order: random.Random) -> list[Event]:
    """All events, each source in its own order, the sources mixed at will."""
    waiting = [list(stream) for stream in streams()]
    mixed = []
    while any(waiting):
        mixed.append(order.choice([stream for stream in waiting if stream]).pop(0))
    return mixed


def applied(reporting: Reporting, runs: Sequence[Sequence[Event]]) -> dict[str, list[tuple[object, ...]]]:
    """The read tables after these runs, from empty."""
    with reporting.engine.begin() as connection:
        for table in TABLES:
            connection.execute(text(f"truncate figures_a.{table}"))
    for run in runs:
        with reporting.engine.begin() as connection:
            projections.project(connection, run)
    return {table: reporting.table(table, key) for table, key in TABLES.items()}


@pytest.fixture
def reporting(postgresql_url: str, tmp_path: Path) -> Iterator[Reporting]:
    """An empty deployment, on both PostgreSQLs."""
    made = Reporting("kz", postgresql_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def deployment(new_database: Callable[[], str], tmp_path: Path) -> Iterator[Callable[[str], Reporting]]:
    """Call it with a pack's id for an empty deployment."""
    made = []

    def make(id_: str) -> Reporting:
        made.append(Reporting(id_, new_database(), tmp_path))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_the_tables_say_what_the_events_said_last(reporting: Reporting) -> None:
    tables = applied(reporting, [[event for stream in streams() for event in stream]])
    episodes = {str(row[0]): row for row in tables["episode"]}
    home = episodes[facts.identity("home")]
    assert [str(value) for value in home[3:10]] == [
        "INFANT_HOME", "None", "KZ-71", "2024-01-01", "2024-03-01", "ORPHAN", "FAMILY_BASED",
    ]  # fmt: skip
    assert episodes[facts.identity("error")][-2:] == (True, True)
    children = {str(row[0]): row for row in tables["child"]}
    assert children[facts.identity("ben")][7] is True
    assert children[facts.identity("anna")][5:7] == (True, "KZ-71")
    assert tables["breach"][0][-1] is True
    assert tables["case_file"][0][4] is not None and tables["case_file"][0][7] == "LEFT_CARE"


def test_any_cut_into_runs_and_any_order_between_sources_give_the_same_tables(reporting: Reporting) -> None:
    expected = applied(reporting, [[event for stream in streams() for event in stream]])

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=False), st.lists(st.integers(0, 22), max_size=8))
    def hold(order: random.Random, cuts: list[int]) -> None:
        events = interleaved(order)
        edges = sorted({0, *cuts, len(events)})
        runs = [events[start:end] for start, end in itertools.pairwise(edges)]
        assert applied(reporting, runs) == expected

    hold()


@pytest.mark.parametrize(
    "code", ["\"quoted\" 'twice'", "back\\slash \\n", ":colon %(percent)s", "{braces,NULL}", "", "қазақ"]
)
def test_a_text_is_written_as_it_is_whatever_it_holds(reporting: Reporting, code: str) -> None:
    place = facts.identity("place")
    said = facts.Source("placements").event("provider-registered", place, provider=place, kind=code, area=None)
    ((_, kind, area),) = applied(reporting, [[said]])["provider"]
    assert (kind, area) == (code, None)


def test_figures_count_neither_what_was_entered_in_error_nor_what_has_not_begun(reporting: Reporting) -> None:
    applied(reporting, [[event for stream in streams() for event in stream]])
    with db.new_session(reporting.engine) as session:
        known = Facts(session)
        assert [str(child.child) for child in known.children()] == [facts.identity("anna")]
        assert {str(episode.placement) for episode in known.episodes()} == {
            facts.identity("home"), facts.identity("foster"),
        }  # fmt: skip


def test_a_stay_that_only_its_end_is_known_of_is_not_counted_until_it_began(reporting: Reporting) -> None:
    _, placements, _ = streams()
    ended = next(event for event in placements if event.type == "placements.placement-ended.v1")
    applied(reporting, [[ended]])
    with db.new_session(reporting.engine) as session:
        assert list(Facts(session).episodes()) == []


def test_uzbekistan_s_register_gives_the_published_totals_over_three_returns(
    deployment: Callable[[str], Reporting], tmp_path: Path
) -> None:
    uz = deployment("uz")
    uz.project(facts.register_events("uz", facts.register_lines("uz", tmp_path)))
    totals: dict[str, int] = {}
    missing = set()
    for year in ("2022", "2023", "2024"):
        with db.new_session(uz.engine) as session:
            found = views.figures(session, uz.pack, year)
        assert not [one for one in found.findings if one.weight == "blocks"]
        for figure in found.chosen(None, "_T"):
            cell = figure.cell
            if cell.sex == "_T" and cell.age == ("_T" if cell.indicator.endswith("ALLAGES") else _whole(found, cell)):
                totals[cell.indicator] = totals.get(cell.indicator, 0) + int(cell.value or 0)
                missing |= {(cell.indicator, cell.obs_status)} if cell.value is None else set()
    left = "KW_CHLD_LEFT_RESIDENTIAL"
    assert totals["PT_CHLD_LEFT_RESIDENTIAL"] == 694 + 516 + 753 + 211 == 2174
    assert totals["PT_CHLD_LEFT_RESIDENTIAL_REUNION"] == 694
    assert totals["PT_CHLD_LEFT_RESIDENTIAL_OTHER"] == 211
    assert totals["PT_YOUNG_LEFT_RESIDENTIAL"] == 118
    assert totals["KW_CHLD_MOVED_RESIDENTIAL"] == 156
    assert totals[f"{left}_ALLAGES"] == 2292
    assert totals[f"{left}__FAMILY_TYPE_HOME"] == 753
    assert totals[f"{left}__ADOPTION_GUARDIANSHIP_PATRONAGE"] == 516
    assert missing == {("PT_CHLD_LEFT_RESIDENTIAL_FAMILY", "O"), ("PT_CHLD_LEFT_RESIDENTIAL_ADOPT", "O")}


def _whole(found: views.Published, cell: object) -> str:
    return domain.computed.WHOLE[found.plan.definition(cell.indicator).population]  # type: ignore[attr-defined]


def test_a_sample_of_kazakhstan_s_register_counts_every_child_once_in_its_form(
    deployment: Callable[[str], Reporting], tmp_path: Path
) -> None:
    kz = deployment("kz")
    # Every eighth line: a child's lines stand one after another, so some children come with a part of their stays.
    lines = list(facts.register_lines("kz", tmp_path))[::8]
    kz.project(facts.register_events("kz", lines))
    last = {line.child_key: line for line in lines if line.to_day is None}
    with db.new_session(kz.engine) as session:
        found = views.figures(session, kz.pack, "2011")
    values = {
        figure.cell.indicator: figure.cell.value
        for figure in found.chosen(None, "_T")
        if (figure.cell.sex, figure.cell.age) == ("_T", "Y0T17")
    }
    forms = [line.care_form for line in last.values()]
    assert values["KW_CHLD_INCARE"] == len(forms)
    assert values["PT_CHLD_CARED_BY_FOSTER"] == forms.count("FOSTER")
    assert values["PT_CHLD_CARED_GUARDIAN"] == forms.count("GUARDIANSHIP")
    shares = values["PT_CHLD_INRESIDENTIAL_PROP"], values["PT_CHLD_ALLFAMILY_PROP"]
    assert sum(share for share in shares if share is not None) == 100
    assert {figure.cell.obs_status for figure in found.figures} == {"D"}
    assert {figure.cell.coverage_time for figure in found.figures} == {"31 October 2011"}
    areas = {figure.cell.subnational_area for figure in found.figures}
    assert "KZ-61" in areas and not areas & {"KZ-10", "KZ-33", "KZ-62", "KZ-79"}
