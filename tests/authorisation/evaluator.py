"""What the policy says of a case, worked out from roles.toml by other means than the program's own: the reference.

Not here: anything of shared.auth or services; nothing is imported but the standard library.
"""

import tomllib
from pathlib import Path

ROLES = tomllib.loads((Path(__file__).parents[2] / "countries/_base/roles.toml").read_text(encoding="utf-8"))

OWN_AREA, OTHER_AREA, OWN_PROVIDER, OTHER_PROVIDER = "own area", "other area", "own provider", "other provider"
OWN_KIN, SEALED, ERASED, MERGED, ABSENT, GLASS = "own kin", "sealed", "erased", "merged", "absent", "glass open"
RELATIONS = (
    *(OWN_AREA, OTHER_AREA, OWN_PROVIDER, OTHER_PROVIDER),
    *(OWN_KIN, SEALED, ERASED, MERGED, ABSENT, GLASS),
)
"""How the caller stands to a child. Kin, sealed, erased and merged ones are in the caller's own area."""
IN_OWN_AREA = frozenset({OWN_AREA, MERGED})
ELSEWHERE = frozenset({OTHER_AREA, OWN_PROVIDER, OTHER_PROVIDER, GLASS})

FORBIDDEN, NOT_THERE, LET_IN = "forbidden", "not there", "let in"


def expected(role: str, permission: str, relation: str, *, reads: bool = True, opens_sealed: bool = False) -> str:
    """What someone with one role gets who asks for a child in a relation, by a route that asks for a permission."""
    row = ROLES[role]
    if permission not in row["permissions"]:
        return FORBIDDEN
    return LET_IN if _reaches(row, relation, reads, opens_sealed) else NOT_THERE


def _reaches(row: dict[str, object], relation: str, reads: bool, opens_sealed: bool) -> bool:
    if relation in {ABSENT, ERASED, OWN_KIN}:
        return False
    if relation == SEALED:
        return opens_sealed and row["records"] == "sealed"
    if row["records"] != "scope" and not (opens_sealed and row["records"] == "sealed"):
        return False
    if row["scope"] == "deployment" or (relation == GLASS and reads):
        return True
    if row["scope"] == "provider":
        return relation == OWN_PROVIDER
    return relation in IN_OWN_AREA


def sees(role: str, group: str) -> bool:
    """Whether a role that reaches a record is shown a group of its fields."""
    return group in ROLES[role]["fields"]
