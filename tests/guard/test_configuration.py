"""Every variable of the environment is known to the settings, used, and documented."""

import re
from pathlib import Path

from services.cli import documents
from shared import config
from tests.guard.project import ROOT, code, text, written_pages

NAME = re.compile(r"KINWARD_[A-Z][A-Z_]*[A-Z]")
FILES = ("Makefile", "Dockerfile", "docker-compose.yml", ".ci/run")
# Known to the tests' servers alone; documented in CONTRIBUTING.
FOR_TESTS = {"KINWARD_TEST_AMQP_URI", "KINWARD_TEST_AMQP_API"}
# Variables of the services' databases are put together from the service's name.
BUILT = {
    f"KINWARD_{owner.upper()}_{what}"
    for owner in (*config.SERVICES, "portal")
    for what in ("URL", "DATABASE_URL", "DATABASE_PASSWORD_FILE")
}


def unknown(texts):
    """Variables that are named somewhere and that the settings do not know."""
    return sorted({name for each in texts for name in NAME.findall(each)} - set(config.VARIABLES) - FOR_TESTS)


def unused(variables, sources):
    """Variables that the settings list and no code reads."""
    return sorted(name for name in variables if name not in BUILT and not any(name in source for source in sources))


def sources():
    """The code that may read a variable: without the list itself."""
    listed = re.compile(r"VARIABLES: dict\[str, str\] = \{.*?^\}", re.DOTALL | re.MULTILINE)
    return [listed.sub("", text(path)) for path in code()]


def test_every_variable_that_the_code_names_is_known_to_the_settings():
    assert unknown(map(text, code())) == []
    assert unknown(["os.environ['KINWARD_COLOUR']"]) == ["KINWARD_COLOUR"]


def test_every_variable_that_files_and_pages_name_is_known_to_the_settings():
    files = [path for path in map(Path, FILES) if (ROOT / path).exists()]
    assert unknown(map(text, [*files, *written_pages()])) == []


def test_every_variable_of_the_settings_is_read_somewhere():
    assert unused(config.VARIABLES, sources()) == []
    assert unused(["KINWARD_COLOUR"], sources()) == ["KINWARD_COLOUR"]
    assert set(config.VARIABLES) >= BUILT


def test_every_variable_has_its_line_in_the_documentation():
    page = (documents.DOCS / "configuration.md").read_text(encoding="utf-8")
    assert page == documents.configuration_page(config.VARIABLES)
    assert [name for name, meaning in config.VARIABLES.items() if not meaning or f"`{name}`" not in page] == []


def test_what_tests_read_is_documented_for_who_contributes():
    said = "\n".join(map(text, written_pages()))
    assert [name for name in sorted(FOR_TESTS) if name not in said] == []
