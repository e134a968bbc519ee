"""Somebody at a browser, as cheap as can be: keeps its cookie and its connection, and the token of the last form.

Not here: where they go (portal).
"""

import gzip
import http.client
import re
import statistics
import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
WRONG = re.compile(r'class="error-summary"[^>]*>(.*?)</div>', re.DOTALL)
FEW = 2


def p95(took: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(took, n=20)[-1] if len(took) >= FEW else took[0]


class Visitor:
    """One of them."""

    def __init__(self, address: str) -> None:
        self._line = http.client.HTTPConnection(address, timeout=60)
        self._cookies: dict[str, str] = {}
        self._token = ""
        self.took = 0.0
        """Milliseconds that the last page took, redirects included."""
        self.wrong = ""
        """What the last page says is wrong, if anything."""

    def get(self, path: str) -> int:
        """A page; its status."""
        return self._asked("GET", path, None)

    def send(self, path: str, typed: Mapping[str, str]) -> int:
        """A form of the page seen last; the status of the page that follows."""
        return self._asked("POST", path, urlencode({"csrf_token": self._token, **typed}))

    def sign_in(self, role: str) -> None:
        """Be a person of the demonstration. Raises AssertionError where the portal does not let one in."""
        assert self.get("/sign-in") == 200, "sign-in page"
        status = self.send("/sign-in/demo", {"person": role, "next": "/languages"})
        assert status == 200, f"sign-in {status}"

    def _asked(self, method: str, path: str, body: str | None) -> int:
        started = time.monotonic()
        while True:
            cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            headers = {"Cookie": cookies, "Accept-Encoding": "gzip"}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
            came = answer.read()
            packed = answer.headers.get("Content-Encoding") == "gzip"
            text = (gzip.decompress(came) if packed else came).decode()
            for line in answer.headers.get_all("Set-Cookie") or ():
                name, _, rest = line.partition("=")
                self._cookies[name] = rest.partition(";")[0]
            if answer.status not in {301, 302, 303, 308}:
                break
            method, path, body = "GET", answer.headers["Location"], None
        self.took = (time.monotonic() - started) * 1000
        wrong = WRONG.search(text)
        self.wrong = " ".join(re.sub(r"<[^>]*>", " ", wrong[1]).split()) if wrong else ""
        if found := TOKEN.search(text):
            self._token = found[1]
        return answer.status
