"""The compose file is one that Docker Compose accepts, and the Dockerfile copies what the program needs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
COMPOSE = ROOT / ".venv" / "bin" / "docker-compose"


def problems(file: Path) -> str:
    """What Docker Compose's own validator says of a file; empty where it accepts it."""
    program = shutil.which("docker-compose", path=str(Path(sys.executable).parent)) or str(COMPOSE)
    done = subprocess.run([program, "-f", str(file), "config", "-q"], capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


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


def test_the_image_does_not_run_as_root():
    assert "\nUSER kinward\n" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
