"""The check of a country pack: everything that is wrong with it, never only the first thing.

One module per kind of fault; each takes the draft (the files as read, with what they inherit) and yields findings.
Not here: whether the numbers are right. That is what a fact's basis is for.
"""

from collections.abc import Mapping
from pathlib import Path

from shared.countries import loader
from shared.countries.checks import areas, codes, form, parameters, statistics, tables, tiles
from shared.countries.checks.draft import Draft, Finding, from_error, read_draft
from shared.errors import ConfigurationError

__all__ = ["Finding", "ReliedOn", "check"]

ReliedOn = Mapping[str, Mapping[str, frozenset[str]]]
"""The codes that each service asks for by name, by list: without them it does not work."""


def check(pack_id: str, root: Path, relied_on: ReliedOn | None = None) -> list[Finding]:
    """All findings on a pack and on what it inherits, in the order of file and key; empty when the pack is sound.

    Of `relied_on` the pack must have, or inherit, what the services that it runs ask for.
    """
    draft, findings = _one(pack_id, root)
    for ancestor in draft.inherited:
        findings.extend(_one(ancestor.id, root)[1])
    findings.extend(codes.missing(draft, relied_on or {}))
    if not findings:
        try:
            loader.load(pack_id, root)
        except ConfigurationError as error:
            findings.append(from_error(error))
    return sorted(set(findings), key=lambda finding: (finding.file, finding.key, finding.rule, finding.message))


def _one(pack_id: str, root: Path) -> tuple[Draft, list[Finding]]:
    """The pack as it was read, and the findings on its own files."""
    draft, findings = read_draft(pack_id, root)
    for module in (form, codes, areas, parameters, statistics, tables, tiles):
        findings.extend(module.findings(draft))
    return draft, findings
