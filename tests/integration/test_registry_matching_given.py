"""What people type, and names as they are: initials, titles, one letter, twins, a name that a hundred children carry.

Not here: the routes themselves (test_registry_matching).
"""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.registry import commands, handlers
from services.registry.domain import Birth, Identity, Name
from shared import clock
from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import problem
from tests.integration.registered import ALMATY
from tests.integration.test_registry_matching import cyrillic, ids, latin, pairs_of, refused, registered, said, searched

MANY = 100
TYPED = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="аӘҒҚі ё-'ʻ.AZz’ʼьъң", max_size=20),
    st.text(alphabet="ابتحدرسصعغفقكلمنهوي ـ", max_size=20),
)
NAMES = st.lists(
    st.fixed_dictionaries(
        {"script": st.sampled_from(["Cyrl", "Latn", "Arab", "Geor", ""])},
        optional={"given": TYPED, "family": TYPED, "patronymic": TYPED, "father": TYPED},
    ),
    max_size=3,
)
BIRTHS = st.one_of(
    st.fixed_dictionaries({"date": st.sampled_from(["2014-01-01", "2014-13-01", "2014", "2016-02-29", "1899-01-01"])}),
    st.fixed_dictionaries({"youngest": st.integers(-1, 130), "oldest": st.integers(-1, 130)}),
    st.fixed_dictionaries({"born_from": st.dates().map(str), "born_to": st.dates().map(str)}),
    st.just({}),
)
NEW_YEAR = Birth(date(2013, 1, 1), date(2013, 1, 1), "day", "documented")


def reasons(found, child):
    return next(each["match"]["reasons"] for each in found["items"] if each["id"] == child)


def imported(api, *names, birth=NEW_YEAR, sex="M"):
    """Children of these names, as an import brings them."""
    made = [new_id() for _ in names]
    acts = {"actor": "import", "at": clock.now(), "today": deployed.today()}
    with deployed.working("registry", api.engine) as uow:
        for id_, name in zip(made, names, strict=True):
            identity = Identity((name,), sex, birth, ALMATY)
            command = commands.RegisterChild(id=id_, identity=identity, imported=True, **acts)
            uow.execute(handlers.register_child, command)
    return [str(id_) for id_ in made]


def test_an_initial_finds_with_the_family_name_and_the_birth_and_whoever_registers_is_asked(registrar):
    child = registered(registrar, cyrillic("Ернар", "Қожахметов"), sex="M", birth={"date": "2010-07-21"})
    found = searched(registrar, cyrillic("Е.", "Қожахметов"), sex="M", birth={"date": "2010-07-21"}, area=ALMATY)
    assert ids(found) == [child]
    assert "given-initial" in reasons(found, child)
    same = said(cyrillic("Е.", "Қожахметов"), sex="M", birth={"date": "2010-07-21"})
    answer = registrar.post("/children", {"identity": same})
    assert (answer.status_code, answer.json["errors"][0]["rule"]) == (409, "same-child-decided")


def test_a_title_before_the_name_and_parts_in_each_others_field_hide_nobody(registrar):
    child = registered(registrar, latin("Karim", "Nazarov"), sex="M", birth={"date": "2008-11-05"})
    for name in (
        latin("Haji Karim", "Nazarov"),
        latin("Nazarov", "Karim"),
        latin("Karim Nazarov", ""),
        cyrillic("Карим", "Назаров"),
    ):
        found = searched(registrar, name, sex="M", birth={"date": "2008-11-05"}, area=ALMATY)
        assert ids(found) == [child], name


def test_names_of_one_letter_are_names(registrar):
    child = registered(registrar, cyrillic("О", "Ким"), birth={"date": "2012-02-12"})
    assert searched(registrar, cyrillic("О", "Ким"), birth={"date": "2012-02-12"})["terms"] > 0
    assert searched(registrar, latin("O", ""))["terms"] == 0
    assert registrar.get(f"/children/{child}").status_code == 200


@pytest.mark.parametrize("script", ["Cyrl", "Latn"])
def test_letters_in_the_field_of_another_script_are_refused_at_registration_too(registrar, script):
    name = {"script": script, "given": "Айгүл" if script == "Latn" else "Aigul", "family": ""}
    answer = registrar.post("/children", {"identity": said(name)})
    assert problem(answer)[0] == 422
    assert answer.json["errors"][0]["rule"] == "name-script"


def test_twins_are_two_children_and_nobody_is_asked(api, registrar):
    family = {"family": "Сұлтанов", "patronymic": "Маратұлы"}
    birth = {"date": "2011-08-19"}
    one = registered(registrar, {"script": "Cyrl", "given": "Асан"} | family, sex="M", birth=birth)
    two = registered(registrar, {"script": "Cyrl", "given": "Үсен"} | family, sex="M", birth=birth)
    found = searched(registrar, {"script": "Cyrl", "given": "Асан"} | family, sex="M", birth=birth, area=ALMATY)
    likely = [each["id"] for each in found["items"] if each["match"]["likelihood"] == "likely"]
    assert likely == [one]
    if two in ids(found):
        assert "given-different" in reasons(found, two)
    assert pairs_of(api, two) == []


def test_a_name_and_new_year_that_a_hundred_children_carry_are_shown_as_what_they_are(api, registrar):
    name = Name("Latn", given="Muhammad", family="Ali")
    there = imported(api, *[name] * MANY)
    asked = said(latin("Muhammad", "Ali"), sex="M", birth={"date": "2013-01-01"})
    found = searched(registrar, *asked["names"], sex="M", birth=asked["birth"], area=ALMATY)
    assert 0 < len(found["items"]) <= 20
    assert {each["match"]["likelihood"] for each in found["items"]} == {"possible"}
    for each in found["items"]:
        assert {"common-names", "birth-new_year"} <= set(each["match"]["reasons"])
    last = registrar.post("/children", {"identity": asked})
    if last.status_code == 409:
        compared = [{"child": id_, "decision": "different", "because": "another father"} for id_ in refused(last)]
        last = registrar.post("/children", {"identity": asked, "compared": compared})
    assert last.status_code == 201, last.text
    with api.engine.connect() as connection:
        sql = "select count(*) from child where id = any(cast(:ids as uuid[])) and status = 'active'"
        assert connection.scalar(text(sql), {"ids": [*there, last.json["id"]]}) == MANY + 1


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=NAMES, birth=BIRTHS, mother=NAMES, father=NAMES)
def test_whatever_is_typed_is_searched_for_or_answered_for_by_its_field(registrar, names, birth, mother, father):
    asked = {"names": names, "birth": birth, "mother": mother, "father": father}
    answer = registrar.post("/children/search", {"likeness": asked}, key=None)
    assert answer.status_code in (200, 400, 422), answer.text
    if answer.status_code == 422:
        assert all(each["field"].startswith("likeness.") and each["rule"] for each in answer.json["errors"])
