"""Finding and registering a child in the browser: one child met in two scripts is stopped, and nothing is lost."""

import pytest
from playwright.sync_api import expect

from tests.e2e.portal.portals import DESKTOP, PHONE, axe_findings, send, too_wide
from tests.integration import deployed

pytestmark = pytest.mark.browser

ALMATY = "KZ-75"
CYRILLIC = {"family": "Ермекова", "given": "Шолпан", "patronymic": "Болатқызы"}
LATIN = {"family": "Yermekova", "given": "Sholpan", "patronymic": "Bolatkyzy"}


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def scripting(request):
    return request.param


@pytest.fixture
def window(browser, scripting):
    context = browser.new_context(java_script_enabled=scripting)
    yield context.new_page()
    context.close()


@pytest.fixture
def registered(rig, scripting):
    """A child on record, born on another day for each way of trying."""
    day = "2014-09-17" if scripting else "2013-02-05"
    identity = {"names": [{"script": "Cyrl", **CYRILLIC}], "sex": "F", "birth": {"date": day}, "area": ALMATY}
    found = rig.person("registrar").post("/registry/children/search", {"likeness": {
        "names": identity["names"], "birth": identity["birth"]}}).json["items"]  # fmt: skip
    same = [each["id"] for each in found if each["identity"]["birth"]["born_from"] == day]
    return (same or [rig.person("registrar").made("/registry/children", {"identity": identity})["id"]])[0], day


def press(page, name):
    send(page, page.get_by_role("button", name=name, exact=True))


def fill(page, names, day, sex="F"):
    for part, text in names.items():
        page.fill(f"#{part}", text)
    for part, text in zip(("year", "month", "day"), day.split("-"), strict=True):
        page.fill(f"#born-{part}", text)
    page.check(f"input[name=sex][value={sex}]")
    page.select_option("#area", ALMATY)


def test_a_child_registered_in_two_scripts_is_stopped_and_the_record_gone_on_with(rig, window, registered):
    child, day = registered
    rig.enter(window, "registrar")
    window.goto(rig.url("/children/new"))
    fill(window, LATIN, day)
    send(window, window.locator("form#register button.btn-primary"))
    expect(window.locator("h1")).to_have_text("Is it the same child?")
    card = window.locator("section.card-plain", has=window.locator(f"[name='candidate~{child}']"))
    assert "Written in another script" in card.inner_text()
    assert "Ермекова" in card.inner_text()
    press(window, "Go on")
    assert "Say whether" in window.locator(".error-summary").inner_text()
    window.check(f"#same-{child}")
    press(window, "Go on")
    assert "Nothing was registered" in window.locator("[role=status]").inner_text()
    assert window.input_value("#family") == CYRILLIC["family"]
    assert window.input_value("#other_family") == LATIN["family"], "the other script is kept for the record"
    press(window, "Store the change")
    assert window.url.endswith(f"/children/{child}")
    assert "Yermekova" in window.locator("h1").inner_text()


def test_who_is_unsure_registers_loses_nothing_and_the_pair_waits(rig, window, registered, scripting):
    _child, day = registered
    rig.enter(window, "registrar")
    window.goto(rig.url("/children/new"))
    given = "Shulpan" if scripting else "Sholpana"
    fill(window, LATIN | {"given": given}, day)
    send(window, window.locator("form#register button.btn-primary"))
    press(window, "Change what was typed")
    assert window.input_value("#given") == given
    assert window.input_value("#born-year") == day[:4]
    send(window, window.locator("form#register button.btn-primary"))
    for each in window.locator("section.card-plain").all():
        each.locator("input[value=unsure]").check()
        each.locator("textarea").fill("Both papers were wet.")
    press(window, "Go on")
    assert "The child is registered." in window.locator("[role=status]").inner_text()
    child = window.url.rsplit("/", 1)[1]
    pairs = rig.person("registrar").get("/registry/matching/pairs?decision=unsure&limit=100").json["items"]
    waiting = [pair["id"] for pair in pairs if child in {record["id"] for record in pair["records"]}]
    assert waiting
    window.goto(rig.url("/pairs?decision=unsure"))
    window.click(f"a[href='/pairs/{waiting[0]}']")
    press(window, "Keep this judgement")
    assert "Say why you think so." in window.locator(".error-summary").inner_text()
    window.check("input[value=different]")
    window.fill("#because", "The papers are dry now.")
    press(window, "Keep this judgement")
    assert "Nothing was merged by it." in window.locator("[role=status]").inner_text()


