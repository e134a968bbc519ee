"""Carries a bundle to the parent over HTTP and brings the answer back. Not here: believing the answer (receipt)."""

import ipaddress
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException, HTTPMessage
from typing import IO

from shared.errors import ConfigurationError, Forbidden, Refused, Unavailable

INGEST = "/reporting/hub/bundles"
LARGEST_ANSWER = 1024 * 1024
SECONDS = 60.0


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follows nobody: a redirect would take the token elsewhere."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def deliver(parent_url: str, token: str, raw: bytes, timeout: float = SECONDS) -> bytes:
    """Send a bundle and give back the answer's bytes, at most 1 MiB.

    Raises Unavailable where trying again may help, Forbidden where the token does not open, Refused for another answer.
    """
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked
        _address(parent_url),
        data=raw,
        method="POST",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/zip"},
    )
    try:
        with _opener(request.host).open(request, timeout=timeout) as answer:
            return bytes(answer.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        error.close()
        raise _refusal(error.code, parent_url) from None
    except (OSError, HTTPException) as error:
        raise Unavailable(
            f"{parent_url} does not answer ({type(error).__name__}).", remedy="Try again later."
        ) from None


def _address(parent_url: str) -> str:
    if urllib.parse.urlsplit(parent_url).scheme not in {"http", "https"}:
        raise ConfigurationError("not an http or https address", field="KINWARD_PARENT_URL")
    return parent_url.rstrip("/") + INGEST


def _opener(host: str) -> urllib.request.OpenerDirector:
    """Without a proxy for an address of this machine, whatever the environment says."""
    if _on_this_machine(host):
        return urllib.request.build_opener(_StayHere, urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(_StayHere)


def _on_this_machine(host: str) -> bool:
    name = urllib.parse.urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _refusal(status: int, parent_url: str) -> Exception:
    if status in {401, 403}:
        return Forbidden(
            f"{parent_url} does not take our token ({status}).",
            field="KINWARD_PARENT_TOKEN_FILE",
            remedy="Ask the parent for a token of the role reporter.",
        )
    if status in {408, 429} or status >= 500:
        return Unavailable(f"{parent_url} answers {status}.", remedy="Try again later.")
    return Refused(f"{parent_url} answers {status}.", field="KINWARD_PARENT_URL", remedy="Check the parent's address.")
