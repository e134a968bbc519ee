"""reporting over HTTP: permissions, figures, closing, bundles in and out, and the pages."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from services.reporting import handlers, trust
from shared.ids import new_id
from tests.integration.reporting_deployment import Reporting
from tests.integration.reporting_given import CHILDREN, lives


@pytest.fixture
def kz(wheel_url: str, tmp_path: Path) -> Iterator[Reporting]:
    """Kazakhstan with twelve children in care."""
    made = Reporting("kz", wheel_url, tmp_path, parent="unicef")
    made.project(lives())
    yield made
    made.close()


@pytest.fixture
def hub(new_database: Callable[[], str], tmp_path: Path) -> Iterator[Reporting]:
    """A hub."""
    made = Reporting("unicef", new_database(), tmp_path)
    yield made
    made.close()


def closing(kz: Reporting, period: str = "2011", key: str | None = None) -> object:
    """Close a period over HTTP."""
    return kz.client("statistician").post(
        f"/reporting/returns/{period}/closing",
        json={"note": "For a test."},
        headers={"Idempotency-Key": key or str(new_id())},
    )


def test_figures_as_known_now_are_given_until_a_period_is_signed(kz: Reporting) -> None:
    asked = "/reporting/figures?period=2011&indicator=KW_CHLD_INCARE&area=KZ-75"
    current = kz.client("analyst").get(asked).json
    assert (current["state"], current["revision"], current["reference_day"]) == ("current", None, "2011-10-31")
    values = {(one["sex"], one["age"]): one["value"] for one in current["items"]}
    assert (values["_T", "Y0T17"], values["F", "Y0T17"]) == (str(CHILDREN), str(CHILDREN // 2))
    assert {one["status"] for one in current["items"]} == {"D"}
    assert closing(kz).status_code == 201
    with kz.engine.begin() as connection:  # a row that is written anew lies elsewhere; the order of figures stays
        connection.execute(text("update return_cell set sex = sex where sex = 'F'"))
    signed = kz.client("analyst").get(asked).json
    assert (signed["state"], signed["revision"]) == ("signed", 1)
    assert signed["items"] == current["items"]


def test_figures_need_the_permission_and_say_nothing_of_single_children(kz: Reporting) -> None:
    assert kz.client().get("/reporting/figures?period=2011").status_code == 401
    assert kz.client("registrar").get("/reporting/figures?period=2011").status_code == 403
    assert kz.client("analyst").get("/reporting/figures?period=11").status_code == 422
    assert "child" not in kz.client("analyst").get("/reporting/figures?period=2011").json["findings"]


def test_closing_twice_with_one_key_answers_the_same_and_with_another_says_that_nothing_changed(kz: Reporting) -> None:
    first, repeated = closing(kz, key="closing-2011"), closing(kz, key="closing-2011")
    assert (first.json["changed"], first.json["revision"], repeated.json) == (True, 1, first.json)
    again = closing(kz)
    assert (again.json["changed"], again.json["id"]) == (False, first.json["id"])
    assert kz.client("analyst").post("/reporting/returns/2011/closing", json={}).status_code == 403


def test_a_period_that_cannot_close_says_why(kz: Reporting) -> None:
    answer = closing(kz, "2026")
    assert (answer.status_code, answer.json["code"]) == (422, "period-not-over")
    assert closing(kz, "20x6").status_code == 422


def test_closing_without_a_key_names_the_rule_and_who_makes_one_and_closes_once_there_is_one(kz: Reporting) -> None:
    file = kz.settings.signing_key_file
    file.unlink()
    refused = closing(kz, key="without-a-key")
    assert (refused.status_code, refused.json["code"]) == (409, "no-signing-key")
    (said,) = refused.json["errors"]
    assert (said["rule"], said["field"]) == ("signing-key", "KINWARD_SIGNING_KEY_FILE")
    assert said["remedy"].endswith("kinward trust show-key")
    assert str(file.parent) not in refused.text
    trust.ensure_signing_key(file)
    file.chmod(0o644)
    unsafe = closing(kz, key="without-a-key")
    assert (unsafe.status_code, unsafe.json["code"]) == (409, "no-signing-key")
    assert unsafe.json["errors"][0]["remedy"].endswith("kinward doctor --only signing-key")
    assert kz.count("bundle") == 0
    file.chmod(0o600)
    assert closing(kz, key="without-a-key").status_code == 201


def test_a_hub_that_cannot_sign_receipts_has_the_sender_try_later(kz: Reporting, hub: Reporting) -> None:
    hub.trusts(kz, "KAZ")
    closing(kz)
    raw = kz.client("statistician").get("/reporting/bundles/1").data
    hub.settings.signing_key_file.unlink()
    answer = hub.client("reporter").post("/reporting/hub/bundles", data=raw, content_type="application/zip")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert hub.count("delivery") == 0


def test_bundles_are_listed_and_given_out_as_they_were_signed(kz: Reporting) -> None:
    closing(kz)
    client = kz.client("statistician")
    (listed,) = client.get("/reporting/bundles").json["items"]
    assert (listed["seq"], listed["period"], listed["audience"], listed["verdict"]) == (1, "2011", "unicef", None)
    raw = client.get("/reporting/bundles/1")
    assert raw.mimetype == "application/zip"
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(raw.data)).namelist()
    assert client.get("/reporting/bundles/2").status_code == 404
    (kept,) = kz.client("analyst").get("/reporting/returns").json["items"]
    assert (kept["period"], kept["status"], kept["bundle"]) == ("2011", "signed", 1)


def test_a_bundle_comes_in_once_and_its_receipt_twice(kz: Reporting, hub: Reporting) -> None:
    hub.trusts(kz, "KAZ")
    closing(kz)
    raw = kz.client("statistician").get("/reporting/bundles/1").data
    reporter = hub.client("reporter")
    first = reporter.post("/reporting/hub/bundles", data=raw, content_type="application/zip")
    again = reporter.post("/reporting/hub/bundles", data=raw, content_type="application/zip")
    assert (first.status_code, first.mimetype, again.data) == (201, "application/jose+json", first.data)
    assert reporter.get("/reporting/hub/issuers/kz/cursor").json["expected_next_seq"] == 2
    assert reporter.get("/reporting/hub/figures").status_code == 403
    analyst = hub.client("hub_analyst")
    assert [column["issuer"] for column in analyst.get("/reporting/hub/figures").json["columns"]] == ["kz"]
    table = analyst.get("/reporting/hub/figures.csv")
    assert table.data.decode().splitlines()[0].startswith("DATAFLOW,REF_AREA,INDICATOR")
    assert b"KW_" not in table.data
    states = {one["issuer"]: one["state"] for one in analyst.get("/reporting/hub/completeness").json["items"]}
    assert states == {"kz": "complete", "uz": "missing"}


def test_a_bundle_needs_its_media_type_its_permission_and_a_size(hub: Reporting) -> None:
    reporter = hub.client("reporter")
    assert reporter.post("/reporting/hub/bundles", data=b"{}", content_type="application/json").status_code == 415
    analyst = hub.client("hub_analyst")
    assert analyst.post("/reporting/hub/bundles", data=b"", content_type="application/zip").status_code == 403
    too_large = reporter.post(
        "/reporting/hub/bundles", content_type="application/zip", environ_overrides={"CONTENT_LENGTH": str(65 * 2**20)}
    )
    assert too_large.status_code == 413
    assert hub.count("delivery") == 0


def test_the_page_shows_a_country_without_script_or_style_in_it(kz: Reporting) -> None:
    page = kz.client().get("/reporting/page?period=2011&indicator=KW_CHLD_INCARE")
    text = page.text
    assert page.status_code == 200
    assert "12 children were in formal alternative care on 31 October 2011." in text
    assert "<script" not in text and " style=" not in text and "<style" not in text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert "<bdi>Almaty</bdi><small>KZ-75 · city</small>" in text
    assert "<bdi>Ongtüstik Qazaqstan oblysy</bdi>" in text, "an area's name is that of the period"
    assert kz.client().get("/reporting/pages/figures.css").mimetype == "text/css"


def test_the_page_needs_a_token_outside_demo_mode_and_from_other_machines(kz: Reporting) -> None:
    elsewhere = kz.client().get("/reporting/page", environ_overrides={"REMOTE_ADDR": "10.1.2.3"})
    assert elsewhere.status_code == 401
    kz.settings = replace(kz.settings, demo=False)
    assert kz.client().get("/reporting/page").status_code == 401
    assert kz.client().get("/reporting/page/figures.csv").status_code == 401
    assert kz.client().get("/reporting/pages/figures").status_code == 401
    assert kz.client("analyst").get("/reporting/pages/figures?period=2011").status_code == 200
    assert kz.client("analyst").get("/reporting/pages/hub").status_code == 403


def test_the_hub_s_page_shows_countries_side_by_side_with_marks_notes_and_the_table(
    kz: Reporting, hub: Reporting
) -> None:
    hub.trusts(kz, "KAZ")
    closing(kz)
    with hub.working() as uow:
        uow.execute(handlers.ingest_bundle, hub.ingesting(kz.client("statistician").get("/reporting/bundles/1").data))
    text = hub.client().get("/reporting/page").text
    assert '<p class="big">12</p><p>children in formal alternative care</p>' in text
    assert "<bdi>Kazakhstan</bdi>" in text and "31 October 2011" in text
    assert 'class="mark D"' in text and "Definition differs" in text
    assert "Nothing received" in text
    table = hub.client().get("/reporting/page/figures.csv")
    assert table.headers["Content-Disposition"] == 'attachment; filename="figures.csv"'
    assert b"PT_CHLD_INRESIDENTIAL" in table.data


def test_an_empty_hub_and_a_period_without_children_have_a_page_too(kz: Reporting, hub: Reporting) -> None:
    assert "No country has reported yet." in hub.client().get("/reporting/page").text
    assert "No child is counted in Kazakhstan for 1990." in kz.client().get("/reporting/page?period=1990").text
    assert kz.client().get("/reporting/page?period=nonsense&area=%3Cb%3E").status_code == 200
