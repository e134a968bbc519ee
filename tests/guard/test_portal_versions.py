"""What a page changes under If-Match it sends with the version that was read, and compares where that is stale.

Not here: that the compare page really comes, form by form (tests/integration/portal/test_stale.py).
"""

import ast
import re

from services.cli import documents
from shared import http
from shared.config import SERVICES
from tests.guard.project import ROOT

PORTAL = ROOT / "services" / "portal"
SERVICE_OF = {"gatekeeping.py": "placements"}
IN_ADDRESS = re.compile(r"\{[^}]*\}|<[^>]*>")


def commands():
    """(file, method, service, address, whether it sends a version) of every command of the portal's clients."""
    for path in sorted((PORTAL / "clients").glob("*.py")):
        service = SERVICE_OF.get(path.name, path.stem)
        for function in (
            node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
        ):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                if isinstance(call.func, ast.Attribute) and call.func.attr == "post" and service in SERVICES:
                    address = ast.unparse(call.args[0]).removeprefix("f").strip("'\"")
                    yield (
                        path.name,
                        function.name,
                        service,
                        address,
                        any(each.arg == "version" for each in call.keywords),
                    )


def routes(service):
    """Addresses that take a POST, as patterns, and whether they need a version."""
    for route in http.routes(documents.documented_app(service)):
        if "POST" in route.methods:
            yield route.rule.removeprefix(f"/{service}"), route.needs_version


def asked(address, service):
    """What the routes that an address can lead to ask: {True}, {False}, or both."""
    shape = IN_ADDRESS.sub("*", address)
    pattern = re.compile(
        "".join("[^/]+" if part == "*" else re.escape(part) for part in re.split(r"(\*)", shape)) + "$"
    )
    return {
        needed
        for rule, needed in routes(service)
        if pattern.match(IN_ADDRESS.sub("x", rule)) or shape == IN_ADDRESS.sub("*", rule)
    }


def test_a_command_sends_a_version_exactly_where_the_route_asks_for_one():
    found = list(commands())
    assert len(found) > 10
    wrong = [
        (file, method, address)
        for file, method, service, address, sent in found
        if sent not in asked(address, service) or (sent is False and True in asked(address, service))
    ]
    assert wrong == []
    assert asked("/children/{child}/amendments", "registry") == {True}
    assert asked("/children", "registry") == {False}


def test_every_page_that_sends_a_version_has_a_compare_page():
    versioned = {method for _file, method, _service, _address, sent in commands() if sent}
    assert {"amend", "correct", "judge_pair", "step"} <= versioned
    calls = re.compile(rf"\.({'|'.join(sorted(versioned))})\(")
    pages = {path.name: path.read_text(encoding="utf-8") for path in (PORTAL / "pages").glob("*.py")}
    senders = {name for name, text in pages.items() if calls.search(text) and "form.version" in text}
    assert {"amending.py", "pairs.py", "gatekeeping_steps.py"} <= senders
    assert [name for name in sorted(senders) if "comparing.page(" not in pages[name]] == []