def test_a_child_is_found_by_name_in_another_script_and_by_reference(rig, window):
    names = [{"script": "Cyrl", "family": "Сейфуллина", "given": "Гаухар"}]
    identity = {"names": names, "sex": "F", "birth": {"date": "2015-02-11"}, "area": ALMATY}
    rig.person("registrar").post("/registry/children", {"identity": identity})
    rig.enter(window, "registrar")
    window.goto(rig.url("/children"))
    window.fill("#family", "Seifullina")
    window.fill("#given", "Gaukhar")
    window.fill("#born-year", "2015")
    press(window, "Find")
    row = window.locator("tbody tr", has_text="Сейфуллина")
    assert "Written in another script" in row.inner_text()
    assert window.url == rig.url("/children"), "a name never stands in an address"
    child, reference = row.locator("a").get_attribute("href"), row.locator("td[dir=ltr]").inner_text()
    window.fill("#number", reference)
    press(window, "Find")
    expect(window).to_have_url(rig.url(child))


def test_what_is_wrong_stands_at_the_field_and_above_and_what_was_typed_is_kept(rig, window):
    rig.enter(window, "registrar")
    window.goto(rig.url("/children/new"))
    window.fill("#family", "Smith7")
    window.fill("#born-year", "2012")
    window.fill("#born-day", "4")
    send(window, window.locator("form#register button.btn-primary"))
    summary = window.locator(".error-summary").inner_text()
    assert "A day needs its month." in summary
    assert "Choose the responsible area." in summary
    assert window.input_value("#family") == "Smith7"
    fill(window, {"family": "Smith7", "given": "Ann"}, "2012-04-04")
    send(window, window.locator("form#register button.btn-primary"))
    expect(window.locator("#family-error")).to_have_count(1)


def test_what_a_service_refuses_is_said_in_the_readers_language_with_its_sentence_beside(rig, browser, scripting):
    context = browser.new_context(java_script_enabled=scripting, locale="ru-RU")
    page = context.new_page()
    rig.sign_in(page, "registrar", "ru")
    page.goto(rig.url("/children/new"))
    fill(page, CYRILLIC, f"{deployed.today().year + 1}-09-17")
    send(page, page.locator("form#register button.btn-primary"))
    summary, words = page.locator(".error-summary"), "записано как случившееся, не лежит в будущем"
    expect(summary.locator("a[href='#born']", has_text=words)).to_have_count(1)
    expect(page.locator("#born-error", has_text=words)).to_have_count(1)
    expect(page.locator("#born-error [lang=en]")).to_have_count(0)
    summary.locator("summary").click()
    expect(summary.locator("details [lang=en]").first).to_be_visible()
    assert not scripting or axe_findings(page) == []
    context.close()


def test_while_somebody_types_the_records_like_it_are_shown(rig, page):
    identity = {
        "names": [{"script": "Cyrl", "family": "Байсеитова", "given": "Куляш"}],
        "sex": "F", "birth": {"date": "2012-05-12"}, "area": ALMATY,
    }  # fmt: skip
    rig.person("registrar").post("/registry/children", {"identity": identity})
    rig.sign_in(page, "registrar")
    page.goto(rig.url("/children/new"))
    page.fill("#family", "Baiseitova")
    page.fill("#given", "Kulyash")
    page.fill("#born-year", "2012")
    alike = page.locator("#alike", has_text="Байсеитова")
    alike.wait_for()
    expect(alike.locator("a, button, input"), "a record like it can be opened or judged").not_to_have_count(0)
    assert page.url == rig.url("/children/new"), "a name that is typed never stands in the address"


@pytest.mark.parametrize("language", ["en", "ur"])
def test_axe_has_nothing_against_the_question_whether_it_is_the_same_child(rig, page, language):
    identity = {"names": [{"script": "Cyrl", **CYRILLIC}], "sex": "F", "birth": {"date": "2014-09-17"}, "area": ALMATY}
    rig.person("registrar").post("/registry/children", {"identity": identity})  # refused where there is one already
    rig.sign_in(page, "registrar", language)
    page.goto(rig.url("/children/new"))
    fill(page, LATIN, "2014-09-17")
    send(page, page.locator("form#register button.btn-primary"))
    expect(page.locator("[name^='candidate~']").first).to_be_attached()
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert axe_findings(page) == []
        assert not too_wide(page)
