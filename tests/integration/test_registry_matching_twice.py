"""A child recorded twice, each time with its mother: its two records are siblings by descent, and yet one child."""

import pytest
from sqlalchemy import text

from services.registry.store import matching_runs
from shared import clock
from tests import named
from tests.integration import deployed
from tests.integration.registered import child_of, version_of
from tests.integration.related import person_of, related, siblings

BORN = "2015-05-04"
FOUND = text("select child, other, likelihood, reasons from match_pair where child = any(:ids) and other = any(:ids)")


@pytest.fixture
def mother(registrar):
    return person_of(registrar, names=[named.fresh("Latn")])


def born_to(caller, mother, name, born=BORN, **changes):
    """A child on whose record she is; corrected to its name, where registering would ask of the other record."""
    child = child_of(caller, born)
    said = caller.get(f"/children/{child}").json["identity"] | {"names": [name]} | changes
    caller.made(f"/children/{child}/corrections", {"identity": said}, version=1)
    if mother is not None:
        related(caller, child, mother, "MOTHER")
    return child


def proposed(api, *children):
    """What a run over these children finds among them: the two records, how likely, and why."""
    now = clock.now()
    with deployed.working("registry", api.engine) as uow:
        uow.looking.compare(sorted(children), before=now, at=now)
    with api.engine.connect() as connection:
        return {frozenset(row[:2]): row[2:] for row in connection.execute(FOUND, {"ids": list(children)})}


def declared(caller, child, other):
    version = version_of(caller, child)
    caller.made(f"/children/{child}/siblings", {"siblings": [str(other)]}, version=version)


def merging(caller, kept, merged):
    body = {"merged": str(merged), "merged_version": version_of(caller, merged), "ground": "SAME_DOCUMENT"}
    return caller.post(
        f"/children/{kept}/merges", body | {"reason": "one birth record"}, version=version_of(caller, kept)
    )


def noted(api, child):
    with deployed.working("registry", api.engine) as uow:
        return uow.children.get(child).siblings


def test_two_records_with_the_same_mother_are_found_and_she_is_the_reason(api, registrar, mother):
    name = named.fresh("Latn")
    one, two = (born_to(registrar, mother, name) for _ in range(2))
    assert noted(api, one) == {two}
    likelihood, reasons = proposed(api, one, two)[frozenset({one, two})]
    assert likelihood == "likely"
    assert {"given-same", "birth-day", "mother-same", "kin-parent"} <= set(reasons)


def test_brothers_and_sisters_and_twins_of_one_mother_are_not_proposed(api, registrar, mother):
    name = named.fresh("Latn")
    names = [name, *(name | {"given": named.fresh("Latn")["given"]} for _ in range(2))]
    twins = [born_to(registrar, mother, each) for each in names[:2]]
    younger = born_to(registrar, mother, names[2], "2018-11-23")
    assert proposed(api, *twins, younger) == {}


def test_one_name_and_another_birth_or_sex_are_two_siblings(api, registrar, mother):
    name = named.fresh("Latn")
    one, later = born_to(registrar, mother, name), born_to(registrar, mother, name, "2019-12-21")
    boy = born_to(registrar, mother, name, sex="M")
    assert noted(api, one) == {later, boy}
    assert proposed(api, one, later, boy) == {}


def test_who_was_declared_a_sibling_is_not_proposed_whatever_follows_from_the_mother(api, registrar, mother):
    name = named.fresh("Latn")
    one, two = (born_to(registrar, mother, name) for _ in range(2))
    declared(registrar, one, two)
    assert proposed(api, one, two) == {}
    third = born_to(registrar, mother, name)
    assert proposed(api, one, two, third).keys() == {frozenset({one, third}), frozenset({two, third})}


def test_siblings_take_no_other_records_place(api, registrar, mother, monkeypatch):
    monkeypatch.setattr(matching_runs, "BESIDE", 1)
    name = named.fresh("Latn") | {"patronymic": named.fresh("Latn")["given"]}
    one, other = born_to(registrar, mother, name), born_to(registrar, None, name | {"patronymic": ""})
    sister = born_to(registrar, mother, name | {"given": named.fresh("Latn")["given"]})
    found = proposed(api, one, sister, other).keys()
    assert frozenset({one, other}) in found
    assert frozenset({one, sister}) not in found


def test_the_two_are_made_one_and_an_undoing_gives_the_siblings_back(api, registrar, mother):
    name = named.fresh("Latn")
    kept, merged = (born_to(registrar, mother, name) for _ in range(2))
    sister = born_to(registrar, mother, named.fresh("Latn"))
    made = merging(registrar, kept, merged)
    assert made.status_code == 201, made.text
    assert (noted(api, kept), noted(api, merged), noted(api, sister)) == ({sister}, set(), {kept})
    assert siblings(registrar, kept).keys() == {str(sister)}
    assert proposed(api, kept, merged, sister).keys() == {frozenset({kept, merged})}  # decided by the merge
    path = f"/children/{kept}/merges/{made.json['id']}/undoing"
    registrar.made(path, {"reason": "two children"}, version=version_of(registrar, kept))
    family = {kept, merged, sister}
    assert [noted(api, each) for each in (kept, merged, sister)] == [family - {each} for each in (kept, merged, sister)]
    assert siblings(registrar, merged) == {str(kept): "half", str(sister): "half"}


def test_who_was_declared_a_sibling_is_not_merged_until_that_is_withdrawn(api, registrar, mother):
    name = named.fresh("Latn")
    kept, merged = (born_to(registrar, mother, name) for _ in range(2))
    declared(registrar, kept, merged)
    refused = merging(registrar, kept, merged)
    assert (refused.status_code, refused.json["errors"][0]["rule"]) == (422, "not-siblings")
    assert "withdraw" in refused.json["errors"][0]["remedy"]
    ties = registrar.get(f"/children/{kept}/relationships").json["items"]
    [tie] = [each for each in ties if each["kind"] == "SIBLING"]
    registrar.made(f"/relationships/{tie['id']}/withdrawal", {"reason": "NEVER_SO"}, version=tie["version"])
    assert merging(registrar, kept, merged).status_code == 201
