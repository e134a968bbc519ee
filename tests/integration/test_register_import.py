"""The register import over real databases, without processes: what is taken, what is refused, and how often."""

import unicodedata
from datetime import date

import psycopg2.errors
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from services.cli import import_steps, register_import
from services.placements import commands as placements_commands
from services.placements import domain as placements
from services.placements import handlers as placements_handlers
from services.registry import commands as registry_commands
from services.registry import handlers as registry_handlers
from services.registry.store import children as child_store
from services.registry.views import children as child_views
from shared import protection, queries
from shared.errors import Invalid
from shared.ids import new_id
from shared.runtime.deployment import Deployment
from tests.e2e import registers
from tests.integration.office import Office

LINE = (
    "K-1", "Мұсабекова", "Ұлжан", "", "Cyrl", "F", "2010-02-28", "day", "KZ-75", "DETSKY_DOM", "P-1", "№ 1",
    "2015-01-01", "", "", "", "C-1", "W-1", "",
)  # fmt: skip
MOVED = {"to": "2020-05-01", "exit_destination": "TRANSFER_SAME_FORM"}
RETURNED = {"to": "2020-05-01", "exit_destination": "REUNIFICATION"}
STAYS = """
    select child_key, state, p."from"::text, p."to"::text from placement_key k join placement p on p.id = placement
    where k.register = :register
"""


def line(**cells):
    return registers.changed(LINE, **cells)


class Ministry(Office):
    """An office whose files have all columns of the standard, and which looks at stays and cases."""

    def file(self, *lines):
        return registers.write(self.folder / f"{new_id()}.csv", lines)

    def take(self, *lines, **options):
        return self.import_(self.file(*lines), **options)

    def import_(self, file, **options):
        """Import a file; the progress, and what the report says: (line, rule)."""
        done, report = super().take(file, **options)
        return done, [(line, rule) for line, _, rule in report]

    def reported(self, *lines):
        """Line, column and rule of what the report says of a file, each line tried."""
        return super().take(self.file(*lines), again=True)[1]

    def placement(self, child_key="K-1"):
        """The placement that was recorded for a child's line."""
        query = f"select placement from placement_key where register = :register and child_key = '{child_key}'"
        ((id_,),) = self.rows("placements", query)
        return id_

    def stays(self):
        return sorted(self.rows("placements", STAYS))

    def children(self):
        """The ids of the children that carry a key of this register: identifiers are sealed, so all are opened."""
        with self.deployment.reading("registry") as session:
            rows = queries.rows(session, select(child_store.child).order_by(child_store.child.c.id))
            found = protection.opened(session, child_store.child, rows, subject="id")
        return [row["id"] for row in found if any(issuer == self.register for _, issuer, _ in row["identifiers"])]

    def held(self, id_):
        """What registry holds on a child."""
        with self.deployment.reading("registry") as session:
            return child_views.child(session, id_)

    def cases(self, columns="status, opened_on::text, closed_on::text"):
        ids = ", ".join(f"'{id_}'" for id_ in self.children())
        return self.rows("social_work", f"select {columns} from case_file where child in ({ids}) order by opened_on")


@pytest.fixture
def ministry(deployment, tmp_path):
    return Ministry(deployment, tmp_path)


def test_a_line_whose_ground_for_refusal_is_gone_is_taken_with_the_same_file(ministry, monkeypatch):
    file = ministry.file(line(child_key="K-1"), line(child_key="K-2", from_="2024-01-10"))
    monkeypatch.setattr(Deployment, "today", lambda _: date(2023, 12, 31))
    assert ministry.import_(file)[1] == [(3, "from-in-future")]
    monkeypatch.undo()
    done, report = ministry.import_(file)
    assert report == []
    assert done.taken == 1
    assert [child for child, *_ in ministry.stays()] == ["K-1", "K-2"]


