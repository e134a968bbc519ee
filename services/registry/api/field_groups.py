"""In which group each field of a record is: a role sees the groups that the pack's roles.toml names for it.

By what is shown (the name given to `reaching.visible`), field by field; a field of a field is written `identity.sex`.
Not here: who sees which group (the pack), and what the groups are (code list field_group).
"""

from collections.abc import Mapping

GROUPS: Mapping[str, Mapping[str, str]] = {
    "child": {
        "identity": "identity",
        "identity.disability": "health",
        "identity.functioning": "health",
        "identity.parents": "family",
        "identifiers": "identifiers",
        "death": "health",
        "siblings": "family",
    },
    "person": {
        "particulars.names": "identity",
        "particulars.birth": "identity",
        "particulars.identifiers": "identifiers",
        "particulars.phones": "contact",
        "particulars.address": "contact",
        "particulars.account": "identifiers",
    },
    "household": {"address": "contact", "vulnerabilities": "family", "enrolments": "family", "facts": "family"},
}
"""A field that is named here is shown to those who see its group; one that is not, to whoever reaches the record."""
