"""Every rule that a service may name in an answer has words there: what it asks, and what helps who is refused by it.

The ids are looked up in the code that names them (`rule=`, codes of refusals, tables of rules), the words in what each
service serves at GET /<service>/rules.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from services.cli import documents
from services.placements.domain import RULES
from shared.rule_words import ANSWERED
from tests.guard.project import ROOT

SERVICES = ("registry", "placements", "social_work", "reporting")
# What every service answers with; the rest of shared/ speaks to who runs a deployment, or to other programs.
SHARED = ("http", "cleaning", "documents", "ids.py", "auth/tokens.py")
# Raised where no person is at the other end of a request: a broken setting, an event, a stored value.
UNHEARD = {"ConfigurationError", "Undecodable", "SealBroken"}
# Rules of files, of events and of definitions, which commands and other deployments name, and no answer to a person.
NOT_ANSWERED = {
    "reporting": ("exchange", "federation", "indicators", "rebuilding.py"),
    "registry": (),
    "placements": (),
    "social_work": (),
}
CALLED = re.compile(r"(F\d+|[a-z]+(_[a-z]+)*|[a-z0-9]+(-[a-z0-9]+)+)$")
# Rules that code chooses from a table of its own: (file, what a constant in it looks like).
TABLES = (
    ("services/registry/domain/names.py", r"name-[a-z-]+"),
    ("services/registry/domain/children_numbers.py", r"identifier-[a-z]+"),
    ("shared/cleaning/process.py", r"(file|picture|pdf)-[a-z-]+"),
    ("services/reporting/indicators/timeline.py", r"F\d+"),
    ("services/reporting/indicators/engine.py", r"F\d+"),
)


@cache
def served(service):
    """The rules that a service serves, by id, as somebody without a token reads them."""
    answer = documents.documented_app(service).test_client().get(f"/{service}/rules")
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json["items"]}


def files(service):
    left_out = [ROOT / "services" / service / each for each in NOT_ANSWERED[service]]
    for path in sorted((ROOT / "services" / service).rglob("*.py")):
        if not any(path == each or each in path.parents for each in left_out):
            yield path
    for part in SHARED:
        path = ROOT / "shared" / part
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def named(path):
    """The ids that a file gives as `rule=`, and those of its refusals."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] not in UNHEARD:
            for given in node.keywords:
                if given.arg == "rule" and isinstance(given.value, ast.Constant) and given.value.value:
                    yield given.value.value
        if isinstance(node, ast.ClassDef):
            yield from refusal(node)


def refusal(node):
    said = {
        each.targets[0].id: each.value.value
        for each in node.body
        if isinstance(each, ast.Assign)
        and isinstance(each.value, ast.Constant)
        and isinstance(each.targets[0], ast.Name)
    }
    if {"code", "title"} <= said.keys() and said.get("status", 422) in ANSWERED:
        yield said["code"]


def ids(service):
    found = {id_ for path in files(service) for id_ in named(path)}
    return found | (set(RULES) if service == "placements" else set())


def without_words(ids_, words):
    """Of ids; code:sex and the like are one rule."""
    plain = {id_.partition(":")[0] for id_ in ids_}
    return sorted(id_ for id_ in plain if id_ not in words or not words[id_]["title"].strip())


@pytest.mark.parametrize("service", SERVICES)
def test_every_rule_that_a_service_names_has_words(service):
    asked = ids(service)
    assert len(asked) > 30
    assert without_words(asked, served(service)) == []
    assert without_words({"no-such-rule"}, served(service)) == ["no-such-rule"]


@pytest.mark.parametrize(("file", "shape"), TABLES)
def test_rules_that_are_chosen_from_a_table_have_words(file, shape):
    constants = {
        node.value
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(shape, node.value)
    }
    service = Path(file).parts[1] if file.startswith("services") else "registry"
    assert constants
    assert without_words(constants, served(service)) == []


def test_every_rule_of_care_and_every_rule_of_recording_says_what_helps():
    for service in SERVICES:
        for each in served(service).values():
            assert each["says"] or each["title"].endswith((".", "?")), each
            assert each["says"] or each["remedy"], each
            assert not each["care"] or (each["source"] and each["remedy"]), each
    assert {each["id"] for each in served("placements").values() if each["care"]} == set(RULES)


def test_every_id_of_a_rule_can_stand_in_an_address():
    for service in SERVICES:
        assert [id_ for id_ in served(service) if not CALLED.match(id_)] == []


def test_words_about_consent_and_decisions_say_so_that_no_draft_stands_for_them():
    care, registry = served("placements"), served("registry")
    assert care["child-heard"]["about"] == care["decision-in-force"]["about"] == "decision"
    assert care["child-consent"]["about"] == registry["fit-to-consent"]["about"] == "consent"
    assert registry["not-a-representative"]["about"] == "consent"
    assert care["close-to-home"]["about"] == registry["name-script"]["about"] == ""
    assert {each["about"] for service in SERVICES for each in served(service).values()} == {
        "", "rights", "consent", "decision", "complaint",
    }  # fmt: skip


def test_rules_that_two_services_share_say_the_same_in_both():
    """A page shows a rule once; classes of refusals may say it of their own things."""
    seen = {}
    for service in SERVICES:
        for each in served(service).values():
            if not each["says"]:
                seen.setdefault(each["id"], set()).add((each["title"], each["remedy"]))
    assert {id_: said for id_, said in seen.items() if len(said) > 1} == {}
