"""The services' HTTP APIs as the signed-in person's browser pages ask them: one small class per API.

Not here: what pages show. A refusal is an answer (`Refusal`); a service out of reach costs its card (`Down`).
"""

from services.portal.clients.api import Api, Down, Refusal

__all__ = ["Api", "Down", "Refusal"]
