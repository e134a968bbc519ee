"""A gatekeeping case in the browser: asked for, heard, assessed, judged by a panel, decided; with and without scripts.

Not here: what the rules say (tests/unit), every state of a case (tests/integration).
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests import named
from tests.e2e.portal import portals
from tests.e2e.portal.portals import axe_findings

pytestmark = pytest.mark.browser
ALMATY, LAHORE = "KZ-75", "PK-PB-LAHORE"


AWAY = "KZ-59"
"""An area whose places are those of one test: what is near home is offered first."""


def born(years, days=200):
    return str(datetime.now(UTC).date() - timedelta(days=round(365.25 * years) + days))


def child_of(rig, years, area=ALMATY, script="Cyrl"):
    identity = {
        "names": [named.fresh(script)], "sex": "F", "area": area, "birth": {"precision": "day", "date": born(years)},
    }  # fmt: skip
    return rig.person("registrar").made("/registry/children", {"identity": identity})["id"]


def place(rig, name, kind, forms, area=ALMATY, **more):
    said = {"area": area, "name": name, "places": 10}
    inspector = rig.person("inspector")
    made = inspector.made("/placements/providers", said | {"kind": kind})["id"]
    licence = {"number": "L-1", "from": "2023-01-01", "to": "2099-01-01"}
    body = said | {"care_forms": forms, "approval": licence} | more
    inspector.made(f"/placements/providers/{made}/amendments", body, version=1)
    return made


def grandmother(rig, child, family):
    registrar = rig.person("registrar")
    names = [{"script": "Latn", "given": "Zeinep", "family": family}]
    kin = registrar.made("/registry/persons", {"particulars": {"area": ALMATY, "names": names}})["id"]
    relation = {"kind": "GRANDPARENT", "other": kin, "other_kind": "person"}
    path = f"/registry/children/{child}/relationships"
    registrar.made(path, relation, version=registrar.version(child))


def today(zone="Asia/Almaty"):
    return str(datetime.now(ZoneInfo(zone)).date())


def step(page, name):
    """Open the form of a step from the page of the case."""
    portals.send(page, page.locator(f"nav.steps a[href$='/{name}']"))


def send(page):
    portals.send(page, page.locator("main form[method=post] button").last)


def choose(page, field, value):
    page.locator(f"#{field} input[value='{value}']").check()


def heard_and_assessed(rig, page, child, area=ALMATY):
    """The social worker's part: asked for, screened, the child's view, the parents, the assessment."""
    rig.enter(page, "social_worker")
    page.goto(rig.url(f"/children/{child}/gatekeeping/new"))
    page.select_option("#kind", "ENTRY")
    page.select_option("#area", area)
    choose(page, "reasons", "NEGLECT")
    choose(page, "help_tried", "HOME_VISITS")
    send(page)
    case = page.url
    step(page, "screening")
    page.fill("#words", "The clinic called.")
    send(page)
    step(page, "hearings")
    choose(page, "heard", "yes")
    page.fill("#words", "Ол анасын іздейді.")
    page.select_option("#support", "OBSERVATION")
    page.select_option("#weight", "PARTLY_FOLLOWED")
    send(page)
    expect(page.locator("blockquote.view")).to_have_text("Ол анасын іздейді.")
    for parent in ("MOTHER", "FATHER"):
        step(page, "parents")
        page.select_option("#who", parent)
        page.select_option("#not_notified_reason", "PARENT_NOT_FOUND")
        send(page)
    step(page, "assessment")
    choose(page, "domains", "SAFETY")
    choose(page, "necessity", "yes")
    choose(page, "suitability", "yes")
    send(page)
    return case


def options_of(page, *asked):
    """The options of the case: whom the page offers of those that were asked, and what they answered."""
    step(page, "options")
    for part, value in zip(("day", "month", "year"), reversed(today().split("-")), strict=True):
        page.fill(f"#kin_searched_on-{part}", value)
    rows = page.locator("fieldset.option")
    for name, form, answer in asked:
        row = rows.filter(has_text=name)
        row.locator("select[name$=care_form]").select_option(form)
        row.locator("select[name$=answer]").select_option(answer)
        for part, value in zip(("day", "month", "year"), reversed(today().split("-")), strict=True):
            row.locator(f"input[name$=asked_on-{part}]").fill(value)
    send(page)


def test_an_under_three_placement_in_an_institution_is_refused_and_understood(rig, browsing, request):
    scripts = request.node.callspec.params["browsing"]
    page, child = browsing, child_of(rig, 1, AWAY)
    mark = named.fresh("Latn")["family"]
    grandmother(rig, child, mark)
    place(rig, f"Infant home {mark}", "FACILITY", ["DOM_REBENKA"], AWAY, age_from=0, age_to=3)
    place(rig, f"Family home {mark}", "FAMILY_TYPE_HOME", ["FAMILY_TYPE_HOME"], AWAY, age_from=0, age_to=17)
    rig.deployment.settle()
    case = heard_and_assessed(rig, page, child, AWAY)

    rig.enter(page, "gatekeeper")
    page.goto(case)
    options_of(
        page, (f"{mark} Zeinep", "OPEKA", "DECLINES"), (f"Infant home {mark}", "DOM_REBENKA", "YES_AGREES"),
        (f"Family home {mark}", "FAMILY_TYPE_HOME", "YES_AGREES"),
    )  # fmt: skip
    step(page, "panel")
    for seat, (account, profession) in enumerate(
        [("demo-supervisor", "PSYCHOLOGY"), ("demo-panel_member", "MEDICINE")]
    ):
        page.fill(f"#members-{seat}-account", account)
        page.select_option(f"#members-{seat}-profession", profession)
    send(page)
    step(page, "recommendation")
    page.select_option("#outcome", "RESIDENTIAL")
    page.select_option("#care_form", "DOM_REBENKA")
    page.fill("#words", "The only place with a nurse.")
    page.fill("#against", "1")
    send(page)
    expect(page.locator("main")).to_contain_text("1 member was against it")

    # The body decides for the institution: refused, with rule, facts, source and remedy in place.
    step(page, "decision")
    page.select_option("#body_", "GUARDIANSHIP_BODY")
    page.select_option("#situation", "WITHOUT_PARENTS")
    page.select_option("#instrument", "ADMINISTRATIVE_ACT")
    page.fill("#number", "12-3")
    page.locator("select[name=provider]").select_option(label=f"Infant home {mark}")
    send(page)
    rule = page.locator("#rule-under-three-residential")
    for words in ("Under three", "A/RES/64/142", "Care in a family"):
        expect(rule).to_contain_text(words)
    expect(page.locator(".error-summary")).to_be_visible()
    assert page.input_value("#number") == "12-3"

    # What would satisfy it: care in a family.
    page.select_option("#outcome", "FAMILY_FORM")
    page.locator("#care_forms input[value=DOM_REBENKA]").uncheck()
    page.locator("#care_forms summary").click()
    choose(page, "care_forms", "FAMILY_TYPE_HOME")
    page.locator("select[name=provider]").select_option(label=f"Family home {mark}")
    send(page)
    assert page.url == case, page.locator("main").inner_text()
    expect(page.locator(".decided")).to_contain_text("Care in another family")

    # The stay that was decided is permitted, and begins.
    step(page, "stay")
    assert page.locator("#care_form option").evaluate_all("all => all.map(each => each.value)") == [
        "", "FAMILY_TYPE_HOME",
    ]  # fmt: skip
    send(page)
    assert page.url == case, page.locator("main").inner_text()
    expect(page.locator("nav.steps a.btn-primary")).to_have_text("Begin the stay")
    step(page, "begin")
    if scripts:  # axe is one, and without scripts its answer never comes
        assert axe_findings(page) == []
    send(page)
    expect(page.locator("main")).to_contain_text("Family-type home")
    page.goto(case)
    expect(page.locator("main")).to_contain_text("The stay began on")
    expect(page.locator("nav.steps a.btn-primary")).to_have_count(0)


def test_what_is_missing_is_said_at_the_field_and_what_was_typed_is_kept(rig, browsing):
    page, child = browsing, child_of(rig, 8)
    rig.enter(page, "social_worker")
    page.goto(rig.url(f"/children/{child}/gatekeeping/new"))
    page.select_option("#kind", "ENTRY")
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        send(page)
    assert sent.value.status == 422
    assert page.input_value("#kind") == "ENTRY"
    page.locator(".error-summary a", has_text="Tick at least one reason").click()
    expect(page.locator("#reasons-error")).to_be_visible()


def test_a_panel_member_finds_the_case_on_the_agenda_and_is_offered_no_step(rig, page):
    child = child_of(rig, 9)
    worker, keeper = rig.person("social_worker"), rig.person("gatekeeper")
    asked = {"kind": "ENTRY", "area": ALMATY, "reasons": ["NEGLECT"]}
    made = worker.made(f"/placements/children/{child}/gatekeeping", asked)
    screening = {"words": "The school called."}
    made = worker.made(f"/placements/gatekeeping/{made['id']}/screening", screening, version=made["version"])
    panel = {"members": [{"account": "demo-panel_member", "profession": "LAW"}]}
    keeper.made(f"/placements/gatekeeping/{made['id']}/panel", panel, version=made["version"])
    rig.deployment.settle()
    rig.sign_in(page, "panel_member")
    page.locator("nav.menu a", has_text="Gatekeeping").click()
    page.locator(f"tbody a[href$='{made['id']}']").click()
    expect(page.locator("h1")).to_have_text("Entry into care")
    expect(page.locator("nav.steps")).to_have_count(0)
    assert page.goto(rig.url(f"/gatekeeping/{made['id']}/screening")).status == 403


def test_two_people_at_one_case_do_not_overwrite_each_other(rig, page):
    child = child_of(rig, 10)
    worker = rig.person("social_worker")
    made = worker.made(
        f"/placements/children/{child}/gatekeeping", {"kind": "ENTRY", "area": ALMATY, "reasons": ["NEGLECT"]}
    )
    rig.sign_in(page, "social_worker")
    page.goto(rig.url(f"/gatekeeping/{made['id']}/screening"))
    page.fill("#words", "My own words")
    worker.made(f"/placements/gatekeeping/{made['id']}/screening", {"words": "theirs"}, version=made["version"])
    send(page)
    expect(page.locator("h1")).to_have_text("Somebody else has changed this")
    assert page.locator("tr.differs td").all_inner_texts() == ["My own words", "theirs"]
    assert axe_findings(page) == []
    page.locator("main form button").click()
    expect(page.locator("#words")).to_have_value("My own words")
    page.locator(".error-summary .by-rule a").click()
    expect(page.locator("h1")).to_contain_text("A case goes on from step to step")


@pytest.fixture(scope="module")
def punjab():
    """Punjab's pack, where a court decides."""
    with portals.rig("pk-pb") as made:
        yield made


