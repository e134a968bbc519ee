"""A storm of sign-ins with local accounts: everybody of an office comes at eight o'clock, each with password and code.

`staff` makes accounts at a desk, `storm` signs them in over HTTP at once. Not here: the pages' own times (portal).
"""

import re
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


def storm(address: str, people: Sequence[Member], at_once: int) -> tuple[list[float], int]:
    """Seconds that each sign-in took, `at_once` at a time, and how many failed.

    A code is made when its form is sent and may be as old as the queue is long when it is looked at: two steps of 30 s.
    """

    def one(person: Member) -> float | None:
        begun = time.perf_counter()
        with httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False) as browser:
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
        return time.perf_counter() - begun if answer.status_code == 303 else None

    with ThreadPoolExecutor(at_once) as threads:
        took = list(threads.map(one, people))
    good = [each for each in took if each is not None]
    return good, len(took) - len(good)