def test_what_a_service_refused_is_tried_again_with_the_same_file(ministry):
    ministry.take(line())
    file = ministry.file(line(sex="M"))
    assert ministry.import_(file)[1] == [(2, "differs-from-recorded")]
    assert ministry.import_(file)[1] == [(2, "differs-from-recorded")]
    (child,) = ministry.children()
    ministry.correct(child, sex="M")
    for _ in range(2):
        assert ministry.import_(file)[1] == []


def test_one_key_in_two_spellings_of_unicode_is_one_child(ministry):
    composed = {"child_key": "й-1", "family_name": "Андрейченко", "provider_key": "й"}
    decomposed = {name: unicodedata.normalize("NFD", cell) for name, cell in composed.items()}
    ministry.take(line(**composed, **MOVED))
    _, report = ministry.take(line(**decomposed, **MOVED), line(**decomposed, from_="2020-05-01"))
    assert report == []
    assert len(ministry.children()) == 1
    assert len(ministry.stays()) == 2


def test_where_a_child_went_may_stand_above_where_it_was(ministry):
    ministry.take(line())
    _, report = ministry.take(line(provider_key="P-2", from_="2020-05-01"), line(**MOVED))
    assert report == []
    assert ministry.stays() == [
        ("K-1", "active", "2020-05-01", None),
        ("K-1", "ended", "2015-01-01", "2020-05-01"),
    ]


def test_a_child_whose_care_went_to_another_centre_has_one_open_case(ministry):
    there = {"provider_key": "P-2", "from_": "2020-05-01", "area": "KZ-71", "centre_key": "C-2", "worker_key": "W-2"}
    lines = {"here": line(**MOVED), "there": line(**there)}
    for files in ([["here", "there"]], [["there", "here"]], [["here"], ["there"]], [["there"], ["here"]]):
        ministry.register = str(new_id())
        for file in [ministry.file(*(lines[name] for name in names)) for names in files]:
            assert [ministry.import_(file, again=again)[1] for again in (False, True)] == [[], []]
        assert ministry.cases() == [("closed", "2015-01-01", "2020-05-01"), ("in_progress", "2020-05-01", None)]


def test_lines_in_any_order_are_one_case(ministry):
    ministry.take(line(provider_key="P-2", from_="2020-05-01"), line(**MOVED))
    assert ministry.cases() == [("in_progress", "2015-01-01", None)]


def test_a_child_registered_anew_after_a_withdrawal_gets_its_stay(ministry):
    ministry.take(line())
    (child,) = ministry.children()
    withdraw = registry_handlers.withdraw_child
    ministry.do("registry", withdraw, registry_commands.WithdrawChild, id=child, reason="DUPLICATE")
    _, report = ministry.take(line(), line(child_key="K-2"))
    assert report == []
    assert [key for key, *_ in ministry.stays()] == ["K-1", "K-2"]


def test_an_area_that_changes_with_a_stay_is_the_childs_area(ministry):
    first, then = line(**MOVED), line(provider_key="P-2", from_="2020-05-01", area="KZ-71")
    for files in ([first, then],), ([then, first],), ([line()], [first, then]), ([first], [then]):
        ministry.register = str(new_id())
        for lines in files:
            assert ministry.take(*lines, again=True)[1] == []
        (child,) = ministry.children()
        assert ministry.rows("registry", f"select area from child where id = '{child}'") == [("KZ-71",)]
    ministry.take(line())  # last month's file once more
    assert ministry.rows("registry", f"select area from child where id = '{child}'") == [("KZ-71",)]


def test_a_line_refused_for_its_worker_opens_no_case(ministry):
    ministry.take(line())
    other = line(child_key="K-2", centre_key="C-2")
    _, report = ministry.take(other)
    assert report == [(2, "worker-of-another-centre")]
    assert ministry.cases("status") == [("in_progress",)]


def test_the_report_is_never_written_over_the_register(ministry):
    file = ministry.file(line())
    before = file.read_bytes()
    with pytest.raises(Invalid):
        register_import.import_register(ministry.deployment, file, file, register=ministry.register, new_register=True)
    assert file.read_bytes() == before


