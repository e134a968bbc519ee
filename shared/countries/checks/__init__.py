"""The check of a country pack: everything that is wrong with it, never only the first thing.

One module per kind of fault; each takes the draft (the files as read, with what they inherit) and yields findings.
Not here: whether the numbers are right. That is what a fact's basis is for.
"""

from pathlib import Path

from shared.countries import loader
from shared.countries.checks import areas, codes, form, parameters, statistics
from shared.countries.checks.draft import Finding, from_error, read_draft
from shared.errors import ConfigurationError

__all__ = ["Finding", "check"]


def check(pack_id: str, root: Path) -> list[Finding]:
    """All findings on a pack and on what it inherits, in the order of file and key; empty when the pack is sound."""
    findings, inherited = _one(pack_id, root)
    for ancestor in inherited:
        findings.extend(_one(ancestor, root)[0])
    if not findings:
        try:
            loader.load(pack_id, root)
        except ConfigurationError as error:
            findings.append(from_error(error))
    return sorted(set(findings), key=lambda finding: (finding.file, finding.key, finding.rule, finding.message))


def _one(pack_id: str, root: Path) -> tuple[list[Finding], tuple[str, ...]]:
    """Findings on the pack's own files, and the packs it inherits."""
    draft, findings = read_draft(pack_id, root)
    for module in (form, codes, areas, parameters, statistics):
        findings.extend(module.findings(draft))
    return findings, tuple(raw.id for raw in draft.inherited)
