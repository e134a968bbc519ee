"""The compose file is one that Docker Compose accepts, and the Dockerfile copies what the program needs."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from shared import config
from tests import lock

ROOT = Path(__file__).parent.parent.parent
COMPOSE = ROOT / ".venv" / "bin" / "docker-compose"


def validated(file: Path, settings: Mapping[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    """Docker Compose's own validator, told `settings` as .env tells them."""
    program = shutil.which("docker-compose", path=str(Path(sys.executable).parent)) or str(COMPOSE)
    said = {"KINWARD_PORTAL_URL": "https://kinward.example", "HOST_NAME": "kinward.example", **settings}
    with tempfile.NamedTemporaryFile("w", suffix=".env", encoding="utf-8") as env:
        env.write("".join(f"{name}={value}\n" for name, value in said.items()))
        env.flush()
        command = [program, "--env-file", env.name, "-f", str(file), "--profile", "*", "config", *more]
        return subprocess.run(command, env={}, capture_output=True, text=True, check=False)


def problems(file: Path) -> str:
    """What the validator says of a file; empty where it accepts it."""
    done = validated(file, {}, "-q")
    return done.stderr if done.returncode else ""


def resolved(file: Path, settings: Mapping[str, str]) -> str:
    """The file as the containers get it."""
    done = validated(file, settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_compose_file_is_accepted():
    assert problems(ROOT / "docker-compose.yml") == ""


def test_a_service_that_waits_for_one_that_is_not_there_is_not_accepted(tmp_path):
    text = (
        (ROOT / "docker-compose.yml").read_text(encoding="utf-8").replace("migrate: {condition", "nobody: {condition")
    )
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(text, encoding="utf-8")
    assert "nobody" in problems(broken)


@pytest.mark.parametrize("folder", ["services", "shared", "countries"])
def test_the_image_has_what_the_program_needs(folder):
    assert f"COPY {folder} " in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert f"!{folder}" in (ROOT / ".dockerignore").read_text(encoding="utf-8")


def test_the_image_is_made_of_the_lock_that_has_telemetry_and_is_told_its_commit(compose):
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"-r /src/(\S+)", text) == [lock.IMAGE]
    assert f"!{lock.IMAGE}" in (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert lock.pins((ROOT / lock.IMAGE).read_text(encoding="utf-8")).keys() >= {"opentelemetry-sdk", "nameko"}
    ours = [each for each in compose["services"].values() if each["image"].startswith("kinward:")]
    assert ours
    assert all(each["build"]["args"].keys() == {"COMMIT"} for each in ours)
    assert 'ARG COMMIT=""' in text


def test_the_commit_that_the_image_is_told_is_written_where_the_program_looks_and_no_other_word_is(tmp_path):
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (line,) = re.findall(r'^RUN (\[ -z "\$COMMIT" .*)$', text, re.MULTILINE)
    written = tmp_path / "commit.txt"
    assert "/opt/kinward/shared/commit.txt" in line

    def build(commit):
        written.write_text("$Format:%H$\n", encoding="utf-8")
        command = ["sh", "-c", line.replace("/opt/kinward/shared/commit.txt", str(written))]
        done = subprocess.run(command, env={"COMMIT": commit, "PATH": os.environ["PATH"]}, check=False)
        return done.returncode == 0, written.read_text(encoding="utf-8").strip()

    assert build("") == (True, "$Format:%H$")
    assert build("a1" * 20) == (True, "a1" * 20)
    assert [build(wrong)[0] for wrong in ("main", "a1" * 10, "A1" * 20)] == [False, False, False]


def test_what_env_says_is_handed_on_to_every_process_and_what_it_does_not_say_is_not_there():
    def said(**settings):
        found = yaml.safe_load(resolved(ROOT / "docker-compose.yml", settings))["services"]
        ours = [each["environment"] for each in found.values() if each["image"].startswith("kinward:")]
        assert len(ours) > 6
        return [
            {name: each[name] for name in ("KINWARD_LINGER", "KINWARD_TELEMETRY_URL") if each.get(name)}
            for each in ours
        ]

    assert all(each == {} for each in said())
    told = {"KINWARD_LINGER": "7", "KINWARD_TELEMETRY_URL": "http://collector.example:4318/v1/traces"}
    assert all(each == told for each in said(**told))


def test_a_process_may_linger_and_finish_before_it_is_killed(compose):
    for name in ("kinward", "portal", "hub", "hub-portal"):
        assert int(compose["services"][name]["stop_grace_period"].removesuffix("s")) >= config.LONGEST_LINGER + 40


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_every_container_has_limits_and_no_more_rights_than_it_needs(compose):
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"mem_limit", "cpus", "pids_limit", "profiles"} <= set(service), name
        assert service["restart"] == ("no" if name.endswith(("migrate", "tools")) else "unless-stopped")
        assert "user" in service or service["image"].startswith("kinward:"), name
        assert not {"privileged", "cap_add"} & set(service), name


