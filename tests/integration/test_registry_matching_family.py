"""Families as evidence that two records are of one child: names of parents on record, parents and siblings by id."""

from uuid import UUID

import pytest

from services.registry.domain.matching_family import are_siblings
from services.registry.store.matching_family import families
from shared.errors import NotFound
from shared.reach import Reach
from tests import named
from tests.integration import deployed
from tests.integration.registered import ALMATY, child_of, version_of
from tests.integration.related import person_of, related

BORN = "2015-05-04"


def families_of(api, *ids):
    with deployed.working("registry", api.engine) as uow:
        return families(uow.session, ids, deployed.PACK.languages)


def given_names(readings):
    return [token.text for reading in readings for token in reading.given]


def latin(**parts):
    return named.fresh("Latn", **parts)


def called(caller, name, born=BORN):
    """A child of a name that others may have: corrected to it, where registering would ask of the others."""
    child = child_of(caller, born)
    said = caller.get(f"/children/{child}").json["identity"] | {"names": [name]}
    caller.made(f"/children/{child}/corrections", {"identity": said}, version=1)
    return child


def found(caller, name, born=BORN, **said):
    """What a search by likeness says of each child it finds, by id."""
    likeness = {"names": [name], "sex": "F", "birth": {"precision": "day", "date": born}, "area": ALMATY} | said
    answer = caller.post("/children/search", {"likeness": likeness}, key=None)
    assert answer.status_code == 200, answer.text
    return {UUID(item["id"]): item["match"] for item in answer.json["items"]}


def test_names_and_ids_of_parents_and_siblings_are_read_for_many_children_at_once(api, everywhere):
    children = [child_of(everywhere) for _ in range(4)]
    mothers = [person_of(everywhere, names=[latin(given=place)]) for place in ("Anara", "Banara")]
    father = person_of(everywhere, names=[latin(given="Marat")])
    for child, mother in zip(children, mothers, strict=False):
        related(everywhere, child, mother, "MOTHER")
        related(everywhere, child, father, "FATHER")
    everywhere.made(f"/children/{children[2]}/siblings", {"siblings": [str(children[3])]}, version=1)
    seen = families_of(api, *children)
    assert given_names(seen[children[0]].mother) == ["anara"]
    assert given_names(seen[children[1]].mother) == ["banara"]
    assert given_names(seen[children[1]].father) == ["marat"]
    assert seen[children[0]].parents == {mothers[0], father}
    assert seen[children[0]].siblings == {children[1]}  # by the father of both
    assert seen[children[3]].siblings == {children[2]}
    assert seen[children[2]].mother == seen[children[2]].father == ()
    with deployed.statements(api.engine) as many:
        families_of(api, *children)
    with deployed.statements(api.engine) as one:
        families_of(api, children[0])
    assert len(many) == len(one)


def test_a_withdrawn_parent_and_one_who_wished_not_to_be_named_are_no_evidence(api, everywhere):
    child = child_of(everywhere)
    quiet, wrong = (person_of(everywhere, names=[latin()], confidential=yes) for yes in (True, False))
    related(everywhere, child, quiet, "MOTHER")
    tie = related(everywhere, child, wrong, "FATHER")
    everywhere.made(f"/relationships/{tie}/withdrawal", {"reason": "NEVER_SO"}, version=1)
    seen = families_of(api, child)[child]
    assert (seen.mother, seen.father, seen.parents) == ((), (), frozenset())


def test_a_mother_who_has_a_childs_record_is_read_as_any_other(api, everywhere):
    child, mother = (
        child_of(everywhere, "2024-05-04"),
        child_of(everywhere, "2008-05-04", names=[latin(given="Dinara")]),
    )
    related(everywhere, child, mother, "MOTHER", "child")
    seen = families_of(api, child)[child]
    assert (given_names(seen.mother), seen.parents) == (["dinara"], {mother})


def test_what_is_on_record_under_a_merged_record_counts_for_the_one_that_stays(api, everywhere):
    kept, merged, brother, twin = (child_of(everywhere) for _ in range(4))
    mother = person_of(everywhere, names=[latin(given="Sabina")])
    related(everywhere, merged, mother, "MOTHER")
    seen_last = version_of(everywhere, merged)
    everywhere.made(f"/children/{merged}/siblings", {"siblings": [str(brother)]}, version=seen_last)
    joined(everywhere, kept, merged)
    joined(everywhere, twin, brother)
    seen = families_of(api, kept, twin)
    assert given_names(seen[kept].mother) == ["sabina"]
    assert seen[kept].siblings == {twin}
    assert are_siblings(kept, seen[kept], twin, seen[twin])


def joined(caller, kept, merged):
    versions = {id_: int(caller.get(f"/children/{id_}").headers["ETag"].strip('"')) for id_ in (kept, merged)}
    body = {
        "merged": str(merged),
        "merged_version": versions[merged],
        "ground": "SAME_DOCUMENT",
        "reason": "one birth record",
    }
    return caller.made(f"/children/{kept}/merges", body, version=versions[kept])


def test_the_mother_on_record_makes_a_search_surer_and_another_mother_less_sure(api, everywhere):
    name, mother = latin(), latin()
    child = child_of(everywhere, names=[name])
    related(everywhere, child, person_of(everywhere, names=[mother]), "MOTHER")
    without = found(everywhere, name)[child]
    same, other = (found(everywhere, name, mother=[each])[child] for each in (mother, latin()))
    assert other["score"] < without["score"] < same["score"]
    assert "mother-same" in same["reasons"]
    assert "mother-different" in other["reasons"]
    assert not [reason for reason in without["reasons"] if reason.startswith("mother")]


def test_the_father_on_record_stands_for_a_fathers_name_that_the_record_does_not_have(api, everywhere):
    name, father = latin(), latin()
    child = child_of(everywhere, names=[name])
    related(everywhere, child, person_of(everywhere, names=[father]), "FATHER")
    match = found(everywhere, name | {"father": father["given"]})[child]
    assert {"father-same", "father-spelling"} & set(match["reasons"])


def test_who_has_the_same_sibling_on_record_is_surer_and_the_sibling_itself_is_not_the_child(api, everywhere):
    name = latin()
    child, brother = (called(everywhere, name) for _ in range(2))
    everywhere.made(f"/children/{child}/siblings", {"siblings": [str(brother)]}, version=2)
    assert {child, brother} <= found(everywhere, name).keys()
    seen = found(everywhere, name, siblings=[str(brother)])
    assert brother not in seen
    assert "kin-sibling" in seen[child]["reasons"]


def test_twins_and_half_siblings_of_one_name_are_on_record_as_two(api, everywhere):
    name, father = latin(), person_of(everywhere, names=[latin()])
    twins, half = [called(everywhere, name) for _ in range(2)], called(everywhere, name, "2017-02-03")
    for child in (*twins, half):
        related(everywhere, child, father, "FATHER")
    seen = families_of(api, *twins, half)
    pairs = [(one, other) for one in seen for other in seen if one != other]
    assert all(are_siblings(one, seen[one], other, seen[other]) for one, other in pairs)
    assert found(everywhere, name, siblings=[str(twins[0])]).keys() == {twins[1], half}


def test_families_lie_wherever_they_lie_and_the_session_sees_no_more_than_before(api, everywhere):
    child = child_of(everywhere)
    related(everywhere, child, person_of(everywhere, names=[latin()]), "MOTHER")
    with deployed.working("registry", api.engine, reach=Reach(frozenset())) as uow:
        assert families(uow.session, [child], deployed.PACK.languages)[child].mother
        with pytest.raises(NotFound):
            uow.children.get(child)
