"""What the doctor says of settings, keys, pack, network and notes that are really broken; no database is needed."""

import json
import shutil
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.cli import audit_anchors
from services.cli.doctor import certificates, machine
from services.portal import vendoring
from services.reporting import trust
from shared import clock, deny_list
from shared.auth import tokens
from shared.ids import new_id
from shared.protection.keys import FileKeyProvider
from shared.testing.scratch import scratch_folder
from tests.integration.doctor.examined import Examined
from tests.integration.doctor.tls import certified, serving

COUNTRIES = Path(__file__).parents[3] / "countries"


@pytest.fixture
def home(tmp_path):
    (tmp_path / "kz").mkdir()
    return tmp_path / "kz"


@pytest.fixture
def told(home):
    return Examined({"KINWARD_HOME": str(home.parent), "KINWARD_DEPLOYMENT": "kz"})


class TestSettings:
    def test_a_line_that_is_none_is_told_and_the_rest_is_still_looked_at(self, home, told):
        told.well("settings-readable")
        (home / "deployment.env").write_text("KINWARD_HTTP=127.0.0.1:9\nKINWARD_COLOUR=blue\n", encoding="utf-8")
        told.ill("settings-readable", "KINWARD_COLOUR")
        assert told.answer("apis").found[0].facts["address"] == "http://127.0.0.1:9"

    def test_a_value_that_cannot_be_is_told_and_leaves_the_rest_unknown(self, told):
        told.env["KINWARD_REGISTRY_DATABASE_URL"] = "postgresql://x"
        told.ill("settings-readable", "KINWARD_REGISTRY_DATABASE_URL")
        told.unknown("database-reachable", "see settings-readable")
        told.unknown("backup", "see settings-readable")

    def test_a_misspelt_variable_is_told(self, told):
        told.well("settings-unknown")
        told.env["KINWARD_DATABSE_URL"] = "x"
        told.ill("settings-unknown", "KINWARD_DATABSE_URL")

    def test_what_is_not_set_is_told(self, told):
        told.ill("settings-missing", "KINWARD_REPORTING_DATABASE_URL is not set", "KINWARD_AMQP_URI is not set")
        told.env["KINWARD_EMBEDDED"] = "1"
        told.well("settings-missing")

    def test_modes_that_are_not_for_children_are_told(self, told):
        told.well("settings-unsafe")
        told.env |= {"KINWARD_DEMO": "1", "KINWARD_HTTP": "0.0.0.0:8080", "KINWARD_TESTING": "1"}
        told.ill("settings-unsafe", "KINWARD_HTTP is not loopback", "KINWARD_TESTING")

    def test_secrets_that_others_may_read_are_told(self, home, told):
        (home / "signing.jwk").touch(0o600)
        (home / "deployment.env").touch(0o600)
        told.well("secrets-private")
        (home / "signing.jwk").chmod(0o644)
        (home / "deployment.env").chmod(0o640)
        told.ill("secrets-private", "KINWARD_SIGNING_KEY_FILE", "mode 0644", "deployment.env", "mode 0640")

    def test_files_that_are_not_there_are_told(self, home, told):
        told.ill("files-readable", "KINWARD_JWKS", "is not there")
        (home / "jwks.json").write_text("{}", encoding="utf-8")
        told.well("files-readable")
        told.env["KINWARD_PARENT_TOKEN_FILE"] = str(home / "nothing")
        told.ill("files-readable", "KINWARD_PARENT_TOKEN_FILE")


class TestMachine:
    def test_a_wrong_clock_and_a_full_disk_are_told(self, told, monkeypatch):
        told.well("clock")
        told.well("disk-room")
        monkeypatch.setattr(machine, "FREE_BYTES", 10**18)
        told.ill("disk-room", "start refuses")
        monkeypatch.setattr(clock, "now", lambda: datetime(1970, 1, 1, tzinfo=UTC))
        told.ill("clock", "1970-01-01")


