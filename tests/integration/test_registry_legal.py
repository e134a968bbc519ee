"""Legal measures, representatives and coming of age over a real database and the API."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import text

from services.registry import handlers
from services.registry.domain.legal_file import Parent
from services.registry.handlers import legal
from services.registry.store import alarm_gauges, families
from services.registry.store.legal_law import PackLegalLaw
from services.registry.views import legal as views
from shared import event_log, metrics
from shared.ids import new_id
from tests import alarms, named
from tests.integration import deployed
from tests.integration.deployed import problem

NOW = datetime.now(UTC)
TODAY = deployed.today(NOW)
DECISION = {"body": "COURT", "instrument": "JUDGMENT", "number": "2-14/26 Canarova"}


@pytest.fixture(scope="module")
def registrar(api):
    return api.as_("registrar", areas=("KZ-75",))


def years_ago(years, days=0):
    day = TODAY - timedelta(days=days)
    return day.replace(year=day.year - years, day=min(day.day, 28))


def child_of(registrar, born="2015-05-04", **birth):
    body = {"sex": "F", "birth": {"date": str(born)} | birth, "area": "KZ-75", "names": [named.fresh("Latn")]}
    return registrar.made("/children", {"identity": body})


def terms(kind, from_="2026-01-10", **more):
    return {"terms": {"kind": kind, "from": str(from_), "decision": DECISION} | more}


def guardian(person=None, kind="RELATIVE", **more):
    return {"holder": {"kind": kind, "person": str(person or new_id())} | more}


def measures(registrar, child):
    return {each["id"]: each for each in registrar.get(f"/children/{child}/measures").json["items"]}


def in_care(engine, child, provider=None, since="2026-01-05"):
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into care_status (child, in_care, provider, placement, care_form, since, in_care_since) "
                "values (:child, true, :provider, :placement, 'FOSTER', :since, :since)"
            ),
            {"child": child, "provider": provider, "placement": new_id(), "since": since},
        )


def run(engine, timed, today=TODAY):
    with deployed.working("registry", engine) as uow:
        return timed(uow, datetime.combine(today, NOW.timetz()), today)


def told(engine, child):
    with engine.connect() as connection:
        found = event_log.read(connection, 0, 10_000, source="urn:kinward:kz:registry")
    return [event for event in found if event.subject == child]


def types(engine, child):
    return [event.type.split(".")[1] for event in told(engine, child)]


def test_a_measure_is_recorded_read_back_and_told_without_a_word(api, engine, registrar):
    child, aunt = child_of(registrar), new_id()
    body = terms("GUARDIANSHIP", words="She asked for it", **guardian(aunt))
    measure = registrar.made(f"/children/{child}/measures", body)
    shown = measures(registrar, child)[str(measure)]
    assert (shown["status"], shown["effect"], shown["suspended"]) == ("in_force", "guardianship", False)
    assert shown["terms"]["decision"]["number"] == DECISION["number"]
    assert shown["terms"]["holder"]["person"] == str(aunt)
    assert shown["report_due"] == "2027-01-10"
    assert types(engine, child)[1:] == ["legal-measure-recorded"]
    kept = repr([event.data for event in told(engine, child)])
    with engine.connect() as connection:
        kept += str(connection.execute(text("select * from legal_measure")).all())
    assert "Canarova" not in kept
    assert "asked" not in kept


def test_a_measure_is_changed_as_seen_and_within_reach_alone(api, registrar):
    child = child_of(registrar)
    path = f"/measures/{registrar.made(f'/children/{child}/measures', terms('CUSTODY', **guardian()))}"
    ending = {"on": "2026-02-01", "reason": "LIFTED"}
    far = api.as_("registrar", areas=("KZ-71",), subject="far")
    assert problem(far.post(f"{path}/ending", ending, version=1)) == (404, "not-found")
    assert problem(far.get(f"/children/{child}/measures")) == (404, "not-found")
    assert problem(far.post(f"/children/{child}/measures", terms("CUSTODY", **guardian()))) == (404, "not-found")
    assert problem(registrar.post(f"{path}/ending", ending)) == (428, "precondition-required")
    assert problem(registrar.post(f"{path}/ending", ending, version=2)) == (412, "stale-version")
    assert registrar.post(f"{path}/ending", ending, version=1).json["version"] == 2
    assert problem(registrar.post(f"{path}/ending", ending, version=2)) == (409, "measure-is-over")
    assert problem(registrar.post(f"/measures/{new_id()}/ending", ending, version=1)) == (404, "not-found")
    noted = [row[:2] for row in deployed.audited(api, child) if row[2] == "done"]
    assert noted.count(("registrar", "registry.legal.record")) == 2  # recorded, ended: in the child's access log


def test_corrections_appeals_reports_and_withdrawal(engine, registrar):
    child, aunt = child_of(registrar), new_id()
    measure = registrar.made(f"/children/{child}/measures", terms("GUARDIANSHIP", **guardian(aunt)))
    path = f"/measures/{measure}"
    decided = terms("GUARDIANSHIP", "2026-01-12", **guardian(aunt))
    decided["terms"]["decision"] = DECISION | {"id": str(new_id())}
    assert registrar.post(f"{path}/corrections", decided, version=1).status_code == 201
    appeal = {"lodged_on": "2026-02-01", "suspends": True}
    assert registrar.post(f"{path}/appeal", appeal, version=2).status_code == 201
    assert measures(registrar, child)[str(measure)]["suspended"] is True
    upheld = {"on": "2026-02-10", "upheld": True}
    assert registrar.post(f"{path}/appeal/decision", upheld, version=3).status_code == 201
    report = {"report": {"on": "2026-02-20", "property": "A flat", "alimony": "None comes"}}
    assert registrar.post(f"{path}/reports", report, version=4).status_code == 201
    shown = measures(registrar, child)[str(measure)]
    assert [each["from"] for each in shown["before"]] == ["2026-01-10"]
    assert (shown["terms"]["from"], shown["appeal"]["upheld"]) == ("2026-01-12", True)
    assert (shown["reports"][0]["property"], shown["report_due"]) == ("A flat", "2027-01-10")
    assert registrar.post(f"{path}/withdrawal", {}, version=5).status_code == 201
    assert measures(registrar, child)[str(measure)]["status"] == "withdrawn"
    assert types(engine, child)[1:] == [
        "legal-measure-recorded", "legal-measure-corrected", "legal-measure-appealed", "legal-measure-appealed",
        "legal-measure-reported", "legal-measure-corrected",
    ]  # fmt: skip


def test_what_is_amiss_is_refused_by_field_and_nothing_is_stored(registrar):
    child = child_of(registrar)
    for body, field in (
        (terms("NO_SUCH_KIND"), "terms.kind"),
        (terms("CUSTODY"), "holder"),
        (terms("RIGHTS_REMOVED"), "person"),
        (terms("CUSTODY", to="2025-01-01", **guardian()), "to"),
    ):
        answer = registrar.post(f"/children/{child}/measures", body)
        assert problem(answer) == (422, "invalid-input")
        assert [each["field"] for each in answer.json["errors"]] == [field]
    assert measures(registrar, child) == {}


def test_of_two_guardians_recorded_at_once_the_second_is_refused(engine, registrar):
    child, outcomes = child_of(registrar), []
    with deployed.working("registry", engine) as uow:
        uow.children.get(child)  # holds the child while both ask

        def ask():
            outcomes.append(registrar.post(f"/children/{child}/measures", terms("GUARDIANSHIP", **guardian())))

        asking = [Thread(target=ask) for _ in range(2)]
        for each in asking:
            each.start()
        assert deployed.waits_for_a_lock(engine)
    for each in asking:
        each.join(20)
    assert sorted(answer.status_code for answer in outcomes) == [201, 409]
    assert len(measures(registrar, child)) == 1


def test_measures_begin_and_end_on_their_days(engine, registrar):
    child, tomorrow = child_of(registrar), TODAY + timedelta(days=1)
    later = registrar.made(f"/children/{child}/measures", terms("CUSTODY", tomorrow, **guardian()))
    over = tomorrow + timedelta(days=1)
    brief = registrar.made(f"/children/{child}/measures", terms("CUSTODY", TODAY, to=str(over), **guardian()))

    def status():
        return [measures(registrar, child)[str(each)]["status"] for each in (later, brief)]

    run(engine, legal.advance_measures)
    assert status() == ["recorded", "in_force"]
    run(engine, legal.advance_measures, over)
    assert status() == ["in_force", "ended"]
    assert run(engine, legal.advance_measures, over) == 0


def test_time_does_nothing_to_a_closed_record(engine, registrar):
    child, tomorrow = child_of(registrar), TODAY + timedelta(days=1)
    registrar.made(f"/children/{child}/measures", terms("CUSTODY", tomorrow, **guardian()))
    registrar.made(f"/children/{child}/withdrawal", {"reason": "TEST_ENTRY"}, version=1)
    run(engine, legal.advance_measures, tomorrow)
    assert types(engine, child)[-1] == "child-withdrawn"


def test_guardianship_becomes_trusteeship_by_itself_where_the_pack_knows_the_age(engine, registrar, monkeypatch):
    known = PackLegalLaw._known
    monkeypatch.setattr(
        PackLegalLaw,
        "_known",
        lambda self, name, *place: 14 if name == "trusteeship_age" else known(self, name, *place),
    )
    old, young = child_of(registrar, years_ago(14, days=3)), child_of(registrar, years_ago(13))
    for child in (old, young):
        registrar.made(f"/children/{child}/measures", terms("GUARDIANSHIP", "2025-01-10", **guardian()))
    run(engine, legal.switch_guardianships)
    assert run(engine, legal.switch_guardianships) == 0
    found = {(each["effect"], each["status"]) for each in measures(registrar, old).values()}
    assert found == {("trusteeship", "in_force"), ("guardianship", "superseded")}
    assert [each["effect"] for each in measures(registrar, young).values()] == ["guardianship"]


def test_coming_of_age_is_noticed_once_and_ends_what_others_hold(engine, registrar):
    adult, young = child_of(registrar, years_ago(18, days=3)), child_of(registrar, years_ago(17))
    maybe = child_of(registrar, str(TODAY.year - 18), precision="year", basis="estimated")
    for child in (adult, young, maybe):
        registrar.made(f"/children/{child}/measures", terms("GUARDIANSHIP", "2025-01-10", **guardian()))
    run(engine, legal.come_of_age)
    run(engine, legal.come_of_age)
    assert types(engine, adult)[1:] == ["legal-measure-recorded", "legal-measure-ended", "child-came-of-age"]
    for child in (young, maybe):
        assert types(engine, child)[1:] == ["legal-measure-recorded"]
    assert registrar.get(f"/children/{adult}/capacity").json["adult"] is True
    corrected = {"sex": "F", "birth": {"date": str(years_ago(15))}, "area": "KZ-75", "names": [named.fresh("Latn")]}
    registrar.made(f"/children/{adult}/corrections", {"identity": corrected}, version=1)
    assert run(engine, legal.doubt_majorities) == 1
    assert run(engine, legal.doubt_majorities) == 0
    assert types(engine, adult)[-1] == "majority-retracted"


def unrepresented(overdue="yes"):
    return alarm_gauges.UNREPRESENTED.labels(overdue)._value.get()


def listed(caller):
    found = {}
    cursor = {}
    while True:
        page = caller.get("/alarms/unrepresented-children", limit="2", **cursor)
        assert page.status_code == 200, page.text
        found |= {each["id"]: each for each in page.json["items"]}
        if page.json["next"] is None:
            return found
        cursor = {"cursor": page.json["next"]}


def test_a_child_in_care_whom_nobody_represents_is_an_alarm_with_owner_and_days(
    api, engine, registrar, promtool, tmp_path
):
    keeper = api.as_("gatekeeper", areas=("KZ-75",))
    child, home = child_of(registrar), child_of(registrar)
    run(engine, handlers.TIMED["unrepresented-children"])
    before = unrepresented()
    in_care(engine, child)
    row = listed(keeper)[str(child)]
    assert (row["since"], row["due"], row["escalates_on"]) == ("2026-01-05", "2026-02-05", "2026-02-12")
    assert (row["owner"], row["escalated"]) == ("supervisor", True)
    assert str(home) not in listed(keeper)
    assert str(child) not in listed(api.as_("gatekeeper", areas=("KZ-71",)))
    run(engine, handlers.TIMED["unrepresented-children"])
    assert unrepresented() > before
    rung = alarms.rings_now(promtool, tmp_path, metrics.exposition(), "unrepresented_children")
    assert rung == {"KinwardUnrepresentedChildren"}
    path = f"/children/{child}/measures"
    aunt = new_id()
    measure = registrar.made(path, terms("GUARDIANSHIP", **guardian(aunt)))
    assert str(child) not in listed(keeper)
    suspicion = registrar.made(path, terms("SUSPECTED_OF_HARM", person=str(aunt)))
    assert str(child) in listed(keeper)
    registrar.made(f"/measures/{suspicion}/ending", {"on": str(TODAY), "reason": "UNFOUNDED"}, version=1)
    assert str(child) not in listed(keeper)
    registrar.made(f"/measures/{measure}/appeal", {"lodged_on": str(TODAY), "suspends": True}, version=1)
    assert str(child) in listed(keeper)


@pytest.mark.parametrize(
    ("recorded", "represented"),
    [
        ([], True),
        ([("RIGHTS_REMOVED", True)], False),
        ([("RIGHTS_LIMITED", True)], False),
        ([("SUSPECTED_OF_HARM", True)], False),
        ([("LEFT_WITHOUT_CARE", True)], False),
        ([("LEFT_WITHOUT_CARE", False)], False),
        ([("RIGHTS_REMOVED", True), ("RIGHTS_RESTORED", True)], True),
        ([("EMANCIPATION", False)], True),
    ],
)
def test_the_list_and_the_rule_say_the_same_of_parents(api, engine, registrar, recorded, represented):
    child, mother = child_of(registrar), new_id()
    tie = {"child": child, "other": mother, "other_kind": "person", "kind": "MOTHER", "bond": "parent"}
    flags = {"kin": True, "single": True, "symmetric": False, "status": "recorded"}
    with engine.begin() as connection:
        connection.execute(families.relationship.insert().values(id=new_id(), version=1, **tie, **flags))
    in_care(engine, child)
    for kind, by_name in recorded:
        cause = {"cause": "ABANDONED"} if kind == "LEFT_WITHOUT_CARE" else {}
        person = {"person": str(mother)} if by_name else {}
        registrar.made(f"/children/{child}/measures", terms(kind, **cause, **person))
    assert (str(child) not in listed(api.as_("gatekeeper"))) is represented
    with deployed.working("registry", engine) as uow:
        assert uow.legal.parents(child) == [Parent(mother)]
        found = views.representatives(uow.session, child, TODAY)
        emancipated = views.file(uow.session, child).emancipated(TODAY, TODAY)
        assert bool(found or emancipated) is represented


def test_guardians_reports_that_did_not_come_are_listed(api, registrar):
    child = child_of(registrar)
    path = f"/children/{child}/measures"
    measure = registrar.made(path, terms("GUARDIANSHIP", "2024-05-01", **guardian()))
    keeper = api.as_("gatekeeper", areas=("KZ-75",))
    rows = {row["id"]: row for row in keeper.get("/alarms/guardian-reports", limit="200").json["items"]}
    assert (rows[str(measure)]["due"], rows[str(measure)]["child"]) == ("2025-05-01", str(child))
    registrar.made(f"/measures/{measure}/reports", {"report": {"on": str(TODAY)}}, version=1)
    rows = keeper.get("/alarms/guardian-reports", limit="200").json["items"]
    assert str(measure) not in {row["id"] for row in rows}


def test_what_stands_under_two_records_of_one_child_counts_for_the_one_and_is_told_apart_again(api, engine):
    nationwide = api.as_("registrar", subject="nationwide")
    kept, gone, mother = child_of(nationwide), child_of(nationwide), new_id()
    tie = {"child": gone, "other": mother, "other_kind": "person", "kind": "MOTHER", "bond": "parent"}
    flags = {"kin": True, "single": True, "symmetric": False, "status": "recorded"}
    with engine.begin() as connection:
        connection.execute(families.relationship.insert().values(id=new_id(), version=1, **tie, **flags))
    in_care(engine, gone)
    measure = nationwide.made(f"/children/{gone}/measures", terms("RIGHTS_REMOVED", person=str(mother)))
    keeper = api.as_("gatekeeper")
    assert str(gone) in listed(keeper)
    body = {"merged": str(gone), "merged_version": 1, "ground": "SAME_DOCUMENT", "reason": "one child"}
    merge = nationwide.made(f"/children/{kept}/merges", body, version=1)
    assert (str(gone) in listed(keeper), str(kept) in listed(keeper)) == (False, True)
    assert list(measures(nationwide, kept)) == [str(measure)]
    assert nationwide.get(f"/children/{kept}/care").json["in_care"] is True
    ending = {"on": str(TODAY), "reason": "LIFTED"}
    assert nationwide.post(f"/measures/{measure}/ending", ending, version=1).status_code == 201
    assert str(kept) not in listed(keeper)  # the mother's rights are whole again
    second = nationwide.made(f"/children/{kept}/measures", terms("GUARDIANSHIP", **guardian()))
    version = nationwide.get(f"/children/{kept}").json["version"]
    nationwide.made(f"/children/{kept}/merges/{merge}/undoing", {"reason": "two children"}, version=version)
    assert (list(measures(nationwide, kept)), list(measures(nationwide, gone))) == ([str(second)], [str(measure)])
