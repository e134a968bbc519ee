"""Who a child is, who belongs to it, what the law says of it. One module an aggregate.

Not here: where the child lives (placements), who helps (social_work), encryption and tables (store).
"""

from services.registry.domain.children import Change, Child, Children, IdentityLaw, NoLaw, Revision
from services.registry.domain.children_age import (
    DOCUMENTED,
    ESTIMATED,
    REPORTED,
    TO_THE_DAY,
    Birth,
    age_on,
    born_between,
)
from services.registry.domain.children_facts import (
    ChildAmended,
    ChildCorrected,
    ChildDeathRetracted,
    ChildDied,
    ChildRegistered,
    ChildStated,
    ChildWithdrawn,
    SiblingsLinked,
    SiblingsUnlinked,
)
from services.registry.domain.children_functioning import Band, Functioning, has_functional_difficulty
from services.registry.domain.children_identity import (
    RELIED_ON,
    UNKNOWN,
    CivilRegistration,
    Death,
    Found,
    Identity,
    Nationality,
    Parents,
)
from services.registry.domain.children_numbers import Identifier, NumberRule
from services.registry.domain.children_numbers import as_written as number_as_written
from services.registry.domain.children_states import (
    TRANSITIONS,
    AfterDeath,
    EntryIsWithdrawn,
    IdentifierTaken,
    OwnMerge,
    OwnSibling,
    RecordIsClosed,
    Status,
)
from services.registry.domain.names import AT_BIRTH, PROVISIONAL, Name

__all__ = [
    "AT_BIRTH",
    "DOCUMENTED",
    "ESTIMATED",
    "PROVISIONAL",
    "RELIED_ON",
    "REPORTED",
    "TO_THE_DAY",
    "TRANSITIONS",
    "UNKNOWN",
    "AfterDeath",
    "Band",
    "Birth",
    "Change",
    "Child",
    "ChildAmended",
    "ChildCorrected",
    "ChildDeathRetracted",
    "ChildDied",
    "ChildRegistered",
    "ChildStated",
    "ChildWithdrawn",
    "Children",
    "CivilRegistration",
    "Death",
    "EntryIsWithdrawn",
    "Found",
    "Functioning",
    "Identifier",
    "IdentifierTaken",
    "Identity",
    "IdentityLaw",
    "Name",
    "Nationality",
    "NoLaw",
    "NumberRule",
    "OwnMerge",
    "OwnSibling",
    "Parents",
    "RecordIsClosed",
    "Revision",
    "SiblingsLinked",
    "SiblingsUnlinked",
    "Status",
    "age_on",
    "born_between",
    "has_functional_difficulty",
    "number_as_written",
]