def test_images_are_named_by_exact_version(compose):
    stages = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    for image in {service["image"] for service in compose["services"].values()} | set(stages):
        assert re.search(r":v?\d+\.\d+\.\d+(-[a-z-]+)?$|^postgres:\d+\.\d+-[a-z]+$", image), image


def test_no_secret_stands_in_the_environment(compose):
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            secret = re.search(r"PASSWORD|SECRET|KEY|TOKEN", variable) is not None
            assert not secret or str(value).startswith("/run/secrets/"), f"{name}: {variable}"
            assert not re.search(r"//[^/@]*:[^/@]*@", str(value)), f"{name}: {variable}"
    assert {Path(each["file"]).parent for each in compose["secrets"].values()} == {Path("secrets")}


def test_what_core_and_monitoring_may_take_together_is_below_four_gigabytes(compose):
    unit = {"m": 1, "g": 1024}
    limits = [
        int(service["mem_limit"][:-1]) * unit[service["mem_limit"][-1]]
        for name, service in compose["services"].items()
        if {"core", "monitoring"} & set(service["profiles"]) and not name.endswith("migrate")
    ]
    assert sum(limits) <= 3.5 * 1024


def test_every_file_that_the_compose_file_names_is_there_and_every_secret_is_made(compose):
    for each in compose["configs"].values():
        assert (ROOT / each["file"]).is_file()
    script = (ROOT / "deploy" / "compose" / "up").read_text(encoding="utf-8")
    for each in compose["secrets"].values():
        name = Path(each["file"]).name
        assert name in script or name.removesuffix("_password") in script.split("for owner in")[1].split(";")[0].split()


@pytest.mark.parametrize(
    "said", ["BACKUP_FOLDER='../disk/kinward'\n", "", None], ids=["named", "not named", "no .env yet"]
)
def test_the_folder_of_backups_that_env_names_can_be_written_by_the_program(tmp_path, said):
    release = tmp_path / "release"
    shutil.copytree(ROOT / "deploy" / "compose", release / "deploy" / "compose")
    if said is not None:
        (release / ".env").write_text(f"HOST_NAME=kinward.example\n{said}")
    environment = {"PATH": os.environ["PATH"], "COMPOSE": "true", "HOST_NAME": "kinward.example"}
    subprocess.run([release / "deploy" / "compose" / "up"], env=environment, check=True, capture_output=True)
    folder = tmp_path / "disk" / "kinward" if said else release / "backups"
    assert folder.stat().st_mode & 0o1777 == 0o1777
    assert (release / "backups").exists() == (not said)


def test_the_proxy_speaks_nothing_older_than_tls_1_3():
    text = (ROOT / "deploy" / "compose" / "nginx.conf").read_text(encoding="utf-8")
    assert re.findall(r"ssl_protocols (.*);", text) == ["TLSv1.3"]


def test_prometheus_of_the_machine_takes_our_rules_and_names_the_containers(compose):
    config = yaml.safe_load((ROOT / "deploy" / "compose" / "prometheus.yml").read_text(encoding="utf-8"))
    assert config["rule_files"] == ["alerts.yml"]
    first, second = config["scrape_configs"]
    hubs = second["dns_sd_configs"]
    assert first["static_configs"][0]["targets"] == ["kinward:8080", "portal:8091"]
    assert compose["services"]["kinward"]["environment"]["KINWARD_HTTP"] == "0.0.0.0:8080"
    asked = [*first["static_configs"], *({"targets": [f"{each['names'][0]}:{each['port']}"]} for each in hubs)]
    for target in (each for config in asked for each in config["targets"]):
        name, _, port = target.partition(":")
        told = "KINWARD_PORTAL_METRICS" if name.endswith("portal") else "KINWARD_HTTP"
        assert compose["services"][name]["environment"][told] == f"0.0.0.0:{port}"


def test_the_image_does_not_run_as_root():
    assert re.findall(r"^USER (\d+):\d+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE) == ["10001"]
