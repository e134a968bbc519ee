"""What the doctor says of the certificate of a real PostgreSQL that speaks TLS: fine, ending, ended, another's."""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest
from sqlalchemy import create_engine, text

from services.cli.doctor import certificates
from services.cli.doctor.certificates import Endpoint
from shared.embedded.account import Account
from shared.embedded.cluster import Cluster
from shared.testing.postgresql import DEBIAN_PROGRAMS
from shared.testing.scratch import scratch_folder
from tests.e2e.running import free_port
from tests.integration.doctor.examined import Examined
from tests.integration.doctor.tls import certificate

PATIENCE = 60.0


class Speaking:
    """A server on a port of loopback that shows the certificate that it was given last."""

    def __init__(self, folder, account):
        self._account = account
        self.port = free_port()
        self._cluster = Cluster(folder / "postgresql", DEBIAN_PROGRAMS, account, ["--locale=C.UTF-8", "--no-sync"])
        self._cluster.create()
        self._process = None

    def shows(self, pem):
        """Start it, or have it take another certificate: new connections see that one."""
        file = self._cluster.data / "tls.pem"
        shutil.copy(pem, file)
        file.chmod(0o600)
        if self._account is not None:
            os.chown(file, self._account.uid, self._account.gid)
        if self._process is None:
            self._process = self._started(file)
        else:
            self._process.send_signal(signal.SIGHUP)
        want = pem.read_text().partition("-----END")[0]
        deadline = time.monotonic() + PATIENCE
        while self._shown().partition("-----END")[0] != want:
            assert self._process.poll() is None, "the server has ended"
            assert time.monotonic() < deadline, "the server does not show the certificate"
            time.sleep(0.1)

    def _started(self, file):
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "fsync": "off",
            "ssl": "on", "ssl_cert_file": file, "ssl_key_file": file, "log_min_messages": "log",
        }  # fmt: skip
        given = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        who = {} if self._account is None else {
            "user": self._account.uid, "group": self._account.gid, "extra_groups": sorted(self._account.groups),
        }  # fmt: skip
        return subprocess.Popen(
            [DEBIAN_PROGRAMS / "postgres", "-D", self._cluster.data, *given], cwd=self._cluster.data,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who,
        )  # fmt: skip

    def _shown(self):
        anyone = certificates.ssl.create_default_context()
        anyone.check_hostname, anyone.verify_mode = False, certificates.ssl.CERT_NONE
        try:
            der = certificates._shown(Endpoint("", "127.0.0.1", self.port, postgresql=True), anyone)
        except OSError:
            return ""
        return certificates.ssl.DER_cert_to_PEM_cert(der)

    def url(self, mode, ca="system", host="127.0.0.1"):
        """The address of its database, with libpq's words about TLS."""
        return f"postgresql+psycopg2://kinward@{host}:{self.port}/postgres?sslmode={mode}&sslrootcert={ca}"

    def stop(self):
        """End it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(PATIENCE)


@pytest.fixture(scope="module")
def speaking(postgresql_debian15):
    """The session's server is asked for so that the programs are there."""
    account = Account.named("postgres") if os.geteuid() == 0 else None
    with scratch_folder("postgresql-tls", account) as folder:
        made = Speaking(folder, account)
        try:
            yield made
        finally:
            made.stop()


@pytest.fixture
def told(tmp_path):
    (tmp_path / "kz").mkdir()
    return Examined({"KINWARD_HOME": str(tmp_path), "KINWARD_DEPLOYMENT": "kz"})


def connected(url):
    """libpq itself believes the server, and speaks TLS with it."""
    with create_engine(url.replace("&sslrootcert=system", "")).connect() as connection:
        return connection.execute(text("select ssl from pg_stat_ssl where pid = pg_backend_pid()")).scalar_one()


def test_a_databases_certificate_that_is_fine_ends_soon_or_has_ended_is_told(speaking, told, tmp_path):
    fine, ending, ended = (certificate(tmp_path, days) for days in (400, 20, -0.5))
    told.env["KINWARD_REGISTRY_DATABASE_URL"] = url = speaking.url("require")
    speaking.shows(fine)
    assert connected(url)
    told.well("certificates")
    speaking.shows(ending)
    told.ill("certificates", "KINWARD_REGISTRY_DATABASE_URL: the certificate ends in 19 days")
    speaking.shows(ended)
    told.ill("certificates", "KINWARD_REGISTRY_DATABASE_URL: the certificate is not believed (it has ended)")


def test_a_databases_certificate_is_believed_by_the_authority_that_the_address_names(speaking, told, tmp_path):
    pem, others = certificate(tmp_path, 400), certificate(tmp_path, 401)
    speaking.shows(pem)
    for mode in ("verify-ca", "verify-full"):
        told.env["KINWARD_REGISTRY_DATABASE_URL"] = url = speaking.url(mode, pem)
        assert connected(url)
        told.well("certificates")
        for ca in (others, "system", tmp_path / "absent.pem"):
            told.env["KINWARD_REGISTRY_DATABASE_URL"] = speaking.url(mode, ca)
            told.ill("certificates", "is not believed")
    ended = certificate(tmp_path, -0.5)
    speaking.shows(ended)
    told.env["KINWARD_REGISTRY_DATABASE_URL"] = speaking.url("verify-full", ended)
    told.ill("certificates", "is not believed", "expired")


def test_a_certificate_for_another_name_is_told_where_the_name_counts(speaking, told, tmp_path):
    pem = certificate(tmp_path, 400, host="127.0.0.2")
    speaking.shows(pem)
    told.env["KINWARD_REGISTRY_DATABASE_URL"] = url = speaking.url("verify-ca", pem)
    assert connected(url)
    told.well("certificates")
    told.env["KINWARD_REGISTRY_DATABASE_URL"] = speaking.url("verify-full", pem)
    told.ill("certificates", "is not believed", "127.0.0.1")


def test_a_database_that_speaks_no_tls_shows_no_certificate(told):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            line, _ = server.accept()
            with line:
                line.recv(8)
                line.sendall(b"N")

        answering = threading.Thread(target=answer, daemon=True)
        answering.start()
        port = server.getsockname()[1]
        told.env["KINWARD_REGISTRY_DATABASE_URL"] = f"postgresql+psycopg2://kinward@127.0.0.1:{port}/x?sslmode=require"
        told.ill("certificates", "KINWARD_REGISTRY_DATABASE_URL: no certificate was shown")
        answering.join(PATIENCE)
