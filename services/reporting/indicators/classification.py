"""National codes into what is counted: a care form's bucket and levels (F5, F14-F16), a reason's destinations (F8).

Not here: the codes themselves, which are a pack's, and what a child's days look like (timeline).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.errors import Invalid

BUCKETS = ("RESIDENTIAL", "FOSTER", "KINSHIP", "OTHER_FAMILY")
"""In the order in which they win when two places are recorded for one night (F6)."""
LEVELS = ("ALL", "RESIDENTIAL", "ALL_FAMILY", "FOSTER", "KINSHIP", "OTHER_FAMILY")
DESTINATIONS = frozenset({"REUNION", "FAMILY", "RESIDENTIAL", "ADOPT", "INDEP", "DEATH", "OTHER"})
MOVE = "MOVE"


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A care form as it counts: its bucket, every level a child in it belongs to, and its precedence (0 wins)."""

    code: str
    bucket: str
    levels: frozenset[str]
    precedence: int
    carer_unknown: bool

    @property
    def destination(self) -> str:
        """How a child who arrives here from another level left that level."""
        return "RESIDENTIAL" if self.bucket == "RESIDENTIAL" else "FAMILY"


@dataclass(frozen=True, slots=True)
class CareForm:
    """One row of the pack's list `care_form`: RESIDENTIAL, FOSTER, KINSHIP, OTHER_FAMILY, BY_CARER or NONE (not formal
    care), and the own group it is also counted in."""

    bucket: str
    national: str | None = None


@dataclass(frozen=True)
class Classification:
    """The pack's three interpretation tables. `kin` maps a carer relation to yes, no or unknown; `destinations` an exit
    destination to what it counts as, MOVE being a transfer within formal care."""

    care_forms: Mapping[str, CareForm]
    kin: Mapping[str, str]
    destinations: Mapping[str, frozenset[str]]
    _forms: dict[tuple[str, str | None], Form | None] = field(default_factory=dict, repr=False, compare=False)

    def form(self, care_form: str, carer_relation: str | None) -> Form | None:
        """How a place counts; None when it is not formal care or the code is not in the list."""
        key = (care_form, carer_relation)
        if key not in self._forms:
            self._forms[key] = self._read(care_form, carer_relation)
        return self._forms[key]

    def knows(self, care_form: str) -> bool:
        """Whether the code list has this care form."""
        return care_form in self.care_forms

    def has_level(self, level: str) -> bool:
        """Whether a care form of the pack can count at this level: an international one always, a national by code."""
        return level in LEVELS or any(
            row.bucket != "NONE" and level in (code, row.national) for code, row in self.care_forms.items()
        )

    def counts_as(self, destination: str | None) -> frozenset[str]:
        """What a recorded leaving reason may mean; empty when none or an unknown code is recorded."""
        return self.destinations.get(destination, frozenset()) if destination else frozenset()

    def _read(self, care_form: str, carer_relation: str | None) -> Form | None:
        row = self.care_forms.get(care_form)
        if row is None or row.bucket == "NONE":
            return None
        bucket, unknown = row.bucket, False
        if bucket == "BY_CARER":
            kin = self.kin.get(carer_relation or "", "unknown")
            bucket, unknown = "KINSHIP" if kin == "yes" else "OTHER_FAMILY", kin == "unknown"
        whole = {"ALL"} if bucket == "RESIDENTIAL" else {"ALL", "ALL_FAMILY"}
        own = {care_form} | ({row.national} if row.national else set())
        return Form(care_form, bucket, frozenset(whole | {bucket} | own), BUCKETS.index(bucket), unknown)


def from_code_lists(
    care_forms: Mapping[str, Mapping[str, str]],
    carer_relations: Mapping[str, Mapping[str, str]],
    exit_destinations: Mapping[str, Mapping[str, str]],
) -> Classification:
    """Read the pack's lists care_form, carer_relation and exit_destination (code -> row).

    Raises Invalid naming list, code and value where a row cannot be understood.
    """
    forms = {}
    for code, row in care_forms.items():
        bucket, national = row.get("bucket", ""), row.get("national") or None
        _among("care_form", code, "bucket", bucket, {*BUCKETS, "BY_CARER", "NONE"})
        if (code in LEVELS and code != bucket) or national in LEVELS:
            raise Invalid(f"care_form {code}: the name of a level cannot be a national code", field="national")
        forms[code] = CareForm(bucket, national)
    kin = {}
    for code, row in carer_relations.items():
        _among("carer_relation", code, "kin", row.get("kin", ""), {"yes", "no", "unknown"})
        kin[code] = row["kin"]
    destinations = {}
    for code, row in exit_destinations.items():
        parts = frozenset((row.get("counts_as") or "").split())
        if not parts:
            raise Invalid(f"exit_destination {code}: counts_as is empty", field="counts_as")
        for part in sorted(parts):
            _among("exit_destination", code, "counts_as", part, DESTINATIONS | {MOVE})
        destinations[code] = parts
    return Classification(forms, kin, destinations)


def _among(table: str, code: str, column: str, value: str, allowed: set[str] | frozenset[str]) -> None:
    if value not in allowed:
        raise Invalid(f"{table} {code}: {column} is {value!r}, not one of {', '.join(sorted(allowed))}", field=column)
