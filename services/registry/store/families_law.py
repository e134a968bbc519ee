"""What the country pack's code lists mean to families. Not here: the lists (countries), what follows (domain)."""

from services.registry.domain import families as domain
from services.registry.domain.families_kinship import Bond, SiblingKind
from shared.countries import Pack
from shared.countries.pack import Row
from shared.errors import Invalid

BONDS = {"yes": Bond.PARENT, "step": Bond.STEP_PARENT}
YES, NO = "yes", "no"


class FamilyLaw:
    """The country pack as families read it."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def kind(self, code: str) -> domain.Kind:
        """The kind of relationship. Raises Invalid for an unknown code."""
        row = self._row("relationship_kind", code, "kind")
        sibling = None if row["sibling"] == NO else SiblingKind(row["sibling"])
        bond = Bond.SIBLING if sibling else BONDS.get(row["parent"], Bond.OTHER)
        kin, single, symmetric = (row[name] == YES for name in ("kin", "single", "symmetric"))
        return domain.Kind(code, bond, kin, single, symmetric, sibling)

    def reviewed(self, fact: str) -> bool:
        """Whether a fact about a household is looked at again on a day. Raises Invalid for an unknown code."""
        return self._row("household_fact", fact, "fact")["review"] == YES

    def _row(self, list_name: str, code: str, field: str) -> Row:
        if not self._pack.has(list_name, code):
            raise Invalid(f"Not a code of the list {list_name}.", field=field, rule=f"code:{list_name}")
        return self._pack.codes(list_name)[code]
