"""Images under the very names that docker-compose.yml and the Dockerfile give, made of Debian's packages of the same
programs: they prove files, configuration and commands, not the bits of the official images.

Not here: the engine, and Kinward's own image, which is built by its Dockerfile.
"""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import yaml

from shared.testing.engine import Engine

ROOT = Path(__file__).parents[2]
FILES = Path(__file__).parent / "standins"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
SUITE = "bookworm"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
"""What Kinward's image is told that it is made of."""
PACKAGES = (
    "ca-certificates", "python3", "python3-pip", "python3-venv", "postgresql-15", "rabbitmq-server", "nginx-light",
    "prometheus", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-noto-core",
)  # fmt: skip
ENTRY = 'ENTRYPOINT ["standin-entrypoint"]'
OF: Mapping[str, str] = {
    "python": 'CMD ["python3"]',
    "node": "COPY requirements-npm.lock /\n"
    "ENV npm_config_cafile=/etc/ssl/certs/ca-certificates.crt\n"
    "RUN pip install --quiet --no-cache-dir --require-hashes -r /requirements-npm.lock",
    "postgres": f'STOPSIGNAL SIGINT\n{ENTRY}\nCMD ["postgres"]',
    "rabbitmq": f'ENV HOME=/var/lib/rabbitmq\n{ENTRY}\nCMD ["rabbitmq-server"]',
    "nginx": f'{ENTRY}\nCMD ["nginx"]',
    "prom/prometheus": f'{ENTRY}\nCMD ["prometheus"]',
}
"""By the image's name: what makes it out of the common one."""


def names() -> set[str]:
    """Every image that the compose file and the Dockerfile name, with its tag."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    stages = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    return {service["image"] for service in compose["services"].values()} | set(stages)


def build(engine: Engine) -> None:
    """Make every stand-in, then Kinward's image by its own Dockerfile."""
    context = engine.folder / "context"
    shutil.copytree(FILES, context)
    shutil.copy(CERTIFICATES, context / "ca.crt")
    shutil.copy(ROOT / "requirements-npm.lock", context)
    _debian(engine)
    engine.docker(
        "build", "-q", "--network=host", "-t", "standin", "-f", str(context / "base.Dockerfile"), str(context)
    )
    for name in names():
        if (recipe := OF.get(name.rpartition(":")[0])) is not None:
            file = context / "one.Dockerfile"
            file.write_text(f"FROM standin\n{recipe}\n", encoding="utf-8")
            engine.docker("build", "-q", "--network=host", "-t", name, "-f", str(file), str(context))
    engine.docker(
        "build", "-q", "--network=host", "--build-arg", f"COMMIT={COMMIT}", "-t", "kinward:0.1.0", str(ROOT),
        buildkit=True,
    )  # fmt: skip


def _debian(engine: Engine) -> None:
    """The common ground: one Debian with all packages, which is one run of apt instead of six."""
    made = subprocess.Popen(
        ["mmdebstrap", "--quiet", "--variant=minbase", "--dpkgopt=force-unsafe-io", f"--include={','.join(PACKAGES)}",
         *(f"--dpkgopt=path-exclude=/usr/share/{each}/*" for each in ("man", "doc", "locale")),
         "--essential-hook=mkdir -p $1/etc/postgresql-common"
         " && echo create_main_cluster = false > $1/etc/postgresql-common/createcluster.conf",
         SUITE, "-", *([str(SOURCES)] if SUITE in _sources() else [])],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    engine.docker("import", "-", "standin-debian", stdin=made.stdout)
    _, words = made.communicate(timeout=60)
    assert made.returncode == 0, words.decode("utf-8", "replace")[-2000:]


def _sources() -> str:
    return SOURCES.read_text(encoding="utf-8") if SOURCES.exists() else ""