def letter_is_sound(page):
    """Nothing for axe, in a narrow window, and on paper: there the letter stands alone."""
    if page.evaluate("() => typeof htmx !== 'undefined'"):
        assert axe_findings(page) == []
    page.set_viewport_size(portals.PHONE)
    assert not portals.too_wide(page)
    page.emulate_media(media="print")
    expect(page.locator("article.letter")).to_be_visible()
    expect(page.locator("#letter-language")).to_be_hidden()
    page.emulate_media(media="screen")


def test_in_punjab_a_court_decides_and_its_order_is_recorded_with_the_rules_it_does_not_meet(punjab, browsing):
    page = browsing
    child = child_of(punjab, 8, LAHORE, "Arab")
    asked = {"kind": "ENTRY", "area": LAHORE, "reasons": ["NEGLECT"]}
    case = punjab.person("social_worker").made(f"/placements/children/{child}/gatekeeping", asked)["id"]
    punjab.enter(page, "gatekeeper")
    page.goto(punjab.url(f"/gatekeeping/{case}"))
    step(page, "decision")
    page.select_option("#body_", "CHILD_AGENCY")
    page.select_option("#situation", "FOUND_ALONE")
    page.select_option("#outcome", "RESIDENTIAL")
    choose(page, "care_forms", "CHILDRENS_HOME")
    page.select_option("#instrument", "ADMINISTRATIVE_ACT")
    page.fill("#number", "LHR 4411")
    send(page)
    expect(page.locator(".error-summary")).to_be_visible()  # the agency does not decide in Punjab
    page.select_option("#body_", "COURT")
    page.select_option("#instrument", "JUDGMENT")
    send(page)
    for words in ("Court", "LHR 4411", "Rules that it does not meet"):
        expect(page.locator(".decided")).to_contain_text(words)
    page.locator(".decided a", has_text="Letter to the family").click()
    for words in ("Court", "LHR 4411", "If you do not agree"):
        expect(page.locator("article.letter")).to_contain_text(words)
    letter_is_sound(page)
