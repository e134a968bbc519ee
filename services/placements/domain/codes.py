"""The codes of the country pack that the domain writes or asks for by name; every pack must have them.

Not here: codes that only people choose, which a pack names as it likes.
"""

from collections.abc import Mapping

NOT_RECORDED = "NOT_RECORDED"
FOUND_ELSEWHERE = "FOUND_ELSEWHERE"
TRANSFER_SAME_FORM = "TRANSFER_SAME_FORM"
TO_RESIDENTIAL_CARE = "RESIDENTIAL"
TO_FAMILY_BASED_CARE = "FAMILY_BASED"
HOME = "REUNIFICATION"
ELSEWHERE = "OTHER"
OWN_FAMILY = "OWN_FAMILY"
PLANNED = "planned"
EMERGENCY = "emergency"
PERMANENT = "permanent"

RELIED_ON: Mapping[str, frozenset[str]] = {
    "entry_reason": frozenset({NOT_RECORDED}),
    "end_reason": frozenset({NOT_RECORDED, FOUND_ELSEWHERE}),
    "exit_destination": frozenset(
        {NOT_RECORDED, TRANSFER_SAME_FORM, TO_RESIDENTIAL_CARE, TO_FAMILY_BASED_CARE, HOME, ELSEWHERE}
    ),
    "placement_kind": frozenset({PLANNED, EMERGENCY, PERMANENT}),
    "provider_kind": frozenset({OWN_FAMILY}),
}
