"""kinward figures, period, bundle, trust and hub, and the way of a bundle over a real socket."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result
from werkzeug.serving import make_server

from services.cli.app import tree
from services.reporting import sending
from shared.errors import Forbidden, Refused, Unavailable
from tests.integration.reporting_deployment import Reporting
from tests.integration.reporting_given import lives

RUNNER = CliRunner()


class Stage:
    """Two deployments of the command line, each with a database of its own, and the hub's API on a free port."""

    def __init__(self, home: Path, new_database: Callable[[], str]) -> None:
        self.home = home
        self.urls = {"kz": new_database(), "unicef": new_database()}
        self.kz = Reporting("kz", self.urls["kz"], home, parent="unicef")
        self.hub = Reporting("unicef", self.urls["unicef"], home)
        self.kz.project(lives())
        self.server = make_server("127.0.0.1", 0, self.hub.client().application)
        self.address = f"http://127.0.0.1:{self.server.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        (home / "kz" / "parent.token").write_text("reporter", encoding="ascii")

    def run(self, deployment: str, *arguments: str) -> Result:
        """A command of a deployment."""
        settings = {
            "KINWARD_HOME": str(self.home), "KINWARD_DEMO": "1", "KINWARD_DEPLOYMENT": deployment,
            "KINWARD_REPORTING_DATABASE_URL": self.urls[deployment],
        }  # fmt: skip
        if deployment == "kz":
            settings |= {"KINWARD_PARENT": "unicef", "KINWARD_PARENT_URL": self.address}
        return RUNNER.invoke(tree(), list(arguments), env=settings)

    def good(self, deployment: str, *arguments: str) -> str:
        """A command that ends well; what it printed."""
        result = self.run(deployment, *arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def close(self) -> None:
        """Stop the server and give the databases back."""
        self.server.shutdown()
        self.server.server_close()
        self.kz.close()
        self.hub.close()


@pytest.fixture
def stage(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Stage]:
    """Kazakhstan with twelve children, and a hub."""
    made = Stage(tmp_path, new_database)
    yield made
    made.close()


def exchange_keys(stage: Stage) -> None:
    """Each side trusts the other, by commands."""
    for of, at, more in (("kz", "unicef", ("--areas", "KAZ")), ("unicef", "kz", ())):
        file = stage.home / f"{of}.jwk"
        file.write_text(stage.good(of, "trust", "show-key"), encoding="utf-8")
        assert '"d"' not in file.read_text(encoding="utf-8")
        stage.good(at, "trust", "add", str(file), "--issuer", of, *more)


def test_the_whole_way_by_commands_from_figures_to_unicef_s_table(stage: Stage) -> None:
    exchange_keys(stage)
    printed = stage.good("kz", "figures", "--period", "2011")
    assert "not signed" in printed and "31 October 2011" in printed and "KW_CHLD_INCARE" in printed
    assert "12 figures" not in stage.good("kz", "period", "close", "--period", "2011")
    assert "no new bundle" in stage.good("kz", "period", "close", "--period", "2011")
    assert "Bundle 1: accepted" in stage.good("kz", "bundle", "send")
    assert "has everything" in stage.good("kz", "bundle", "send")
    assert json.loads(stage.good("kz", "bundle", "send", "--all", "--json")) == [{"seq": 1, "verdict": "accepted"}]
    assert "Kazakhstan" in stage.good("unicef", "hub", "figures")
    table = stage.home / "out" / "figures.csv"
    stage.good("unicef", "hub", "export", str(table))
    assert b"KAZ,PT_CHLD_INRESIDENTIAL,_T,Y0T17,_T,_T,2011,12,31 October 2011,PS" in table.read_bytes()


def test_a_bundle_can_be_carried_as_a_file_and_its_receipt_back(stage: Stage) -> None:
    exchange_keys(stage)
    stage.good("kz", "period", "close", "--period", "2011")
    file = stage.home / "bundle.zip"
    stage.good("kz", "bundle", "export", str(file), "--seq", "1")
    assert "accepted" in stage.good("unicef", "bundle", "ingest", str(file))
    assert "Bundle 1: accepted" in stage.good("kz", "bundle", "receipt", f"{file}.receipt.json", "--seq", "1")
    listed = json.loads(stage.good("kz", "bundle", "list", "--json"))
    assert [(one["seq"], one["verdict"]) for one in listed] == [(1, "accepted")]


def test_a_refused_bundle_ends_with_1_and_is_sent_again_when_the_hub_trusts(stage: Stage) -> None:
    exchange_keys(stage)
    trusted = stage.hub.settings.trusted_keys
    kept = trusted.read_text(encoding="utf-8")
    trusted.unlink()
    stage.good("kz", "period", "close", "--period", "2011")
    refused = stage.run("kz", "bundle", "send")
    assert (refused.exit_code, "refused-signature" in refused.stdout) == (1, True)
    trusted.write_text(kept, encoding="utf-8")
    assert "Bundle 1: accepted" in stage.good("kz", "bundle", "send")


def test_figures_break_down_and_answer_programs(stage: Stage) -> None:
    by_sex = stage.good("kz", "figures", "--period", "2011", "--by", "sex", "--indicator", "KW_CHLD_INCARE")
    assert "Female" in by_sex and "6 D" in by_sex
    assert "KZ-75 Almaty" in stage.good(
        "kz", "figures", "--period", "2011", "--by", "area", "--indicator", "KW_CHLD_INCARE"
    )
    document = json.loads(stage.good("kz", "figures", "--period", "2011", "--json"))
    assert document["reference_day"] == "2011-10-31"
    assert stage.run("kz", "figures", "--period", "2011", "--indicator", "NONE").exit_code == 1
    assert stage.run("kz", "figures", "--period", "last year").exit_code == 1


def test_what_is_said_of_a_period_stands_below_its_figures(stage: Stage) -> None:
    note = stage.home / "note.txt"
    note.write_text("The children\nare invented.", encoding="utf-8")
    said = stage.run("kz", "figures-note", str(note), "--period", "2011")
    assert (said.exit_code, said.stderr) == (0, "Every figure of 2011 now carries this footnote.\n")
    assert "The children are invented." in stage.good("kz", "figures", "--period", "2011")


def test_without_a_parent_there_is_nobody_to_send_to(stage: Stage) -> None:
    result = stage.run("unicef", "bundle", "send")
    assert result.exit_code == 78


def test_a_parent_that_does_not_answer_or_does_not_know_us_is_told_apart(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        sending.deliver(stage.address, "analyst", b"no bundle")
    with pytest.raises(Refused):
        sending.deliver(f"{stage.address}/elsewhere", "reporter", b"no bundle")
    stage.server.shutdown()
    stage.server.server_close()
    with pytest.raises(Unavailable):
        sending.deliver(stage.address, "reporter", b"no bundle", timeout=2)
