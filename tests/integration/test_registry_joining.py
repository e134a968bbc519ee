"""Two records of one child made one, and undone, over HTTP and on a real database; two people at once."""

import threading

from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.registered import ALMATY, ASTANA, at_once, child_with_key, events_of, found

REASON = "one birth record behind both, canary-reason"


def joined(kept, merged, **changes):
    body = {"merged": str(merged), "merged_version": 1, "ground": "SAME_DOCUMENT", "reason": REASON}
    return f"/children/{kept}/merges", body | changes


def families(registrar, child):
    return [name["family"] for name in registrar.get(f"/children/{child}").json["identity"]["names"]]


def told(api, child):
    return [(event.type, event.data) for event in events_of(api.engine, child)]


def test_merged_records_are_read_as_one_and_undone_they_are_two_again(api, registrar):
    (kept, first), (merged, second) = child_with_key(registrar, family="Aaa"), child_with_key(registrar, family="Bbb")
    path, body = joined(kept, merged, chosen=["names"])
    merge = registrar.made(path, body, version=1)
    assert families(registrar, kept) == ["Bbb"]
    assert found(registrar, first) == found(registrar, second) == [str(kept)]
    gone = registrar.get(f"/children/{merged}")
    assert problem(gone) == (409, "record-merged")
    assert str(kept) in gone.json["detail"]
    assert told(api, merged)[-1] == ("registry.child-merged.v1", {"child": str(merged), "into": str(kept)})
    version = int(registrar.get(f"/children/{kept}").headers["ETag"].strip('"'))
    registrar.made(f"{path}/{merge}/undoing", {"reason": "two children"}, version=version)
    assert (families(registrar, kept), families(registrar, merged)) == (["Aaa"], ["Bbb"])
    assert (found(registrar, first), found(registrar, second)) == ([str(kept)], [str(merged)])
    assert told(api, merged)[-1] == ("registry.child-unmerged.v1", {"child": str(merged), "out_of": str(kept)})
    [row] = registrar.get(path).json["items"]
    assert (row["status"], row["reason"], row["undone_because"]) == ("undone", REASON, "two children")
    assert ("registrar", "MergeChildren", "done") in audited(api, merge)


def test_why_they_were_merged_and_what_they_were_is_kept_sealed(api, registrar):
    (kept, _), (merged, _) = child_with_key(registrar, family="Aaa"), child_with_key(registrar, family="Canaryson")
    path, body = joined(kept, merged)
    merge = registrar.made(path, body, version=1)
    with api.engine.connect() as connection:
        sql = deployed.text("select joining::text, sealed from joining where id = :id")
        row, sealed = connection.execute(sql, {"id": merge}).one()
    assert not [word for word in (REASON, "canary", "Canaryson") if word in row or word.encode() in bytes(sealed)]


def test_both_versions_are_looked_at(registrar):
    (kept, _), (merged, _) = child_with_key(registrar, family="Aaa"), child_with_key(registrar, family="Bbb")
    path, body = joined(kept, merged)
    assert problem(registrar.post(path, body)) == (428, "precondition-required")
    assert problem(registrar.post(path, body, version=2)) == (412, "stale-version")
    assert problem(registrar.post(path, body | {"merged_version": 2}, version=1)) == (412, "stale-version")
    assert registrar.get(f"/children/{kept}").headers["ETag"] == '"1"'


def test_who_does_not_reach_the_other_record_merges_nothing_and_learns_nothing(api, registrar):
    elsewhere = api.as_("registrar", areas=(ASTANA,), subject="of Astana")
    (kept, _), (far, _) = child_with_key(registrar, family="Aaa"), child_with_key(elsewhere, family="Bbb", area=ASTANA)
    answers = [registrar.post(*joined(kept, other), version=1) for other in (far, new_id())]
    assert [problem(answer) for answer in answers] == [(404, "not-found")] * 2
    everywhere = api.as_("registrar", subject="everywhere")
    everywhere.made(*joined(kept, far), version=1)
    shown, kept_from = registrar.get(f"/children/{far}"), elsewhere.get(f"/children/{far}")
    assert problem(kept_from) == (404, "not-found")
    assert str(kept) not in kept_from.text
    assert problem(shown) == (404, "not-found")


