"""What an upgrade needs of the portal: one address before the APIs, as a service has, and somebody who visits pages.

Not here: the balancer and those who ask the APIs (upgrading), the order of an upgrade (test_upgrade).
"""

import re
from collections.abc import Mapping
from html import unescape
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from services.cli import portal_desk
from services.portal import sealed_session
from services.portal.issuer import admission
from services.portal.issuer.grants import Granted
from shared import clock, config
from tests.e2e.running import Answer, Deployment
from tests.e2e.upgrading import Balancer, Work

HIDDEN = re.compile(r'name="(csrf_token|idempotency_key)" value="([^"]*)"')
CHILD = re.compile(r"/children/([0-9a-f-]{36})")
OF_THE_LINE = {"host", "connection", "content-length", "transfer-encoding", "keep-alive"}


class Front:
    """One address on loopback behind which a balancer is."""

    def __init__(self, balancer: Balancer) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length) if length else None
                headers = {name: value for name, value in self.headers.items() if name.lower() not in OF_THE_LINE}
                try:
                    answer = balancer.forward(self.command, self.path, headers, body)
                except (OSError, HTTPException) as error:
                    answer = Answer(502, {}, repr(error).encode())
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in OF_THE_LINE:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_POST = do_GET  # noqa: N815 (the base class's word)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, name="front")
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Front":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Visits(Work):
    """Somebody signed in who registers children by the portal's form, and opens their pages."""

    HANDS = 1

    def __init__(self, of: Deployment, portals: Balancer) -> None:
        super().__init__(of, portals)
        self._portals = portals
        self._days = count(1000)  # no birthday of those who ask the APIs
        self._cookies = _signed_in(of)

    def _work(self) -> None:
        while not self._ended.wait(self.BREATH):
            form = self._answered("form", lambda: self._page("GET", "/children/new"), 200)
            if form is None:
                continue
            typed = self._typed() | dict(HIDDEN.findall(form.body.decode()))
            made = self._answered("registering", lambda: self._page("POST", "/children/new", typed), 303)  # noqa: B023
            if made is None:
                continue
            path = made.headers["Location"]
            self.children += CHILD.findall(path)
            page = self._answered(path, lambda: self._page("GET", path), 200)  # noqa: B023
            if page is not None and typed["family"] not in unescape(page.body.decode()):
                self.failed.append(f"{path} does not tell of the child")

    def _typed(self) -> dict[str, str]:
        identity = self._somebody()["identity"]
        (name,) = identity["names"]
        year, month, day = identity["birth"]["date"].split("-")
        born = {"born-year": year, "born-month": month, "born-day": day}
        return {"family": name["family"], "given": name["given"], "sex": "F", "area": identity["area"], **born}

    def _page(self, method: str, path: str, typed: Mapping[str, str] | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if typed is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = None if typed is None else urlencode(typed).encode()
        answer = self._portals.forward(method, path, headers, body)
        if line := answer.headers.get("Set-Cookie"):
            name, _, rest = line.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return answer


def _signed_in(of: Deployment) -> dict[str, str]:
    """The cookie of a registrar whom an organisation's provider has let in."""
    settings, kept = config.load(of.id, {"KINWARD_HOME": str(of.home)}), dict[str, str]()

    class Kept:
        def set_cookie(self, name: str, value: str, **_: Any) -> None:
            kept[name] = value

    with portal_desk.opened(settings) as (_pack, desk):
        granted = Granted(frozenset({"registrar"}), frozenset({"*"}))
        made = admission.admit(desk, "upgrade#visitor", "provider", "Ainur Visiting", granted, clock.now())
    session = sealed_session.SealedSession()
    session["signin"] = str(made.id)
    sealed: Any = sealed_session.SealedSessions(sealed_session.load_key(settings.portal.key_file))
    sealed.save_session(None, session, Kept())
    return kept
