"""The invented people of the demonstration, one a kind of work: what each does, and how far their role reaches.

Not here: how they sign in (services.portal.demo_people reads the file).
"""

import json
from pathlib import Path
from typing import Any

from shared.countries import Pack

FILE = "demo-people.json"

PEOPLE: tuple[tuple[str, str, str, str], ...] = (
    ("registrar", "Aigul Omarova", "Registrar", "Registers children, and decides whether two records are one child."),
    ("social_worker", "Daniyar Seitov", "Social worker", "Follows the children in his care, prepares decisions."),
    ("gatekeeper", "Saule Akhmetova", "Gatekeeper", "Sees to it that no child is placed without need and decision."),
    ("panel_member", "Gulnara Ibraeva", "Panel member", "Sits on the panel that judges the cases of the day."),
    ("supervisor", "Marat Bekov", "Supervisor", "Sees what is due in the centre, signs exceptions."),
    ("duty_officer", "Timur Kassymov", "Duty officer", "Takes children out of danger at night."),
    ("statistician", "Elena Kim", "Statistician", "Computes, checks and releases the figures."),
    ("hub_analyst", "Maria Silva", "Hub analyst", "Sees who has reported, and what the countries' figures say."),
    ("data_protection_officer", "Nurlan Abishev", "Data protection officer", "Reads who opened which record."),
    ("administrator", "Zhanna Park", "Administrator", "Invites people and gives them their roles."),
)
"""Key (the role in the pack as well), name, title, what they do."""

AT_A_HUB = frozenset({"hub_analyst", "administrator"})


def write(folder: Path, pack: Pack, belongs: dict[str, dict[str, str]] | None = None) -> None:
    """Write the people whose roles the pack knows; `belongs` gives some a centre or a provider."""
    rows: list[dict[str, Any]] = []
    for key, name, title, does in PEOPLE:
        here = key in AT_A_HUB if pack.kind == "hub" else key != "hub_analyst"
        if here and key in pack.roles:
            person = {"key": key, "name": name, "title": title, "does": does, "roles": [key], "areas": ["*"]}
            rows.append(person | (belongs or {}).get(key, {}))
    (folder / FILE).write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
