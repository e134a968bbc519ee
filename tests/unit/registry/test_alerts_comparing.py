"""Found children beside missing ones: what may be one child, and a worker's decision."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.registry.domain import Name, matching_names
from services.registry.domain import alerts_comparing as domain
from services.registry.domain.alerts_comparing import PairDecision
from services.registry.domain.alerts_content import Description
from services.registry.domain.matching_weights import DEFAULT
from services.registry.handlers import alerts as handlers
from shared.errors import Conflict
from shared.ids import new_id

GONE = datetime(2026, 3, 1, 2, tzinfo=UTC)
SOUGHT = domain.MissingChild(
    new_id(), None, "KZ-75", Description(GONE, sex="F", born_from=date(2015, 1, 1), born_to=date(2015, 12, 31))
)
FOUND = domain.FoundChild(new_id(), "F", date(2015, 6, 1), date(2016, 6, 1), "KZ-75", date(2026, 3, 5))


def agreement(found=None, sought=None, **description):
    missing = replace(SOUGHT, description=replace(SOUGHT.description, **description), **sought or {})
    return domain.agreement(missing, replace(FOUND, **found or {}), window_days=30)


def test_two_that_agree_are_one_pair_with_the_facts_in_which_they_do():
    assert agreement() == ("sex", "age", "area")
    assert agreement({"region": "KZ-71"}) == ("sex", "age")


@pytest.mark.parametrize("unknown", [{"sex": None}, {"sex": "U"}, {"born_from": None, "born_to": None}])
def test_what_is_not_known_contradicts_nothing_and_agrees_in_nothing(unknown):
    left = "age" if "sex" in unknown else "sex"
    assert agreement(**unknown) == (left, "area")


@pytest.mark.parametrize(
    "found",
    [
        {"sex": "M"},
        {"born_from": date(2016, 1, 1)},
        {"born_from": date(2010, 1, 1), "born_to": date(2014, 12, 31)},
        {"found_on": GONE.date() - timedelta(days=1)},
        {"found_on": GONE.date() + timedelta(days=31)},
    ],
)
def test_what_contradicts_makes_them_two(found):
    assert agreement(found) is None


def test_the_bounds_belong_to_the_window_and_to_the_spans():
    for count in (0, 30):
        assert agreement({"found_on": GONE.date() + timedelta(days=count)})
    assert agreement({"born_from": date(2015, 12, 31)})
    assert agreement({"born_from": date(2014, 1, 1), "born_to": date(2015, 1, 1)})


def test_a_child_is_not_put_beside_itself():
    assert agreement(sought={"child": FOUND.id}) is None


def pair():
    return domain.Pair(new_id(), SOUGHT.alert, FOUND.id, ("sex",), GONE)


def test_unsure_may_become_sure_and_what_is_sure_stays():
    made = pair()
    made.decide(PairDecision.UNSURE, by="worker", at=GONE)
    made.decide(PairDecision.SAME, by="colleague", at=GONE)
    assert (made.decision, made.decided_by, made.version) == (PairDecision.SAME, "colleague", 3)
    for other in PairDecision:
        with pytest.raises(Conflict) as refused:
            made.decide(other, by="worker", at=GONE)
        assert (refused.value.field, refused.value.rule) == ("decision", "decided-once")
    assert set(domain.PAIR_TRANSITIONS) == set(PairDecision)


class Fake:
    """What the comparison uses of a unit of work."""

    def __init__(self, missing, found):
        self._missing, self._found, self.kept = missing, found, []
        self.pairs = self.alert_law = self.matches = self
        self.weights = DEFAULT

    def compare_days(self, on):
        return 30

    def missing(self):
        return self._missing

    def found(self, since):
        self.since = since
        return self._found

    def known(self):
        return {(each.alert, each.child) for each in self.kept}

    def add(self, made):
        self.kept.append(made)


def test_a_pair_is_proposed_once_whatever_was_decided():
    other = replace(FOUND, id=new_id(), sex="M")
    uow = Fake([SOUGHT], [FOUND, other])
    assert handlers.compare_found(uow, GONE, GONE.date()) == 1
    assert [(each.alert, each.child, each.decision) for each in uow.kept] == [
        (SOUGHT.alert, FOUND.id, PairDecision.PROPOSED)
    ]
    uow.kept[0].decide(PairDecision.DIFFERENT, by="worker", at=GONE)
    assert handlers.compare_found(uow, GONE, GONE.date()) == 0
    assert handlers.compare_found(Fake([], [FOUND]), GONE, GONE.date()) == 0


def test_names_are_a_reason_more_and_never_one_against():
    def named(given, family):
        return matching_names.read([Name("Latn", "alias", family, given)], ("kk",))

    sought = replace(SOUGHT, names=named("Aigul", "Serikova"))
    names = [named("Aigul", "Serikova"), named("Marzhan", "Ospanova"), ()]
    uow = Fake([sought], [replace(FOUND, id=new_id(), names=each) for each in names])
    assert handlers.compare_found(uow, GONE, GONE.date()) == 3
    assert [each.reasons for each in uow.kept] == [("given-same", "family-same"), (), ()]
    assert [each.score > 0 for each in uow.kept] == [True, False, False]


def test_a_turn_proposes_a_limited_number_and_the_next_goes_on():
    uow = Fake([SOUGHT], [replace(FOUND, id=new_id()) for _ in range(handlers.A_TURN + 20)])
    assert handlers.compare_found(uow, GONE, GONE.date()) == handlers.A_TURN
    assert handlers.compare_found(uow, GONE, GONE.date()) == 20