def test_a_register_that_nobody_knows_is_refused_unless_it_is_said_to_be_new(ministry):
    ministry.take(line())
    mistyped = ministry.register + "x"
    with pytest.raises(register_import.UnknownRegister) as refused:
        ministry.take(line(), register=mistyped, new_register=False)
    assert ministry.register in refused.value.message
    assert (refused.value.field, "--new-register" in refused.value.remedy) == ("--register", True)
    assert len(ministry.children()) == 1
    assert ministry.take(line(), new_register=False)[1] == []
    assert ministry.take(line(), register=mistyped, new_register=True)[1] == []
    assert ministry.take(line(), register=mistyped, new_register=False)[1] == []


def test_a_batch_that_loses_a_deadlock_is_taken_line_by_line(ministry, monkeypatch):
    prepare, lost = import_steps.SocialWorkStep.prepare, []

    def deadlocked(step, uow, lines):
        if not lost:
            lost.append(len(lines))
            raise OperationalError("select", {}, psycopg2.errors.DeadlockDetected())
        prepare(step, uow, lines)

    monkeypatch.setattr(import_steps.SocialWorkStep, "prepare", deadlocked)
    monkeypatch.setattr(register_import, "LOST_RACES", {None})  # an error made by hand has no code
    assert ministry.take(line(), line(child_key="K-2"))[1] == []
    assert (lost, len(ministry.cases("id"))) == ([2], 2)


def test_a_stay_that_ended_here_is_reported_until_the_register_says_so_too(ministry):
    ministry.take(line())
    left = {"on": date(2020, 5, 1), "reason": "REVIEW", "destination": "REUNIFICATION"}
    end, ending = placements_handlers.end_placement, placements_commands.EndPlacement
    ministry.do("placements", end, ending, id=ministry.placement(), **left)
    for month in ([line()], [line(), line(child_key="K-2")]):
        assert ministry.reported(*month) == [(2, "to", "register-is-behind")]
    assert ministry.stays()[0] == ("K-1", "ended", "2015-01-01", "2020-05-01")
    assert ministry.reported(line(**RETURNED)) == []


def test_a_line_that_a_correction_has_answered_is_silent_and_its_end_is_still_taken(ministry):
    ministry.take(line())
    truth = placements.Stay(care_form="DETSKY_DOM", area="KZ-71", from_=date(2015, 1, 1))
    correct, correction = placements_handlers.correct_placement, placements_commands.CorrectPlacement
    ministry.do("placements", correct, correction, id=ministry.placement(), stay=truth)
    for month in ([line()], [line(), line(child_key="K-2")], [line(**RETURNED)]):
        assert ministry.reported(*month) == []
    assert ministry.stays()[0] == ("K-1", "ended", "2015-01-01", "2020-05-01")
    area = f"select area from placement where id = '{ministry.placement()}'"
    assert ministry.rows("placements", area) == [("KZ-71",)]


def test_what_was_correct_of_a_child_keeps_none_of_its_lines_out(ministry):
    ministry.take(line())
    (child,) = ministry.children()
    ministry.correct(child, sex="M")
    assert ministry.reported(line(**RETURNED)) == []
    assert ministry.stays() == [("K-1", "ended", "2015-01-01", "2020-05-01")]
    assert ministry.held(child)["identity"].sex == "M"
    assert ministry.reported(line(sex="U")) == [(2, "child_key", "differs-from-recorded")]


def test_several_processes_make_of_a_register_what_one_makes(ministry):
    lines = [line(child_key=f"K-{number}") for number in range(300)]
    lines[7] = line(child_key="K-7", sex="X")
    done, refused = ministry.take(*lines, processes=2)
    assert refused == [(9, "sex-known")]
    assert done.made["children"] == len(ministry.children()) == 299
    month = [line(child_key=f"K-{number}", **(RETURNED if number % 3 == 0 else {})) for number in range(300)]
    later, _ = ministry.take(*month, processes=2)
    assert +later.made == {"children": 1, "placements": 1, "cases": 1}
    states = [state for _, state, _, _ in ministry.stays()]
    assert (states.count("active"), states.count("ended")) == (200, 100)
