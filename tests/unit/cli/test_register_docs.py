"""docs/register-file.md says what the code checks: every column and every rule with its remedy."""

from pathlib import Path

from services.cli import register_details, register_remedies, register_rules

PAGE = Path(__file__).parents[3] / "docs" / "register-file.md"


def test_the_page_lists_every_column_and_every_rule():
    text = PAGE.read_text(encoding="utf-8")
    missing = [
        column for column in (*register_rules.COLUMNS, *register_details.COLUMNS) if f"| `{column}` |" not in text
    ]
    missing += [rule for rule, remedy in register_remedies.REMEDIES.items() if f"| `{rule}` | {remedy} |" not in text]
    assert missing == []
