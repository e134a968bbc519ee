"""Both sides of a merge and of its undoing: events, siblings, the pair, terms, and from which record each fact came."""

from uuid import UUID

from sqlalchemy import text

from tests import named
from tests.integration import deployed
from tests.integration.registered import child_of, child_with_key, events_of, version_of
from tests.integration.related import person_of, related, siblings

SINCE = ("child-joined", "child-parted", "child-merged", "child-unmerged", "siblings-linked", "siblings-unlinked")


def joined(caller, kept, merged, **changes):
    body = {"merged": str(merged), "merged_version": version_of(caller, merged), "ground": "SAME_DOCUMENT"}
    body |= {"reason": "one birth record"} | changes
    return caller.made(f"/children/{kept}/merges", body, version=version_of(caller, kept))


def undone(caller, kept, merge):
    path = f"/children/{kept}/merges/{merge}/undoing"
    return caller.made(path, {"reason": "two children"}, version=version_of(caller, kept))


def told(api, child):
    """(type, what it says beside the child) of what was told of merges and siblings."""
    found = [(event.type.split(".")[1], dict(event.data)) for event in events_of(api.engine, child)]
    return [(type_, {name: value for name, value in data.items() if name != "child"}) for type_, data in found
            if type_ in SINCE]  # fmt: skip


def linked(child):
    return "siblings-linked", {"siblings": [str(child)]}


def unlinked(child):
    return "siblings-unlinked", {"siblings": [str(child)]}


def noted(api, child):
    """Whose siblings stand beside a record."""
    with deployed.working("registry", api.engine) as uow:
        return uow.children.get(UUID(str(child))).siblings


def test_both_records_tell_of_a_merge_and_of_its_undoing(api, registrar):
    kept, merged = child_of(registrar), child_of(registrar)
    merge = joined(registrar, kept, merged)
    assert told(api, kept) == [("child-joined", {"merged": str(merged)})]
    assert told(api, merged) == [("child-merged", {"into": str(kept)})]
    undone(registrar, kept, merge)
    assert told(api, kept)[1:] == [("child-parted", {"parted": str(merged)})]
    assert told(api, merged)[1:] == [("child-unmerged", {"out_of": str(kept)})]


def test_the_siblings_of_the_record_that_gave_way_are_those_of_the_one_that_stays_until_it_is_undone(api, registrar):
    kept, merged, brother = (child_of(registrar) for _ in range(3))
    registrar.made(f"/children/{merged}/siblings", {"siblings": [str(brother)]}, version=1)
    merge = joined(registrar, kept, merged)
    assert (noted(api, kept), noted(api, merged), noted(api, brother)) == ({brother}, set(), {kept})
    assert told(api, brother) == [linked(merged), unlinked(merged), linked(kept)]
    assert told(api, kept)[1:] == [linked(brother)]
    assert told(api, merged)[1:] == [("child-merged", {"into": str(kept)}), unlinked(brother)]
    assert siblings(registrar, kept).keys() == {str(brother)}
    undone(registrar, kept, merge)
    assert (noted(api, kept), noted(api, merged), noted(api, brother)) == (set(), {brother}, {merged})
    assert told(api, brother)[3:] == [unlinked(kept), linked(merged)]  # in this order nobody counts one twice
    assert told(api, kept)[-1] == unlinked(brother)
    assert told(api, merged)[-1] == linked(brother)


def test_one_who_was_a_sibling_of_both_stays_one_of_each_and_is_told_so_once(api, registrar):
    kept, merged, brother = (child_of(registrar) for _ in range(3))
    for child in (kept, merged):
        version = version_of(registrar, child)
        registrar.made(f"/children/{child}/siblings", {"siblings": [str(brother)]}, version=version)
    merge = joined(registrar, kept, merged)
    assert (noted(api, kept), noted(api, merged), noted(api, brother)) == ({brother}, set(), {kept})
    assert told(api, brother)[2:] == [unlinked(merged)]
    undone(registrar, kept, merge)
    assert (noted(api, kept), noted(api, merged), noted(api, brother)) == ({brother}, {brother}, {kept, merged})


