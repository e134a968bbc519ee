"""Who asks (`Principal`), how we know (`tokens`), what they may do (`permissions`).

Not here: HTTP (shared.http) and what a role holds: that is data of the country pack.
"""

from shared.auth.permissions import Areas, BelongsTo, Grant, OutOfScope, Policy, Records, Scope
from shared.auth.principal import EVERYWHERE, Principal
from shared.auth.tokens import TrustedIssuers, Verifier

__all__ = [
    "EVERYWHERE",
    "Areas",
    "BelongsTo",
    "Grant",
    "OutOfScope",
    "Policy",
    "Principal",
    "Records",
    "Scope",
    "TrustedIssuers",
    "Verifier",
]
