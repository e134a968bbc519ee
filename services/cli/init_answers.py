"""What `kinward init` has to be told, from options, from a file or by a person, and whether each answer will do.

Every answer is checked before anything is made. Not here: what is done with the answers (initialising).
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.portal.issuer import accounts, operators
from services.portal.languages import AVAILABLE
from shared import config, countries
from shared.errors import ConfigurationError, Invalid, below, raise_all
from shared.protection.keys import FileKeyProvider

KNOWN: Mapping[str, frozenset[str]] = {
    "": frozenset({"pack", "deployment", "languages", "url", "administrator", "operators", "keys"}),
    "administrator": frozenset({"login", "name"}),
    "operators": frozenset({"name", "passphrase"}),
    "keys": frozenset({"file", "passphrase_file"}),
}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Answers:
    """All that was answered. `keys`: the key file and its passphrase's file to take over; None: make new ones."""

    pack: str
    deployment: str
    languages: tuple[str, ...]
    url: str
    login: str
    name: str
    operators: tuple[tuple[str, str], ...]
    keys: tuple[Path, Path] | None = None


def read(text: str) -> dict[str, Any]:
    """The answers of a file (TOML). Raises Invalid naming each answer that is not known."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"The answers are not TOML: {error}.", field="answers", rule="toml") from None
    raise_all(_unknown(found))
    return found


def _unknown(found: Mapping[str, Any]) -> Iterator[Invalid]:
    yield from _strange(found, "")
    for part in ("administrator", "keys"):
        inner = found.get(part, {})
        if isinstance(inner, dict):
            yield from _strange(inner, part)
        else:
            yield Invalid(f"{part} is a table.", field=part, rule="answer-form")
    people = found.get("operators", [])
    if not isinstance(people, list) or not all(isinstance(each, dict) for each in people):
        yield Invalid("operators are tables, [[operators]].", field="operators", rule="answer-form")
        return
    for each in people:
        yield from _strange(each, "operators")


def _strange(found: Mapping[str, Any], part: str) -> Iterator[Invalid]:
    for name in sorted(set(found) - KNOWN[part]):
        field = f"{part}.{name}" if part else name
        yield Invalid(
            f"There is no such answer: {field}.",
            field=field, rule="known-answer", remedy=f"one of: {', '.join(sorted(KNOWN[part]))}",
        )  # fmt: skip


def given(found: Mapping[str, Any], url: str | None, *, first: bool) -> Answers:
    """The answers of a file as they are to be; `url` is what the settings say, `first`: nobody has an account yet.

    Raises Invalid for the answers that are missing.
    """
    administrator, keys = found.get("administrator", {}), found.get("keys", {})
    wanted = {"pack": found.get("pack"), "url": found.get("url") or url}
    if first:
        wanted |= {f"administrator.{each}": administrator.get(each) for each in ("login", "name")}
        wanted["operators"] = found.get("operators")
    if keys:
        wanted |= {f"keys.{each}": keys.get(each) for each in ("file", "passphrase_file")}
    raise_all(
        Invalid(f"The answer {field} is missing.", field=field, rule="answer-missing")
        for field, value in wanted.items()
        if not value
    )
    people = found.get("operators", [])
    return Answers(
        pack=str(found["pack"]),
        deployment=str(found.get("deployment") or found["pack"]),
        languages=_listed(found.get("languages") or ()),
        url=str(wanted["url"]).rstrip("/"),
        login=str(administrator.get("login", "")),
        name=str(administrator.get("name", "")),
        operators=tuple((str(each.get("name", "")), str(each.get("passphrase", ""))) for each in people),
        keys=(Path(keys["file"]), Path(keys["passphrase_file"])) if keys else None,
    )


def _listed(languages: str | Sequence[str]) -> tuple[str, ...]:
    each = languages.split(",") if isinstance(languages, str) else languages
    return tuple(str(language).strip() for language in each if str(language).strip())


def check(answers: Answers, packs: Path, *, first: bool) -> countries.Pack:
    """The pack, where every answer will do. Raises Invalid with all that will not."""
    raise_all(_problems(answers, packs, first=first))
    return countries.load(answers.pack, packs)


def _problems(answers: Answers, packs: Path, *, first: bool) -> Iterator[Invalid]:
    yield from _refused(check_pack, answers.pack, packs)
    yield from _refused(check_id, answers.deployment)
    yield from _refused(check_languages, ",".join(answers.languages))
    yield from _refused(check_url, answers.url)
    if first:
        yield from below("administrator", _refused(accounts.check_person, answers.login, answers.name))
        yield from below("operators", _refused(operators.check_people, dict(answers.operators)))
    if answers.keys:
        yield from _refused(check_keys, *answers.keys)


def check_pack(pack: str, packs: Path) -> None:
    """Raise Invalid where there is no such pack."""
    there = available_packs(packs)
    if pack not in there:
        raise Invalid(
            f"There is no pack {pack}.", field="pack", rule="known-pack", remedy=f"one of: {', '.join(there)}"
        )


def check_id(deployment: str) -> None:
    """Raise Invalid where a deployment cannot be called so."""
    if not config.is_plain(deployment):
        raise Invalid("Lower case letters, digits and hyphens only.", field="deployment", rule="plain-name")


def check_languages(languages: str) -> None:
    """Raise Invalid where the portal has no pages in one of them."""
    for language in _listed(languages):
        if language not in AVAILABLE:
            raise Invalid(
                f"The portal has no pages in {language}.",
                field="languages", rule="known-language", remedy=f"one or more of: {', '.join(AVAILABLE)}",
            )  # fmt: skip


def check_url(url: str) -> None:
    """Raise Invalid where people cannot safely open that address."""
    parts = urlsplit(url)
    loopback = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or loopback) or parts.path.strip("/") or parts.query:
        raise Invalid(
            "The address that people open begins with https:// and has a host and no path.",
            field="url", rule="portal-address", remedy="e.g. https://kinward.example",
        )  # fmt: skip


def check_keys(file: Path, passphrase: Path) -> None:
    """Raise Invalid where the passphrase does not open the key file."""
    try:
        FileKeyProvider(file, passphrase).keys()
    except ConfigurationError as error:
        raise Invalid(f"The keys do not open: {error.message}.", field="keys.file", rule="keys-open") from None


def _refused(check_one: Callable[..., object], *values: Any) -> Iterator[Invalid]:
    try:
        check_one(*values)
    except Invalid as problem:
        yield problem


def available_packs(packs: Path) -> list[str]:
    """Ids of the packs that a deployment may take; what begins with _ is only inherited."""
    return sorted(each.parent.name for each in packs.glob("*/pack.toml") if not each.parent.name.startswith("_"))
