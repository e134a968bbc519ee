"""A sealed child looked for or registered again: the answer of one that never was, a private task for the officer."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, text

from services.registry.domain import Birth, Identity, Name
from services.registry.domain.matching_keys import Kind
from services.registry.domain.matching_sealed import may_be
from services.registry.handlers import matching_sealed as handlers
from services.registry.store import metadata
from services.registry.store.matching_tables import match_asked, match_term, seal_term
from shared import clock
from shared.ids import new_id
from tests import named
from tests.integration import deployed
from tests.integration.deployed import problem
from tests.integration.registered import ALMATY, child_of, identity


@pytest.fixture
def officer(api):
    return api.as_("adoption_officer", subject="officer")


@pytest.fixture
def authority(api):
    return api.as_("sealing_authority", subject="authority one")


@pytest.fixture
def seal(officer, authority):
    def seal(child):
        made = officer.made("/seals", {"child": str(child), "decree": "decree 7"})
        authority.made(f"/seals/{made}/sealing", None, version=1)
        return made

    return seal


def met(api):
    """What the timer does until nothing is left of what was asked."""
    while True:
        with deployed.working("registry", api.engine, actor="timer") as uow:
            if not handlers.meet_sealed_likenesses(uow, clock.now(), deployed.today()):
                return


def tasks_of(officer, seal):
    return [task for task in officer.get("/seal-tasks").json["items"] if task["seal"] == str(seal)]


def kept(api, table):
    with api.engine.connect() as connection:
        connection.execute(text("select set_config('app.system', 'on', true)"))
        return connection.execute(table.select()).all()


def search(api, name, born="2015-05-04", by="clerk"):
    """The answer to a search by likeness."""
    likeness = {"names": [name], "sex": "F", "birth": {"precision": "day", "date": born}, "area": ALMATY}
    answer = api.as_("registrar", subject=by).post("/children/search", {"likeness": likeness}, key=None)
    assert answer.status_code == 200, answer.text
    return answer


def searched(api, name, **how):
    """The ids that a search by likeness finds."""
    return [UUID(item["id"]) for item in search(api, name, **how).json["items"]]


def test_a_search_that_would_have_hit_a_sealed_child_finds_nothing_and_the_officer_learns_of_it(
    api, registrar, officer, seal
):
    name = named.fresh()
    child = child_of(registrar, names=[name])
    assert searched(api, name) == [child]
    met(api)
    sealed = seal(child)
    assert searched(api, name, by="clerk seven") == []
    assert tasks_of(officer, sealed) == []
    met(api)
    [task] = tasks_of(officer, sealed)
    assert (task["child"], task["asked_by"]) == (None, "clerk seven")
    assert task["shared"] > 3
    assert kept(api, match_asked) == []


def test_a_search_has_the_same_answer_by_the_same_statements_whether_the_child_is_sealed_or_never_was(
    api, registrar, seal
):
    name = named.fresh()
    seal(child_of(registrar, names=[name]))
    answers = []
    for each in (name, named.fresh()):
        with deployed.statements(api.engine) as found:
            answer = search(api, each)
        answers.append((answer.data, found))
    assert answers[0] == answers[1]
    assert answers[0][0].startswith(b'{"crowded":0,"elsewhere":[],"items":[]')


def test_a_sealed_child_registered_again_is_refused_nothing_and_the_officer_learns_of_it(api, registrar, officer, seal):
    name = named.fresh()
    sealed = seal(child_of(registrar, names=[name]))
    answers = []
    for names in ([name], [named.fresh()]):
        with deployed.statements(api.engine) as found:
            answer = registrar.post("/children", {"identity": identity(names=names)})
        answers.append((answer.status_code, sorted(answer.json), found))
    assert answers[0] == answers[1]
    again = child_of(registrar, names=[named.fresh()])
    met(api)
    [task] = tasks_of(officer, sealed)
    assert task["child"] not in (None, str(again))
    assert task["asked_by"] == "registrar"


def test_asking_again_and_again_makes_one_task_until_it_is_done(api, registrar, officer, seal):
    name = named.fresh()
    sealed = seal(child_of(registrar, names=[name]))
    for _ in range(2):
        searched(api, name)
        searched(api, name)
        met(api)
    [task] = tasks_of(officer, sealed)
    officer.made(f"/seal-tasks/{task['id']}/done", None, version=1)
    searched(api, name)
    met(api)
    assert len(tasks_of(officer, sealed)) == 1


def test_who_shares_less_with_a_sealed_child_is_no_matter_for_the_officer(api, registrar, officer, seal):
    name = named.fresh()
    sealed = seal(child_of(registrar, names=[name]))
    searched(api, named.fresh(given=name["given"]), born="2015-06-04")
    searched(api, named.fresh())
    met(api)
    assert tasks_of(officer, sealed) == []
    searched(api, named.fresh(given=name["given"]))
    met(api)
    assert [task["shared"] for task in tasks_of(officer, sealed)] == [2]


def test_nobody_but_the_officer_reads_the_tasks_and_nothing_says_whom_they_are_about(api, registrar, officer, seal):
    name = named.fresh()
    child = child_of(registrar, names=[name])
    sealed = seal(child)
    searched(api, name, by="clerk eight")
    met(api)
    assert tasks_of(officer, sealed)
    for role in ("registrar", "social_worker", "supervisor", "administrator", "auditor", "data_protection_officer"):
        assert problem(api.as_(role).get("/seal-tasks")) == (403, "forbidden"), role
    rows = [str(row) for row in kept(api, metadata.tables["seal_task"])]
    assert not [row for row in rows if str(child) in row or str(sealed) in row or "clerk eight" in row]


def test_terms_of_a_sealed_record_cannot_be_laid_beside_those_of_any_other_nor_beside_what_was_asked(
    api, registrar, seal
):
    name = named.fresh()
    child = child_of(registrar, names=[name])
    before = {row.term for row in kept(api, match_term) if row.child == child}
    sealed = seal(child)
    child_of(registrar, names=[name])
    assert before
    assert not [row for row in kept(api, match_term) if row.child == child]
    after = [row.term for row in kept(api, seal_term) if row.seal == sealed]
    assert len(after) == len(before)
    open_terms = {row.term for row in kept(api, match_term)} | {
        each for row in kept(api, match_asked) for each in row.terms
    }
    assert open_terms.isdisjoint(after)


def test_a_sealed_record_is_met_also_where_terms_are_made_otherwise_than_when_it_was_sealed(
    api, registrar, officer, seal
):
    name = named.fresh()
    sealed = seal(child_of(registrar, names=[name]))
    with api.engine.begin() as connection:
        connection.execute(text("select set_config('app.system', 'on', true)"))
        connection.execute(text("update seal_term set version = 1, term = term + 1"))
    searched(api, name)
    met(api)
    assert len(tasks_of(officer, sealed)) == 1


def test_what_was_asked_before_the_sealing_meant_no_sealed_child(api, registrar, officer, seal):
    name = named.fresh()
    child = child_of(registrar, names=[name])
    searched(api, name)
    sealed = seal(child)
    met(api)
    assert tasks_of(officer, sealed) == []


def test_a_refused_seal_leaves_the_child_to_be_found(api, registrar, officer, authority):
    name = named.fresh()
    child = child_of(registrar, names=[name])
    asked = officer.made("/seals", {"child": str(child), "decree": "decree 7"})
    authority.made(f"/seals/{asked}/refusal", {"because": "no decree"}, version=1)
    assert searched(api, name) == [child]


def test_nothing_that_was_asked_is_kept_for_a_day(api):
    with api.engine.begin() as connection:
        row = {"id": new_id(), "at": clock.now() - timedelta(days=1), "by": "clerk", "terms": [1, 2, 3]}
        connection.execute(text("select set_config('app.system', 'on', true)"))
        connection.execute(insert(match_asked).values(row))
    met(api)
    assert kept(api, match_asked) == []


def test_an_import_leaves_what_it_registers_as_well(api, registrar, officer, seal):
    names = [named.fresh() for _ in range(25)]
    sealed = seal(child_of(registrar, names=names[:1]))
    with deployed.working("registry", api.engine, actor="import") as uow:
        for name in names:
            parts = Name(name["script"], "birth", name["family"], name["given"])
            day = date(2015, 5, 4)
            one = Identity(names=(parts,), sex="F", birth=Birth(day, day, "day", "documented"), area=ALMATY)
            uow.match_asked.leave(uow.matches.terms(uow.matches.likeness(one)), new_id())
    met(api)
    assert [task["asked_by"] for task in tasks_of(officer, sealed)] == ["import"]


@pytest.mark.parametrize(
    ("shared", "worth"),
    [
        ([], False),
        ([Kind.NAME_AND_DAY], False),
        ([Kind.NAMES, Kind.NAME_AND_YEAR], False),
        ([Kind.NAME_AND_DAY, Kind.NAME_AND_YEAR], True),
        ([Kind.NAMES, Kind.NAME_AND_YEAR, Kind.NAME_AND_YEAR], True),
    ],
)
def test_three_terms_or_two_with_a_day_are_worth_a_look(shared, worth):
    assert may_be(shared) is worth
