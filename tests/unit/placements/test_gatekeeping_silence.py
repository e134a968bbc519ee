"""What the silence of the deciding body means for a case, where the law of a country says so, and where it does not."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.placements.domain import gatekeeping_silence
from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.domain.gatekeeping_silence import Silence, Silent
from services.placements.domain.gatekeeping_states import CaseStatus, Step
from services.placements.domain.gatekeeping_told import GatekeepingLapsed, GatekeepingUnanswered
from services.placements.law import PackLaw
from shared import countries
from shared.errors import Conflict
from tests.unit.placements.test_gatekeeping import ALMATY, CASE, DECISION, NOW, TODAY, told, went

COUNTRIES = Path(__file__).parents[3] / "countries"
LATE = NOW + timedelta(days=8)
BY_LAW = """
[[line]]
id = "{id}"
act = "ENTRY"
{situations}
at_once = []
decides = ["GUARDIANSHIP_BODY"]
notices = []
silence = "{silence}"
oral = false
second_signature = false
unknown = ["application", "longest", "renewals", "appeal", "appeal_suspends", "carry_out"]
defaults = {defaults}
basis = "source"
source = "An Act, s. 7"
"""


def law(tmp_path: Path, *lines: dict[str, str]) -> PackLaw:
    """The law of a country like Uzbekistan, but for the silence of the body that decides on entry."""
    root = Path(shutil.copytree(COUNTRIES, tmp_path / "countries"))
    given = {"id": "entry", "situations": "", "defaults": "[]"}
    table = "\n".join(BY_LAW.format(**given | line) for line in lines)
    (root / "kz" / "tables" / "decision_table.toml").write_text(table, encoding="utf-8")
    return PackLaw(countries.load("kz", root))


def waiting() -> GatekeepingCase:
    made = went(CaseStatus.RECOMMENDED)
    made.pull_facts()
    return made


def meant(case: GatekeepingCase, book: PackLaw, *situations: str, at: datetime = LATE) -> Silent | None:
    return gatekeeping_silence.of(case, situations, book, at, ALMATY)


@pytest.mark.parametrize("effect", [Silence.LAPSES, Silence.REFUSED])
def test_where_the_law_says_so_the_request_lapses_or_is_refused_on_its_last_day(tmp_path: Path, effect: str) -> None:
    book, case = law(tmp_path, {"silence": effect}), waiting()
    assert case.due_at is not None
    assert meant(case, book, at=case.due_at - timedelta(seconds=1)) is None
    silent = meant(case, book)
    assert silent is not None
    case.fall_silent(silent, Step("system", LATE, TODAY, book))
    assert (case.status, case.silence) == (CaseStatus.LAPSED, effect)
    unanswered, lapsed = told(case)
    assert isinstance(unanswered, GatekeepingUnanswered) and isinstance(lapsed, GatekeepingLapsed)
    assert (unanswered.effect, unanswered.on, lapsed.alarm().about) == (effect, silent.on, CASE)
    assert meant(case, book, at=LATE + timedelta(days=90)) is None


def test_what_is_a_default_of_ours_or_goes_on_starts_nothing(tmp_path: Path) -> None:
    for name, line in {
        "ours": {"silence": "refused", "defaults": '["silence"]'},
        "on": {"silence": "continues"},
    }.items():
        assert meant(waiting(), law(tmp_path / name, line)) is None
    assert meant(waiting(), PackLaw(countries.load("kz", COUNTRIES))) is None


def test_a_line_of_the_childs_situation_goes_first_and_a_case_that_waits_for_others_is_not_silent(
    tmp_path: Path,
) -> None:
    alone = {"id": "entry-alone", "situations": 'situations = ["FOUND_ALONE"]', "silence": "refused"}
    book = law(tmp_path, {"silence": "lapses"}, alone)
    assert [meant(waiting(), book, *each).effect for each in ((), ("FOUND_ALONE",))] == ["lapses", "refused"]  # type: ignore[union-attr]
    assert meant(waiting(), book, "FOUND_ALONE", "WITH_PARENTS") is None
    assert meant(went(CaseStatus.ASSESSED), book) is None


def test_after_silence_a_court_still_decides_others_when_the_case_is_taken_up_again() -> None:
    silent = Silent(Silence.REFUSED, TODAY)
    step = Step("system", LATE, TODAY, PackLaw(countries.load("kz", COUNTRIES)))
    for ordered in (True, False):
        case = waiting()
        case.fall_silent(silent, step)
        if ordered:
            case.decide(DECISION, "KIN", TODAY, ordered=True)
            assert (case.status, case.silence) == (CaseStatus.DECIDED, None)
            continue
        with pytest.raises(Conflict):
            case.decide(DECISION, "KIN", TODAY)
        case.screen("again", step)
        assert (case.status, case.silence, case.recommendation) == (CaseStatus.SCREENED, None, None)