class TestKeys:
    def test_keys_that_are_missing_old_or_not_copied_are_told(self, home, told, monkeypatch):
        told.ill("keys-open", "there is no key file")
        told.unknown("keys-rotation", "see keys-open")
        keys = FileKeyProvider(home / "keys.json", home / "keys.passphrase")
        keys.create(clock.now())
        for check in ("keys-open", "keys-rotation"):
            told.well(check)
        told.ill("keys-copied", "no copy of the keys")
        note = {"keys_copied_at": (clock.now() - timedelta(days=1)).isoformat()}
        (home / "backup.json").write_text(json.dumps(note), encoding="utf-8")
        told.ill("keys-copied", "written anew after")
        note["keys_copied_at"] = clock.now().isoformat()
        (home / "backup.json").write_text(json.dumps(note), encoding="utf-8")
        told.well("keys-copied")
        keys.write(keys.keys(), clock.now() - timedelta(days=400))
        told.ill("keys-rotation", "400 days ago")
        (home / "keys.passphrase").write_text("another passphrase altogether", encoding="utf-8")
        told.ill("keys-open", "does not open")

    def test_a_deployment_that_cannot_sign_what_it_closes_is_told(self, home, told):
        told.env["KINWARD_EMBEDDED"] = "1"
        assert told.answer("signing-key").state == "note"
        del told.env["KINWARD_EMBEDDED"]
        told.ill("signing-key", "there is no signing key", "no period can be closed")
        trust.ensure_signing_key(home / "signing.jwk")
        assert told.answer("signing-key").state == "ok"
        (home / "signing.jwk").chmod(0o644)
        told.ill("signing-key", "can be read by others", "no period can be closed")

    def test_a_parent_without_our_key_or_theirs_is_told(self, home, told):
        told.env |= {"KINWARD_PARENT_URL": "https://hub.example", "KINWARD_PARENT": "unicef"}
        told.ill("signing-key", "there is no signing key", "KINWARD_PARENT_TOKEN_FILE")
        told.ill("trusted-keys", "no key of the parent unicef")
        trust.ensure_signing_key(home / "signing.jwk")
        entry = trust.entry_of(home / "signing.public.jwk", "unicef", (), 1, None)
        trust.add(home / "trust.json", entry)
        told.well("trusted-keys")
        (home / "trust.json").write_text("[]", encoding="utf-8")
        told.ill("trusted-keys", "no list of trusted keys")

    def test_keys_for_access_that_do_not_fit_are_told(self, home, told):
        told.ill("access-keys", "holds no public keys")
        key = tokens.generate_key()
        tokens.write_key(home / "token.jwk", key)
        (home / "jwks.json").write_text(json.dumps(tokens.public_jwks([tokens.generate_key()])), encoding="utf-8")
        told.ill("access-keys", "are not accepted")
        (home / "jwks.json").write_text(json.dumps(tokens.public_jwks([key])), encoding="utf-8")
        told.well("access-keys")


class TestNetwork:
    def test_an_api_that_is_away_or_not_ready_is_told(self, told):
        told.env["KINWARD_HTTP"] = "127.0.0.1:1"
        told.ill("apis", "nothing answers at http://127.0.0.1:1", about="registry")
        told.unknown("timers", "no process")
        answers = {"/readyz": (503, {"parts": {"registry database": "failed", "broker": "ok"}})}
        with serving(answers) as base:
            told.env["KINWARD_HTTP"] = base.removeprefix("http://")
            told.ill("apis", "not ready (status 503): registry database")
            answers["/readyz"] = (200, {})
            told.ill("apis", "does not serve it", about="placements")
            answers |= {f"/{name}/docs": (200, "") for name in ("registry", "placements", "social_work", "reporting")}
            told.well("apis")

    def test_a_timer_that_does_not_run_is_told(self, told):
        line = 'kinward_timer_last_run_timestamp_seconds{{service="placements",timer="turn"}} {}\n'
        head = "# TYPE kinward_timer_last_run_timestamp_seconds gauge\n"
        answers = {"/metrics": (200, head + line.format(clock.now().timestamp()))}
        with serving(answers) as base:
            told.env["KINWARD_HTTP"] = base.removeprefix("http://")
            told.well("timers")
            answers["/metrics"] = (200, head + line.format(clock.now().timestamp() - 7290))
            told.ill("timers", "turn has not run to its end for 12", about="placements")

    def test_a_provider_that_does_not_tell_of_itself_is_told(self, told):
        assert told.answer("openid").state == "not here"
        answers = {}
        with serving(answers) as base:
            told.env |= {"KINWARD_OIDC_ISSUER": base, "KINWARD_OIDC_CLIENT_ID": "portal"}
            told.ill("openid", "does not tell of itself")
            said = {"issuer": base, "authorization_endpoint": "x", "token_endpoint": "x", "jwks_uri": "x"}
            answers["/.well-known/openid-configuration"] = (200, said | {"issuer": "https://other", "jwks_uri": ""})
            told.ill("openid", "names itself otherwise", "jwks_uri")
            answers["/.well-known/openid-configuration"] = (200, said)
            told.well("openid")

    def test_certificates_that_end_or_are_not_believed_are_told(self, told, tmp_path, monkeypatch):
        assert told.answer("certificates").state == "not here"
        with serving({}, certified(tmp_path, 400)) as base:
            told.env["KINWARD_PARENT_URL"] = base
            told.ill("certificates", "KINWARD_PARENT_URL: the certificate is not believed")
            monkeypatch.setattr(certificates.ssl, "create_default_context", ssl._create_unverified_context)
            told.well("certificates")
        told.ill("certificates", "no certificate was shown")
        with serving({}, certified(tmp_path, 20)) as base:
            told.env["KINWARD_PARENT_URL"] = base
            told.ill("certificates", "ends in 19 days")

    def test_what_leaves_the_machine_in_the_clear_is_told(self, told):
        told.well("encryption")
        told.env["KINWARD_AMQP_URI"] = "amqp://kz:x@broker.example/kz"
        told.well("encryption")
        assert "KINWARD_AMQP_URI: amqp:// to another machine" in told.answer("encryption").found[0].text
        told.env["KINWARD_PARENT_URL"] = "http://hub.example"
        told.ill("encryption", "KINWARD_PARENT_URL")


