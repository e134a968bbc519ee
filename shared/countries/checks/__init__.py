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
    """All findings on one pack's own files, in the order of file and key; empty when the pack is sound.

    Inherited packs are read to judge this one (codes, areas, services) and are checked by their own name.
    """
    draft, findings = read_draft(pack_id, root)
    for module in (form, codes, areas, parameters, statistics):
        findings.extend(module.findings(draft))
    if not findings:
        try:
            loader.load(pack_id, root)
        except ConfigurationError as error:
            findings.append(from_error(error))
    return sorted(set(findings), key=lambda finding: (finding.file, finding.key, finding.rule, finding.message))
