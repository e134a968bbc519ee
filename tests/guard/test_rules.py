"""Every rule of care has a source, numbers that the base pack knows, a rank, and a test; its page is generated."""

from datetime import date
from pathlib import Path

import pytest

from services.cli import documents, rule_pages
from services.placements.domain import RULES, Rule
from shared import countries

ROOT = Path(__file__).parents[2]
BASE = countries.load("_base", ROOT / "countries")
RANKED = {rule for line in BASE.table("precedence") for rule in line["rules"]}
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/unit/placements").glob("test_*.py"))


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_has_a_source_numbers_a_rank_and_a_test(rule: Rule) -> None:
    assert rule.source.strip()
    assert [name for name in rule.parameters if not any(name in own for own in BASE.parameters)] == []
    assert all(BASE.parameter(name, date(2026, 1, 1)).basis for name in rule.parameters)
    assert rule.id in RANKED
    assert f'"{rule.id}"' in TESTS, "no unit test names the rule"


def test_only_rules_are_ranked() -> None:
    assert RANKED - set(RULES) == set()


def test_the_page_has_each_rule_with_its_source() -> None:
    page = rule_pages.page(documents.COUNTRIES, documents.BASE)
    assert documents.generate(["placements"])["rules.md"] == page
    for rule in RULES.values():
        section = page.split(f"\n`{rule.id}`, rank ")[1].split("\n## ")[0]
        assert f"- Source: {rule.source}\n" in section
        assert rule.satisfied_by in section
        assert all(f"| `{name}` |" in section for name in rule.parameters)


def test_a_number_that_is_not_known_is_said_to_say_nothing() -> None:
    page = rule_pages.page(documents.COUNTRIES, documents.BASE)
    assert "| `minimum_age_residential` | **to be confirmed: says nothing** |" in page
