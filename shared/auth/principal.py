"""The person or program behind a request, as the token says. Not here: what the roles allow (permissions)."""

from dataclasses import dataclass
from uuid import UUID

EVERYWHERE = "*"


@dataclass(frozen=True)
class Principal:
    """Who acts. `areas` are area codes, `EVERYWHERE` standing for the whole deployment.

    `subject` is the token's `sub`; from an issuer other than the deployment's own it is `<issuer>#<sub>`, so that two
    issuers cannot give two people one name.
    """

    subject: str
    roles: frozenset[str]
    areas: frozenset[str]
    centre: UUID | None
    provider: UUID | None
    deployment: str
