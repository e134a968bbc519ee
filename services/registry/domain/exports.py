"""The table of children as it is handed out: which columns there are, and of which records it is made."""

from services.registry.domain.children import Status

COLUMNS = (
    "id", "reference", "status", "area", "family_name", "given_name", "patronymic", "sex", "born_from", "born_to",
    "birth_precision", "birth_basis", "disability", "identifiers",
)  # fmt: skip
RECORDS = (Status.ACTIVE, Status.DECEASED, Status.WITHDRAWN)
"""Records in other states are in no list."""