class TestFiles:
    def test_a_pack_that_is_not_sound_and_what_nobody_has_confirmed_are_told(self, told, tmp_path):
        told.well("pack-sound")
        assert "to be confirmed" in told.answer("pack-confirmed").found[0].text
        with scratch_folder("countries") as folder:
            shutil.copytree(COUNTRIES, folder / "countries")
            told.env["KINWARD_COUNTRIES"] = str(folder / "countries")
            areas = folder / "countries" / "kz" / "areas.csv"
            lines = areas.read_text(encoding="utf-8").splitlines()
            areas.write_text("\n".join([*lines, lines[-1]]) + "\n", encoding="utf-8")
            told.ill("pack-sound", "kz/areas.csv")

    def test_assets_that_are_not_those_of_the_manifest_are_told(self, told, tmp_path, monkeypatch):
        monkeypatch.setattr(vendoring, "VENDOR", tmp_path)
        told.ill("portal-assets", "there is no manifest")
        (tmp_path / "a.js").write_text("x", encoding="utf-8")
        said = {"files": {"a.js": "0" * 64, "b.css": "0" * 64}}
        (tmp_path / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
        (tmp_path / "c.js").touch()
        told.ill("portal-assets", "a.js is not what", "b.css is missing", "c.js is not in the manifest")

    def test_old_backups_and_anchors_are_told(self, home, told):
        told.ill("backup", "no backup is recorded")
        told.ill("audit-anchor", "no anchor")
        old = (clock.now() - timedelta(days=40)).isoformat()
        (home / "backup.json").write_text(json.dumps({"taken_at": old, "verified_at": None}), encoding="utf-8")
        audit_anchors.note_taken(home, clock.now() - timedelta(days=40))
        told.ill("backup", "960 hours ago", "not verified")
        told.ill("audit-anchor", "40 days old")
        now = clock.now().isoformat()
        (home / "backup.json").write_text(json.dumps({"taken_at": now, "verified_at": now}), encoding="utf-8")
        audit_anchors.note_taken(home, clock.now())
        told.well("backup")
        told.well("audit-anchor")

    def test_a_list_of_the_erased_that_has_no_copy_on_another_disk_is_told(self, home, told, tmp_path, monkeypatch):
        told.ill("erased-elsewhere", "KINWARD_ERASED_COPIES is not set")
        copies, gone = tmp_path / "copies", tmp_path / "gone"
        copies.mkdir()
        told.env["KINWARD_ERASED_COPIES"] = str(copies)
        told.ill("erased-elsewhere", "lies on the disk of the data")
        monkeypatch.setattr("services.cli.doctor.keeping.device", lambda path: 2 if path == copies else 1)
        told.well("erased-elsewhere")
        told.env["KINWARD_ERASED_COPIES"] = f"{copies}:{gone}"
        told.ill("erased-elsewhere", f"{gone} is not there")
        told.env["KINWARD_ERASED_COPIES"] = str(gone)
        told.ill("erased-elsewhere", f"{gone} is not there", "lies on the disk of the data")
        told.env["KINWARD_EMBEDDED"] = "1"
        assert told.answer("erased-elsewhere").state == "not here"

    def test_a_list_of_the_erased_that_was_changed_or_a_copy_that_lost_lines_is_told(self, home, told, tmp_path):
        assert told.answer("erased-list").state == "not here"
        keys = FileKeyProvider(home / "keys.json", home / "keys.passphrase")
        keys.create(clock.now())
        told.env["KINWARD_ERASED_COPIES"] = str(tmp_path)
        own, copy = home / deny_list.FILE, tmp_path / f"kz-{deny_list.FILE}"
        listed = deny_list.DenyList(own, keys, [copy])
        listed.append([deny_list.Erased(new_id(), clock.now(), "court-order") for _ in range(3)])
        told.well("erased-list")
        sound = own.read_text(encoding="utf-8")
        copy.write_text(sound.splitlines(keepends=True)[0], encoding="utf-8")
        told.ill("erased-list", f"{copy} lacks 2 lines")
        own.write_text(sound.replace("court-order", "registered-in-error"), encoding="utf-8")
        told.ill("erased-list", f"{own}: line 1 of the list of erased ids was not written here")