def test_chains_circles_and_own_records_are_refused_and_nothing_is_stored(api, registrar):
    (one, _), (two, _), (three, _) = (child_with_key(registrar, family=name) for name in ("Aaa", "Bbb", "Ccc"))
    registrar.made(*joined(one, two), version=1)
    refusals = [
        (registrar.post(*joined(three, one, merged_version=2), version=1), (422, "not-joinable"), "no-chains"),
        (registrar.post(*joined(three, two), version=1), (409, "record-merged"), "record-merged"),
        (registrar.post(*joined(two, three), version=2), (409, "record-merged"), "record-merged"),
        (registrar.post(*joined(three, three), version=1), (422, "not-joinable"), "two-records"),
    ]
    for answer, expected, rule in refusals:
        assert (problem(answer), answer.json["errors"][0]["rule"]) == (expected, rule)
    assert registrar.get(f"/children/{three}/merges").json["items"] == []


def test_of_two_merges_of_one_record_at_once_one_is_done(api, registrar):
    (one, _), (two, _), (both, _) = (child_with_key(registrar, family=name) for name in ("Aaa", "Bbb", "Ccc"))
    callers = [api.as_("registrar", areas=(ALMATY,), subject=f"r{number}") for number in range(2)]
    done, refused = at_once(
        lambda: callers[0].post(*joined(one, both), version=1), lambda: callers[1].post(*joined(two, both), version=1)
    )
    assert (done, refused // 100) == (201, 4)


def test_of_two_merges_of_two_records_into_each_other_at_once_one_is_done(api, registrar):
    (one, _), (two, _) = child_with_key(registrar, family="Aaa"), child_with_key(registrar, family="Bbb")
    callers = [api.as_("registrar", areas=(ALMATY,), subject=f"r{number}") for number in range(2)]
    done, refused = at_once(
        lambda: callers[0].post(*joined(one, two), version=1), lambda: callers[1].post(*joined(two, one), version=1)
    )
    assert (done, refused // 100) == (201, 4)


def test_a_chain_is_refused_also_where_its_other_end_is_out_of_reach(api, registrar):
    elsewhere = api.as_("registrar", areas=(ASTANA,), subject="of Astana")
    (one, _), (two, _), (far, _) = (
        child_with_key(registrar, family="Aaa"),
        child_with_key(registrar, family="Bbb"),
        child_with_key(elsewhere, family="Ccc", area=ASTANA),
    )
    api.as_("registrar", subject="everywhere").made(*joined(two, far), version=1)
    answer = registrar.post(*joined(one, two, merged_version=2), version=1)
    assert (problem(answer), answer.json["errors"][0]["rule"]) == ((422, "not-joinable"), "no-chains")


def test_a_merge_while_the_other_record_is_edited_waits_and_is_told_that_it_changed(api, registrar):
    (kept, _), (merged, _) = child_with_key(registrar, family="Aaa"), child_with_key(registrar, family="Bbb")
    answers = []
    with deployed.working("registry", api.engine) as uow:
        uow.children.get(merged).version += 1
        thread = threading.Thread(target=lambda: answers.append(registrar.post(*joined(kept, merged), version=1)))
        thread.start()
        assert deployed.waits_for_a_lock(api.engine)
    thread.join()
    assert problem(answers[0]) == (412, "stale-version")


def test_a_merge_into_an_entry_made_in_error_is_undone_with_its_identifiers(registrar):
    (kept, first), (merged, second) = child_with_key(registrar, family="Aaa"), child_with_key(registrar, family="Bbb")
    path, body = joined(kept, merged)
    merge = registrar.made(path, body, version=1)
    registrar.made(f"/children/{kept}/withdrawal", {"reason": "TEST_ENTRY"}, version=2)
    assert found(registrar, first) == found(registrar, second) == []
    registrar.made(f"{path}/{merge}/undoing", {"reason": "two children"}, version=3)
    assert (found(registrar, first), found(registrar, second)) == ([], [str(merged)])
    assert families(registrar, merged) == ["Bbb"]
