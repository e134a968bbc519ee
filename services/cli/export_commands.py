"""`kinward export`: everything that a deployment holds on one child, fetched over HTTP as the person who asks.

The command has no right of its own: each service decides by the token, and notes the reading in its audit log.
"""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from services.cli import console
from shared import documents, held
from shared.errors import Forbidden, Invalid, NotFound, Refused, Unauthenticated, Unavailable

SERVICES = ("registry", "placements", "social_work")
SECONDS = 60
REFUSALS = {401: Unauthenticated, 403: Forbidden, 404: NotFound, 503: Unavailable}


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Records handed out.", no_args_is_help=True)
    group.command("child")(child)
    group.callback()(_keep_group)
    app.add_typer(group, name="export")


def _keep_group() -> None:
    """Records handed out."""


@console.guarded
def child(
    who: Annotated[str, typer.Argument(help="The child's reference (CH-...) or id.")],
    ground: Annotated[str, typer.Option(help="Why, as a code of the list export_ground.")],
    out: Annotated[Path, typer.Option(file_okay=False, help="The folder that gets the files.")],
    token_file: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="A file with your access token.")],
    url: Annotated[str, typer.Option(help="Address of the deployment.")] = "http://127.0.0.1:8080",
    pdf: Annotated[bool, typer.Option("--pdf", help="As a document for people too.")] = False,
) -> None:
    """Write everything held on one child as JSON, and as PDF: two files that only you can read."""
    api = _Api(url, token_file.read_text(encoding="utf-8").strip())
    id_ = _id_of(api, who)
    found = {service: api.held(service, id_, ground) for service in SERVICES}
    if found["registry"] is None:
        raise NotFound("No child with this id.", field="who")
    reference = found["registry"]["reference"]
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = [_write(out / f"{reference}.json", json.dumps(found, ensure_ascii=False, indent=2).encode() + b"\n")]
    if pdf:
        written.append(_write(out / f"{reference}.pdf", _printed(found)))
    for path in written:
        console.out.print(str(path), soft_wrap=True)


class _Api:
    """The deployment's APIs, as the holder of a token."""

    def __init__(self, url: str, token: str) -> None:
        if urllib.parse.urlsplit(url).scheme not in {"http", "https"}:
            raise Invalid("an address begins with https:// or http://", field="--url")
        self._url = url.rstrip("/")
        self._token = token

    def held(self, service: str, child: UUID, ground: str) -> dict[str, Any] | None:
        """What a service holds on a child; None where it knows none of that id."""
        try:
            return self.post(f"/{service}/children/{child}/subject-access", {"ground": ground})
        except NotFound:
            return None

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a POST. Raises what the service refused with, in its own words."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self._url + path, json.dumps(body).encode(), headers)  # noqa: S310 - the scheme is checked
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - the scheme is checked
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            problem = _problem(error)
            kind = REFUSALS.get(error.code, Refused)
            raise kind(problem.get("detail") or problem.get("title") or f"status {error.code}", field=path) from None
        except OSError:
            raise Unavailable(f"{self._url} does not answer.", remedy="Is the deployment serving?") from None


def _problem(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        found = json.load(error)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _id_of(api: _Api, who: str) -> UUID:
    try:
        return UUID(who)
    except ValueError:
        items = api.post("/registry/children/search", {"reference": who})["items"]
    if not items:
        raise NotFound("No child with this reference.", field="who")
    return UUID(items[0]["id"])


def _write(path: Path, data: bytes) -> Path:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
    return path


def _printed(found: dict[str, dict[str, Any] | None]) -> bytes:
    sections = [
        section
        for service, document in found.items()
        if document
        for section in held.sections(document["records"], service)
    ]
    registry = found["registry"] or {}
    lead = f"{registry.get('deployment')}, {registry.get('produced')}. Ground: {registry.get('ground')}."
    return documents.pdf(f"All that is held on {registry.get('reference')}", lead, sections)
