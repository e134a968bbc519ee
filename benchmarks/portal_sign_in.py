"""A storm of sign-ins with local accounts: everybody of an office comes at eight o'clock, each with password and code.

`staff` makes accounts at a desk, `storm` signs them in over HTTP at once. Not here: the pages' own times (portal).
"""

import re
import ssl
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pyotp
from sqlalchemy import insert

from services.portal.issuer import proofs
from services.portal.issuer.desk import Desk
from services.portal.issuer.grants import Granted
from services.portal.issuer.tables import account
from shared import clock
from shared.ids import new_id

PASSWORD = "blue heron over nine poplars"
PATIENCE = 180.0
WELCOME = 303
TLS = ssl.create_default_context()
"""Of nobody's use here: a client that has to make its own takes more of the processor than the portal for a sign-in."""


@dataclass(frozen=True)
class Member:
    """Somebody with an account."""

    login: str
    secret: str


def staff(desk: Desk, count: int, role: str = "registrar") -> list[Member]:
    """Accounts with one password and a second factor each: it is hashed once, so that making them is quick."""
    kept, now = proofs.hashed(PASSWORD), clock.now()
    people = [Member(f"storm.{number}", proofs.new_secret()) for number in range(count)]
    granted = Granted(frozenset({role}), frozenset({"*"})).stored()
    values = {"state": "active", "granted": granted, "password": kept, "last_step": 0}
    rows = [
        {
            "id": new_id(),
            "login": each.login,
            "name": each.login,
            "created_at": now,
            "changed_at": now,
            **values,
            "second_factor": desk.factors.close(each.secret),
        }
        for each in people
    ]
    with desk.engine.begin() as connection:
        connection.execute(insert(account), rows)
    return people


def storm(address: str, people: Sequence[Member], at_once: int) -> tuple[list[float], list[str]]:
    """Seconds that each good sign-in took, `at_once` at a time, and of each other what came instead.

    A code is made when its form is sent and may be as old as the queue is long when it is looked at: two steps of 30 s.
    """

    def one(person: Member) -> float | str:
        begun = time.perf_counter()
        try:
            status = _signed_in(address, person)
        except (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError) as error:
            return type(error).__name__
        return time.perf_counter() - begun if status == WELCOME else str(status)

    with ThreadPoolExecutor(at_once) as threads:
        took = list(threads.map(one, people))
    return [each for each in took if isinstance(each, float)], [each for each in took if isinstance(each, str)]


def _signed_in(address: str, person: Member) -> int:
    """Open the page, send the form; the status of the answer."""
    with httpx.Client(base_url=f"http://{address}", timeout=PATIENCE, trust_env=False, verify=TLS) as browser:
        page = browser.get("/sign-in")
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        cookies = "; ".join(each.split(";")[0] for each in page.headers.get_list("set-cookie"))
        form = {
            "csrf_token": found.group(1) if found else "",
            "login": person.login,
            "password": PASSWORD,
            "code": pyotp.TOTP(person.secret).now(),
        }
        answer = browser.post("/sign-in/local", data=form, headers={"Cookie": cookies})
    return answer.status_code
