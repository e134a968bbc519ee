"""Who asks (`Principal`), how we know (`tokens`), what they may do (`permissions`).

Not here: HTTP (shared.http) and what a role holds: that is data of the country pack.
"""

from shared.auth.permissions import Areas, BelongsTo, OutOfScope, Policy, Scope
from shared.auth.principal import EVERYWHERE, Principal
from shared.auth.tokens import TrustedIssuers, Verifier

__all__ = [
    "EVERYWHERE",
    "Areas",
    "BelongsTo",
    "OutOfScope",
    "Policy",
    "Principal",
    "Scope",
    "TrustedIssuers",
    "Verifier",
]