def test_siblings_by_a_parent_follow_a_merge_too_and_what_was_withdrawn_meanwhile_does_not_come_back(api, registrar):
    kept, merged, brother, sister = (child_of(registrar) for _ in range(4))
    mother, father = person_of(registrar), person_of(registrar)
    ties = [related(registrar, child, mother, "MOTHER") for child in (merged, brother)]
    for child in (kept, sister):
        related(registrar, child, father, "FATHER")
    merge = joined(registrar, kept, merged)
    assert noted(api, kept) == {brother, sister}
    registrar.made(f"/relationships/{ties[1]}/withdrawal", {"reason": "NEVER_SO"}, version=1)
    assert noted(api, kept) == {sister}
    undone(registrar, kept, merge)
    assert (noted(api, kept), noted(api, merged), noted(api, brother)) == ({sister}, set(), set())


def test_what_a_sealed_sibling_was_does_not_come_back_with_an_undoing(api, registrar):
    kept, merged, brother = (child_of(registrar) for _ in range(3))
    registrar.made(f"/children/{merged}/siblings", {"siblings": [str(brother)]}, version=1)
    merge = joined(registrar, kept, merged)
    seal = api.as_("adoption_officer").made("/seals", {"child": str(brother), "decree": "decree 7"})
    api.as_("sealing_authority").made(f"/seals/{seal}/sealing", None, version=1)
    undone(registrar, kept, merge)
    assert (noted(api, kept), noted(api, merged), noted(api, brother)) == (set(), set(), set())


def test_the_pair_is_one_child_after_a_merge_and_two_after_its_undoing(api, registrar):
    kept, merged = child_of(registrar), child_of(registrar)
    merge = joined(registrar, kept, merged)

    def decision():
        with deployed.working("registry", api.engine) as uow:
            return str(uow.match_pairs.between(kept, [merged])[merged].decision)

    assert decision() == "same"
    undone(registrar, kept, merge)
    assert decision() == "different"


def test_both_records_are_found_by_their_names_while_they_are_one_and_when_they_are_two_again(api, registrar):
    names = [named.fresh() for _ in range(2)]
    kept, merged = (child_of(registrar, names=[name]) for name in names)

    def found(name):
        likeness = {"names": [name], "sex": "F", "birth": {"precision": "day", "date": "2015-05-04"}}
        items = registrar.post("/children/search", {"likeness": likeness}, key=None).json["items"]
        return [UUID(item["id"]) for item in items]

    merge = joined(registrar, kept, merged)
    assert [found(name) for name in names] == [[kept], [kept]]
    undone(registrar, kept, merge)
    assert [found(name) for name in names] == [[kept], [merged]]


def test_from_which_record_each_fact_came_is_shown(api, registrar):
    (kept, _), (merged, _) = child_with_key(registrar), child_with_key(registrar)
    for child in (kept, merged, merged):
        related(registrar, child, person_of(registrar), "GRANDPARENT")
    merge = joined(registrar, kept, merged, chosen=["names"])

    def origins():
        return registrar.get(f"/children/{kept}/merges").json["origins"]

    shown = origins()
    fields = {each["field"]: each["record"] for each in shown["fields"]}
    assert (fields["names"], fields["birth"]) == (str(merged), str(kept))
    assert sorted(each["record"] for each in shown["identifiers"]) == sorted([str(kept), str(merged)])
    assert shown["recorded"] == [
        {"kind": "relationship", "record": str(kept), "count": 1},
        {"kind": "relationship", "record": str(merged), "count": 2},
    ]
    undone(registrar, kept, merge)
    assert {each["record"] for each in origins()["fields"]} == {str(kept)}
    assert [each["record"] for each in origins()["identifiers"]] == [str(kept)]


def test_nothing_is_said_of_values_where_facts_come_from(api, registrar):
    kept, merged = child_of(registrar), child_of(registrar)
    joined(registrar, kept, merged, chosen=["names"])
    answer = registrar.get(f"/children/{kept}/merges").text
    with api.engine.connect() as connection:
        assert connection.scalar(text("select count(*) from joining")) > 0
    names = registrar.get(f"/children/{kept}").json["identity"]["names"]
    assert not [name for name in names if name["family"] in answer]
