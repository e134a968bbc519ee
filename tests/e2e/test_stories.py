"""Two stories that must work (PACKS.md), in deployments that run: police at night, and a court in Lahore.

Real processes over a private RabbitMQ node and Debian's PostgreSQL 15. What each rule says is tried in tests/unit and
tests/integration; here is the way through all of it, as the people of a country go it.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.ids import new_id
from tests import named
from tests.e2e import running
from tests.e2e.people import Person
from tests.e2e.running import until

SERVICES = ("registry", "placements", "social_work", "reporting")
ALMATY, LAHORE = "KZ-75", "PK-PB-LAHORE"


def country(rabbitmq, postgresql, id_):
    """A deployment of a country or province, serving."""
    databases = {f"{service.upper()}_DATABASE_URL": postgresql.new_database() for service in SERVICES}
    uri = rabbitmq.new_vhost()
    with running.home() as home, running.deployment(home, id_, AMQP_URI=uri, **databases) as made:
        made.kinward("migrate")
        made.kinward("keys", "init")
        made.serve("all")
        yield made
    rabbitmq.drop_vhost(uri)
    for url in databases.values():
        postgresql.drop_database(url)


@pytest.fixture(scope="module")
def kz(rabbitmq, postgresql_debian15):
    yield from country(rabbitmq, postgresql_debian15, "kz")


@pytest.fixture(scope="module")
def punjab(rabbitmq, postgresql_debian15):
    yield from country(rabbitmq, postgresql_debian15, "pk-pb")


def last_night(zone):
    """Two in the morning of the night that is over."""
    today = datetime.now(ZoneInfo(zone)).date()
    return datetime.combine(today - timedelta(days=1), time(2), ZoneInfo(zone))


def born(years, days=0):
    day = datetime.now(UTC).date() - timedelta(days=round(365.25 * years) + days)
    return {"precision": "day", "date": str(day)}


def child_of(registrar, area, birth, sex="F", script="Cyrl", **name):
    identity = {"names": [named.fresh(script, **name)], "sex": sex, "birth": birth, "area": area}
    return registrar.made("/registry/children", {"identity": identity})["id"]


def facility(inspector, area, places, **more):
    home = {"kind": "FACILITY", "area": area, "name": "Shelter No. 1", "places": places}
    id_ = inspector.made("/placements/providers", home)["id"]
    if more:
        inspector.made(
            f"/placements/providers/{id_}/amendments",
            {"area": area, "name": home["name"], "places": places} | more,
            version=1,
        )
    return id_


def whereabouts(caller, child):
    answer = caller.get(f"/placements/children/{child}/placements")
    assert answer.status == 200, answer.body.decode()
    return answer.json


def open_rules(caller, child):
    return {each["rule"] for each in whereabouts(caller, child)["breaches"] if not each["healed_on"]}


def unmet(caller, child, stay):
    """What the rules would say no to in a stay that someone thinks of, with what each collides with."""
    answer = caller.post(f"/placements/children/{child}/verdicts", {"stay": stay})
    assert answer.status == 200, answer.body.decode()
    return {each["rule"]: each for each in answer.json["verdicts"] if not each["met"]}


def refused(answer):
    """The rules that an answer names, the first of them by precedence first."""
    assert answer.status == 422, answer.body.decode()
    return [error["rule"] for error in answer.json["errors"]]


def test_at_two_in_the_morning_police_bring_two_sisters_and_an_infant_brother_and_the_only_shelter_is_full(kz):
    registrar, inspector = Person(kz, "registrar", "registrar"), Person(kz, "inspector", "inspector")
    duty = Person(kz, "duty_officer", "night", (ALMATY,))
    keeper, second = (Person(kz, "gatekeeper", name, (ALMATY,)) for name in ("keeper", "second"))
    Person(kz, "administrator", "admin").made(
        "/placements/rota",
        {"role": "gatekeeper", "area": ALMATY, "level": 0, "account": "keeper", "from": "2026-01-01"},
    )
    shelter = facility(inspector, ALMATY, 2)
    night = last_night("Asia/Almaty")
    for _ in range(2):
        there = {"care_form": "SHELTER_EMERGENCY", "area": ALMATY, "provider": shelter, "from": "2026-01-10"}
        body = {"stay": there | {"entry_reason": "NEGLECT"}, "ground": "arrived"}
        duty.made(f"/placements/children/{new_id()}/whereabouts", body)
    family = named.fresh("Cyrl")["family"]
    sisters = [child_of(registrar, ALMATY, born(years), family=family) for years in (9, 6)]
    brother = child_of(registrar, ALMATY, born(0, 240), "M", family=family)
    version = int(registrar.get(f"/registry/children/{brother}").headers["ETag"].strip('"'))
    registrar.made(f"/registry/children/{brother}/siblings", {"siblings": sisters}, version=version)
    kz.settle()

    # One request at night, and no rule stands in its way.
    taken = duty.made(
        "/placements/emergencies",
        {
            "children": [*sisters, brother], "taken_by": "POLICE", "situation": "WITH_PARENTS", "taken_from": "PARENT",
            "taken_at": night.isoformat(), "arrived_at": (night + timedelta(minutes=40)).isoformat(),
            "stay": {
                "care_form": "SHELTER_EMERGENCY", "area": ALMATY, "provider": shelter, "entry_reason": "VIOLENCE"
            },
        },
    )  # fmt: skip
    found = {item["child"]: item for item in taken["items"]}
    assert found.keys() == {*sisters, brother}
    rules = {child: {breach["rule"] for breach in item["breaches"]} for child, item in found.items()}
    assert {"decision-in-force", "capacity", "under-three-residential"} <= rules[brother]
    assert all({"decision-in-force", "capacity"} <= rules[sister] for sister in sisters)
    assert not any("under-three-residential" in rules[sister] for sister in sisters)

    # The clocks run by the hour: the decision's from the arrival, the prosecutor's at once.
    for item in found.values():
        [decision] = [each for each in item["breaches"] if each["rule"] == "decision-in-force"]
        assert datetime.fromisoformat(decision["due_at"]) - night <= timedelta(hours=72, minutes=40)
        [prosecutor] = [each for each in item["notices"] if each["to"] == "PROSECUTOR"]
        assert datetime.fromisoformat(prosecutor["due"]) == night
    alarms = keeper.get("/placements/alarms?limit=200").json["items"]
    assert {each["owner"] for each in alarms if each["child"] == brother and each["role"] == "gatekeeper"} == {"keeper"}
    for item in found.values():
        [prosecutor] = [each for each in item["notices"] if each["to"] == "PROSECUTOR"]
        told = {"sent_at": datetime.now(UTC).isoformat(), "means": "TELEPHONE"}
        duty.made(f"/placements/notices/{prosecutor['id']}/sent", told)
    open_ = keeper.get(f"/placements/notices?area={ALMATY}&limit=200").json["items"]
    assert not [each for each in open_ if each["to"] == "PROSECUTOR"]

    # With the grandmother he would be without his sisters; with them, under three in residential care.
    today = str(datetime.now(ZoneInfo("Asia/Almaty")).date())
    with_kin = {
        "care_form": "GUARDIANSHIP", "area": ALMATY, "from": today, "carer_relation": "GRANDPARENT",
        "entry_reason": "VIOLENCE",
    }  # fmt: skip
    with_sisters = {
        "care_form": "SHELTER_EMERGENCY", "area": ALMATY, "provider": shelter, "from": today, "entry_reason": "VIOLENCE"
    }  # fmt: skip
    apart = unmet(keeper, brother, with_kin)["siblings-together"]
    assert (apart["conflicts_with"], apart["yields"]) == ("under-three-residential", "siblings-together")
    assert "under-three-residential" in unmet(keeper, brother, with_sisters)

    # What yields is signed by two, and the court's decision lets him go.
    reason = {
        "reason": "RULES_COLLIDE",
        "words": "The grandmother can take the infant alone; his sisters visit weekly.",
    }
    deviation = keeper.made(
        f"/placements/children/{brother}/deviations", {"rule": "siblings-together", "stay": with_kin} | reason
    )["id"]
    terms = {
        "act": "ENTRY", "situation": "WITH_PARENTS", "outcome": "KIN", "body": "COURT", "instrument": "JUDGMENT",
        "number": "2-1187", "made_on": today, "effective_from": today, "area": ALMATY, "care_forms": ["GUARDIANSHIP"],
    }  # fmt: skip
    decision = keeper.made(f"/placements/children/{brother}/decisions", {"terms": terms})["id"]
    asked = {"stay": with_kin, "decision": decision}
    assert "siblings-together" in refused(keeper.post(f"/placements/children/{brother}/placements", asked))
    signing = f"/placements/exemptions/{deviation}/signature"
    assert keeper.post(signing, {}, version=version_of(keeper, brother)).status in {403, 409, 422}
    second.made(signing, {}, version=version_of(second, brother))
    planned = keeper.made(f"/placements/children/{brother}/placements", asked)["id"]
    move = {"on": today, "reason": "DECISION"}
    keeper.made(f"/placements/placements/{planned}/move", move, version=version_of(keeper, brother))
    left = open_rules(keeper, brother)
    assert not {"under-three-residential", "decision-in-force", "capacity", "siblings-together"} & left
    kz.settle()
    until(lambda: form_in_reporting(kz, brother) == "GUARDIANSHIP", "reporting knows where he lives now")


def form_in_reporting(deployment, child):
    query = "select care_form from episode where child = :child and started and end_day is null"
    return deployment.value("reporting", query, child=child)


def version_of(caller, child):
    return whereabouts(caller, child)["version"]


def test_a_court_in_lahore_orders_a_child_into_a_facility_whose_licence_has_expired(punjab):
    registrar, inspector = Person(punjab, "registrar", "registrar"), Person(punjab, "inspector", "inspector")
    keeper = Person(punjab, "gatekeeper", "keeper", (LAHORE,))
    supervisor = Person(punjab, "supervisor", "supervisor", (LAHORE,), new_id())
    today = datetime.now(ZoneInfo("Asia/Karachi")).date()
    licence = {"number": "CPWB-77", "from": "2023-01-01", "to": str(today - timedelta(days=1))}
    home = facility(inspector, LAHORE, 30, approval=licence)
    child = child_of(registrar, LAHORE, born(8), "M", "Arab")
    punjab.settle()

    stay = {
        "care_form": "CHILDRENS_HOME", "area": LAHORE, "provider": home, "from": str(today), "entry_reason": "NEGLECT"
    }  # fmt: skip
    terms = {
        "act": "ENTRY", "situation": "FOUND_ALONE", "outcome": "RESIDENTIAL", "body": "CHILD_AGENCY",
        "instrument": "ADMINISTRATIVE_ACT", "number": "1", "made_on": str(today), "effective_from": str(today),
        "area": LAHORE, "care_forms": ["CHILDRENS_HOME"], "provider": home, "decided_by": "officer",
    }  # fmt: skip
    # Who is no court does not decide this in Punjab; and permission to place there is refused.
    assert keeper.post(f"/placements/children/{child}/decisions", {"terms": terms}).status == 422
    assert "approval-in-force" in refused(keeper.post(f"/placements/children/{child}/placements", {"stay": stay}))

    # A court's order is recorded, with what the rules say to it beside it.
    order = terms | {"body": "COURT", "instrument": "JUDGMENT", "number": "LHR 4411", "decided_by": None}
    decision = keeper.made(f"/placements/children/{child}/decisions", {"terms": order})["id"]
    decided = keeper.get(f"/placements/children/{child}/decisions").json["decisions"]
    [shown] = [each for each in decided if each["id"] == decision]
    assert "approval-in-force" in shown["unmet"]
    [task] = [
        each for each in supervisor.get("/placements/alarms?limit=200").json["items"] if each["about"] == decision
    ]
    assert (task["role"], task["child"]) == ("supervisor", child)

    # The child is brought there: a fact; the breach has a rule, facts, an owner, a day and a remedy.
    arrival = {"stay": stay, "ground": "court-ordered"}
    keeper.made(f"/placements/children/{child}/whereabouts", arrival)
    [breach] = [each for each in whereabouts(keeper, child)["breaches"] if each["rule"] == "approval-in-force"]
    assert breach["owner"] == "gatekeeper"
    assert breach["facts"]["approved_to"] == licence["to"]
    assert date.fromisoformat(breach["due"]) >= today
    assert "renew the licence" in breach["remedy"]
    assert "decision-in-force" not in open_rules(keeper, child)

    # The supervisor looks at the order; the licence is renewed, and the breach heals by itself.
    supervisor.made(f"/placements/decisions/{decision}/answer", {}, version=version_of(keeper, child))
    renewed = {"number": "CPWB-78", "from": str(today), "to": str(today + timedelta(days=365))}
    inspector.made(
        f"/placements/providers/{home}/amendments",
        {"area": LAHORE, "name": "Shelter No. 1", "places": 30, "approval": renewed},
        version=2,
    )
    punjab.kinward("placements", "turn")
    assert "approval-in-force" not in open_rules(keeper, child)
    left = [each for each in supervisor.get("/placements/alarms?limit=200").json["items"] if each["child"] == child]
    assert not [each for each in left if each["about"] in {decision, breach["id"]}]
