"""What the portal's process holds for all its requests, and who asks in the present one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol, cast

import httpx
from flask import current_app, g

from services.portal.clients.api import Api, _Circuit
from services.portal.clients.gatekeeping import Gatekeeping
from services.portal.clients.placements import Placements
from services.portal.clients.registry import Registry
from services.portal.clients.reporting import Reporting
from services.portal.clients.social_work import SocialWork
from services.portal.issuer.desk import Desk
from services.portal.issuer.provider import Provider
from services.portal.rule_book import RuleBook
from shared import clock
from shared.auth import Policy, Principal
from shared.config import Settings
from shared.countries import Pack

EXTENSION = "kinward"


class Issuing(Protocol):
    """Who makes access tokens for people who have signed in."""

    def token(self, principal: Principal) -> str:
        """A short token for `principal`."""


@dataclass
class House:
    """One deployment's portal: settings, the country's pack, what roles may do, the line to the services."""

    settings: Settings
    pack: Pack
    policy: Policy
    client: httpx.Client
    issuing: Issuing
    desk: Desk
    draining: bool = False
    """The process was told to end, and answers on while balancers notice."""

    @cached_property
    def provider(self) -> Provider | None:
        """The OpenID provider that people sign in with, if the deployment has one."""
        named = self.settings.portal.provider
        return Provider(named, self.settings.portal.url, self.client) if named else None

    @cached_property
    def rules(self) -> RuleBook:
        """What the services say of their rules, kept for a while."""
        return RuleBook()

    @cached_property
    def circuits(self) -> Mapping[str, _Circuit]:
        """One circuit per service, for all requests."""
        return {service: _Circuit() for service in self.settings.portal.apis}

    def api(self, service: str, token: str, language: str) -> Api:
        """A service's API for one person."""
        base = self.settings.portal.apis[service]
        commands = not g.get("shown_again")
        return Api(service, base, self.client, token, language, self.circuits[service], commands)

    def today(self) -> date:
        """The day in the country."""
        return clock.day_in(self.pack.zone, clock.now())


@dataclass(frozen=True)
class Person:
    """Who is signed in: what the token says of them, the name shown in the corner, the sign-in it came from."""

    principal: Principal
    name: str
    token: str
    signin: str

    def may(self, permission: str) -> bool:
        """Whether some role of theirs grants it; the service decides for each thing."""
        return house().policy.allows(self.principal, permission)

    def may_any(self, *permissions: str) -> bool:
        """Whether one of them is granted."""
        return any(self.may(each) for each in permissions)


@dataclass(frozen=True)
class Apis:
    """The services as the signed-in person reaches them."""

    registry: Registry
    placements: Placements
    gatekeeping: Gatekeeping
    social_work: SocialWork
    reporting: Reporting


def house() -> House:
    """What this process holds."""
    return cast(House, current_app.extensions[EXTENSION])


def person() -> Person | None:
    """Who is signed in, if anybody."""
    found: Person | None = g.get("person")
    return found


def apis() -> Apis:
    """The services for the signed-in person. Raises LookupError where nobody is."""
    if "apis" not in g:
        asking = person()
        if asking is None:
            raise LookupError("nobody is signed in")
        language: str = g.get("language", "en")

        def api(service: str) -> Api:
            return house().api(service, asking.token, language)

        g.apis = Apis(
            Registry(api("registry")),
            Placements(api("placements")),
            Gatekeeping(api("placements")),
            SocialWork(api("social_work")),
            Reporting(api("reporting")),
        )
    found: Apis = g.apis
    return found
