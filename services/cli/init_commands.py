"""`kinward init`: from databases, broker and nothing else to a deployment whose first administrator can sign in.

Asks, or reads a file of answers; refuses before anything is made, naming answer and rule. Not here: the checks
(init_answers) and the steps (initialising).
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import console, init_answers, initialising, portal_people
from services.portal.languages import AVAILABLE
from shared import config
from shared.errors import Conflict, Invalid

KEEP = (
    "Copy keys.json and keys.passphrase now, apart from each other and from the backups: without both nothing sealed "
    "can be read again."
)


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("init")(init)


@console.guarded
def init(
    pack: Annotated[str | None, typer.Option(help="The country pack.")] = None,
    deployment: Annotated[str | None, typer.Option("--deployment", "-d", help="Its id (default: the pack's).")] = None,
    languages: Annotated[str | None, typer.Option(help="Languages of the pages, e.g. ru,en (default: all).")] = None,
    url: Annotated[str | None, typer.Option(help="The address that people open.")] = None,
    login: Annotated[str | None, typer.Option(help="The first administrator's sign-in name.")] = None,
    name: Annotated[str | None, typer.Option(help="The first administrator's name.")] = None,
    answers: Annotated[
        str | None, typer.Option(help="A file of answers (TOML), - for standard input: nothing is asked then.")
    ] = None,
) -> None:
    """Make a deployment: asks for pack, languages, first administrator, operators and keys, and checks them.

    What is there is kept; a run that was ended midway is finished by the next one.
    """
    home = Path(os.environ.get("KINWARD_HOME") or config.default_home())
    packs = Path(os.environ.get("KINWARD_COUNTRIES") or Path(init_answers.__file__).parents[2] / "countries")
    said = {"pack": pack, "deployment": deployment, "languages": languages, "url": url}
    person = {"login": login, "name": name}
    found = _read(answers) if answers else {}
    found |= {each: value for each, value in said.items() if value}
    if given := {each: value for each, value in person.items() if value}:
        found["administrator"] = found.get("administrator", {}) | given
    there = _there(home, found)
    if there is None and not answers:
        _ask(found, packs)
    _make(found | (there or {}), home, packs, first=there is None)


def _make(found: dict[str, Any], home: Path, packs: Path, *, first: bool) -> None:
    settings_url = os.environ.get("KINWARD_PORTAL_URL")
    first = first and not os.environ.get("KINWARD_OIDC_ISSUER")
    answered = init_answers.given(found, settings_url, first=first)
    init_answers.check(answered, packs, first=first)
    wanted = initialising.wanted_of(answered, home)
    initialising.reach(answered, wanted)
    console.out.print("databases and broker: they answer", markup=False)
    file = initialising.written(answered, wanted, home)
    console.out.print(f"settings: {file}", soft_wrap=True, markup=False)
    settings = config.load(answered.deployment)
    for step in initialising.made(answered, settings):
        console.out.print(step, soft_wrap=True, markup=False)
    code = initialising.first_administrator(answered, settings)
    initialising.note(home, answered.deployment)
    console.out.print(f"{answered.deployment} stands. {KEEP}", soft_wrap=True, markup=False)
    if code:
        portal_people.hand_over(settings.portal.url, code)


def _read(answers: str) -> dict[str, Any]:
    if answers == "-":
        return init_answers.read(sys.stdin.read())
    file = Path(answers)
    if not file.is_file():
        raise Invalid(f"There is no file {file}.", field="--answers", rule="file-there")
    if file.stat().st_mode & 0o077:
        raise Invalid("Others may read the passphrases in it.", field="--answers", rule="file-mode", remedy="chmod 600")
    return init_answers.read(file.read_text(encoding="utf-8"))


def _there(home: Path, found: dict[str, Any]) -> dict[str, Any] | None:
    """What the deployment that stands here was made of; None where none stands. Raises Conflict for another one."""
    name = config.initialised(home)
    if name is None:
        return None
    wanted = found.get("deployment") or found.get("pack")
    kept = config.read_env_file(home / name / "deployment.env")
    pack = kept.get("KINWARD_PACK", name)
    if (wanted or name) != name or found.get("pack", pack) != pack:
        raise Conflict(
            f"The deployment {name} of the pack {pack} stands here already.",
            field="pack" if found.get("pack", pack) != pack else "deployment",
            rule="one-deployment",
            remedy="take another KINWARD_HOME for another deployment",
        )
    url = os.environ.get("KINWARD_PORTAL_URL") or kept.get("KINWARD_PORTAL_URL") or config.load(name).portal.url
    return {"pack": pack, "deployment": name, "url": found.get("url") or url}


def _ask(found: dict[str, Any], packs: Path) -> None:
    """Ask a person for what is not answered yet; an answer that will not do is asked for again."""
    there = ", ".join(init_answers.available_packs(packs))
    _answer(found, "pack", f"Country pack ({there})", lambda each: init_answers.check_pack(each, packs))
    _answer(found, "deployment", "Id of the deployment", init_answers.check_id, found["pack"])
    offered = ",".join(AVAILABLE)
    _answer(
        found, "languages", "Languages of the pages, the first is the usual one", init_answers.check_languages, offered
    )
    if not os.environ.get("KINWARD_PORTAL_URL"):
        _answer(found, "url", "Address that people open", init_answers.check_url)
    if not os.environ.get("KINWARD_OIDC_ISSUER"):
        person = found.setdefault("administrator", {})
        for each, label in (("login", "Sign-in name of the first administrator"), ("name", "Their name")):
            person[each] = person.get(each) or typer.prompt(label)
        people = portal_people.passphrases(new=True)
        found["operators"] = [{"name": each, "passphrase": phrase} for each, phrase in people.items()]
    if file := typer.prompt("Key file to take over (empty: make new keys)", default="", show_default=False):
        found["keys"] = {"file": file, "passphrase_file": typer.prompt("File with its passphrase")}


def _answer(
    found: dict[str, Any], name: str, label: str, check: Callable[[str], None], usual: str | None = None
) -> None:
    while not found.get(name):
        answer = str(typer.prompt(label, default=usual))
        try:
            check(answer)
        except Invalid as problem:
            console.complain(problem)
        else:
            found[name] = answer
