"""What pages promise is there: their links, the commands they show, the make targets they name."""

import re
import shlex
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer
from typer.main import get_command

from services.cli import app
from tests.guard.project import ROOT, code, text, written_pages

LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)|!\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
PLACEHOLDER = re.compile(r"[A-Z][A-Z_.]*|<[^>]*>|\.\.\.")


def dangling(page, content):
    """Relative links of a page that lead nowhere; anchors are looked up among the headings."""
    found = []
    for target in (unquote(first or second) for first, second in LINK.findall(FENCE.sub("", content))):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (ROOT / page.parent / path).resolve()
        if not file.exists() or (
            anchor and file.suffix in {".md", ""} and anchor not in _headings(file, path, content)
        ):
            found.append(f"{page}: {target}")
    return found


def _headings(file, path, content):
    return headings(_read(file) if path else content)


def _read(file):
    return file.read_text(encoding="utf-8")


def headings(content):
    """The anchors that a page's headings make."""
    lines = re.findall(r"^#+ +(.+?) *$", FENCE.sub("", content), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def command_lines(content):
    """The `kinward ...` lines of a page: those of code blocks and those within a sentence."""
    for block in [*FENCE.findall(content), *re.findall(r"^(?: {4}|\t).*$", content, re.MULTILINE)]:
        for line in block.splitlines():
            if match := re.match(r"\s*(?:\$ )?((?:\S*/)?kinward\s+[a-z].*)$", line):
                yield re.split(r"\s{2,}|\s+#|\s[|&;]", match[1])[0]
    for quoted in INLINE.findall(FENCE.sub("", content)):
        if re.match(r"kinward\s+[a-z]", quoted):
            yield quoted


def misunderstood(line, tree):
    """Why the command tree does not know a line: an unknown command or option; None where it does."""
    words = shlex.split(line.replace("|", " "))[1:]
    command = tree
    while words and hasattr(command, "commands"):
        word = words.pop(0)
        if word.startswith("-") or PLACEHOLDER.fullmatch(word):
            break
        if word not in command.commands:
            return f"no command {word!r} in {line!r}"
        command = command.commands[word]
    options = {name for parameter in command.params for name in [*parameter.opts, *parameter.secondary_opts]}
    for word in words:
        name = word.strip("[]").partition("=")[0]
        if name.startswith("-") and name not in {*options, "--help"}:
            return f"no option {name!r} in {line!r}"
    return None


def targets_named(content):
    """The make targets that a page's code names."""
    quoted = [*FENCE.findall(content), *re.findall(r"^(?: {4}|\t).*$", content, re.MULTILINE), *INLINE.findall(content)]
    return {name for each in quoted for name in re.findall(r"(?:^|[\s$;&(])make ([a-z][a-z-]*)", each, re.MULTILINE)}


@pytest.fixture(scope="module")
def tree():
    return get_command(app.tree())


@pytest.fixture(scope="module")
def makefile_targets():
    return set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))


def test_every_relative_link_leads_somewhere():
    pages = written_pages()
    assert {"README.md", "CONTRIBUTING.md"} <= {str(page) for page in pages}
    assert [each for page in pages for each in dangling(page, text(page))] == []


def test_the_guard_sees_a_link_that_leads_nowhere():
    page = Path("docs/page.md")
    good = "[a](packs.md) [b](https://example.org/x) [c](#here) ![d](../README.md)\n\n# Here\n```\n[e](no.md)\n```"
    assert dangling(Path("docs/packs.md"), good) == []
    bad = "[a](no-such-page.md) [b](packs.md#no-such-heading)"
    assert dangling(page, bad) == ["docs/page.md: no-such-page.md", "docs/page.md: packs.md#no-such-heading"]


def test_every_kinward_command_that_a_page_shows_exists_with_its_options(tree):
    shown = {(str(page), line) for page in written_pages() for line in command_lines(text(page))}
    assert len(shown) > 5
    assert [f"{page}: {wrong}" for page, line in sorted(shown) if (wrong := misunderstood(line, tree))] == []


def advice(content):
    """The commands that a file's docstrings, messages and remedies name."""
    quoted = re.findall(r"`(kinward [a-z][^`\n]*)`", content)
    said = re.findall(r"^[^#\n]*\"(?:[^\"\n`]*?[:;] )?(kinward [a-z][^\"\n]*)\"", content, re.MULTILINE)
    return [re.sub(r"\{[^}]*\}", "X", line).split(" > ")[0] for line in [*quoted, *said]]


def test_every_kinward_command_that_the_code_advises_exists(tree):
    advised = {(str(path), line) for path in code() for line in advice(text(path))}
    assert len(advised) > 10
    assert [f"{path}: {wrong}" for path, line in sorted(advised) if (wrong := misunderstood(line, tree))] == []
    remedies = 'remedy="kinward brew tea"\nremedy=f"run: kinward serve {id}"\n"""`kinward token`: a token."""\n'
    assert sorted(advice(remedies)) == ["kinward brew tea", "kinward serve X", "kinward token"]


def test_the_guard_sees_a_command_or_an_option_that_is_not_there():
    small = typer.Typer()

    @small.command("serve")
    def serve(service: str, only: str = "web") -> None:
        """Serve."""

    @small.command("token")
    def token() -> None:
        """Token."""

    tree = get_command(small)
    assert misunderstood("kinward serve all --only web", tree) is None
    assert "'brew'" in misunderstood("kinward brew tea", tree)
    assert "'--hot'" in misunderstood("kinward serve all --hot", tree)
    page = "`kinward serve SERVICE`\n\n    kinward brew tea   # hot\n\n```\n$ bin/kinward token\n```\n"
    assert sorted(command_lines(page)) == ["bin/kinward token", "kinward brew tea", "kinward serve SERVICE"]


def test_every_make_target_that_a_page_names_exists(makefile_targets):
    named = {name for page in written_pages() for name in targets_named(text(page))}
    assert named >= {"demo", "test"}
    assert named - makefile_targets == set()
    assert targets_named("`make tea` and we make do\n\n    make coffee ONCE=1\n") == {"tea", "coffee"}


def test_every_make_target_is_explained_by_make_help(makefile_targets):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    explained = set(re.findall(r"^([a-z][a-z-]*):.*## ", makefile, re.MULTILINE))
    assert makefile_targets - explained - {"setup"} == set()
