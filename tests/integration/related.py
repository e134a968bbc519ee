"""What tests of families over HTTP do all the time: children, persons, relationships, what is told of them."""

from shared import event_log

ALMATY, ASTANA = "KZ-75", "KZ-71"
NAME = {"script": "Cyrl", "kind": "birth", "family": "Тестова", "given": "Гүлнар", "patronymic": ""}
PASSPORT = {"kind": "PASSPORT", "issuer": "main"}


def child_of(caller, area=ALMATY, born="2015-05-04", basis="documented"):
    birth = {"precision": "day", "date": born, "basis": basis}
    identity = {"names": [], "sex": "F", "birth": birth, "area": area}
    return caller.made("/children", {"identity": identity})


def person_of(caller, area=ALMATY, **said):
    return caller.made("/persons", {"particulars": {"area": area, "names": [NAME]} | said})


def related(caller, child, other, kind, other_kind="person", **span):
    body = {"other": str(other), "other_kind": other_kind, "kind": kind} | span
    return caller.made(f"/children/{child}/relationships", body)


def siblings(caller, child):
    found = caller.get(f"/children/{child}/siblings").json["items"]
    return {each["id"]: each["kind"] for each in found}


def told(api, child):
    with api.engine.connect() as connection:
        found = event_log.read(connection, 0, 10_000, source="urn:kinward:kz:registry")
    return [(event.type.removeprefix("registry."), event.data) for event in found if event.subject == child]
