"""Answers to `kinward init`: every one is checked before anything is made, and a refusal names answer and rule."""

import pytest

from services.cli import init_answers
from shared import config
from shared.errors import Invalid

PACKS = config.load("kz", {"KINWARD_HOME": "/nowhere"}).countries
GOOD = """
pack = "kz"
languages = ["ru", "en"]
url = "https://kinward.example/"

[administrator]
login = "Aigul.Omarova"
name = "Aigul Omarova"

[[operators]]
name = "Saule"
passphrase = "seven tin kettles sing"

[[operators]]
name = "Marat"
passphrase = "old boats under ice"
"""


def answered(text, *, url=None, first=True):
    answers = init_answers.given(init_answers.read(text), url, first=first)
    init_answers.check(answers, PACKS, first=first)
    return answers


def refusals(text, **options):
    with pytest.raises(Invalid) as refused:
        answered(text, **options)
    return [(each.field, each.rule) for each in (refused.value, *refused.value.also)]


def test_answers_that_will_do_are_taken_as_they_are():
    answers = answered(GOOD)
    assert (answers.pack, answers.deployment, answers.languages) == ("kz", "kz", ("ru", "en"))
    assert answers.url == "https://kinward.example"
    assert [name for name, _ in answers.operators] == ["Saule", "Marat"]
    assert answers.keys is None


@pytest.mark.parametrize(
    ("old", "new", "field", "rule"),
    [
        ('pack = "kz"', 'pack = "xx"', "pack", "known-pack"),
        ('pack = "kz"', 'pack = "_base"\ndeployment = "kz"', "pack", "known-pack"),
        ('pack = "kz"', 'pack = "kz"\ndeployment = "K Z"', "deployment", "plain-name"),
        ('["ru", "en"]', '["ru", "tlh"]', "languages", "known-language"),
        ("https://kinward.example/", "http://kinward.example", "url", "portal-address"),
        ("https://kinward.example/", "https://kinward.example/pages", "url", "portal-address"),
        ("Aigul.Omarova", "-", "administrator.login", "login-form"),
        ('"Aigul Omarova"', '" "', "administrator.name", "name-present"),
        ("old boats under ice", "short", "operators.password", "password-length"),
        ("old boats under ice", "seven tin kettles sing", "operators", "two-operators"),
        ('"Marat"', '"saule"', "operators", "two-operators"),
        ('pack = "kz"', 'pack = "kz"\ncolour = "red"', "colour", "known-answer"),
        ("[administrator]", "[administrator]\nage = 7", "administrator.age", "known-answer"),
        ('pack = "kz"', 'pack = "kz', "answers", "toml"),
        ('pack = "kz"\n', "", "pack", "answer-missing"),
        ('login = "Aigul.Omarova"\n', "", "administrator.login", "answer-missing"),
    ],
)
def test_an_answer_that_will_not_do_is_refused_by_name_and_rule(old, new, field, rule):
    assert old in GOOD
    assert refusals(GOOD.replace(old, new, 1)) == [(field, rule)]


def test_everything_that_will_not_do_is_named_at_once():
    text = GOOD.replace('"kz"', '"xx"').replace("https:", "ftp:").replace('"Marat"', '"saule"')
    assert refusals(text) == [("pack", "known-pack"), ("url", "portal-address"), ("operators", "two-operators")]


def test_operators_in_one_line_are_refused_as_a_form():
    assert refusals(GOOD.split("[[operators]]", maxsplit=1)[0].replace("[admin", 'operators = "Saule"\n[admin')) == [
        ("operators", "answer-form")
    ]


def test_the_address_may_come_from_the_settings_and_people_only_at_the_first_time():
    text = 'pack = "kz"\n'
    assert answered(text, url="https://kinward.example", first=False).login == ""
    assert [field for field, _ in refusals(text)] == ["url", "administrator.login", "administrator.name", "operators"]


def test_keys_that_do_not_open_are_refused(tmp_path):
    keys = f'[keys]\nfile = "{tmp_path}/keys.json"\npassphrase_file = "{tmp_path}/keys.passphrase"\n'
    assert refusals(GOOD + keys) == [("keys.file", "keys-open")]
