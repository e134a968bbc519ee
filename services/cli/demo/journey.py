"""What the demo shows: one datum's way from a child's register to UNICEF's table, by commands anyone would use.

Not here: processes and folders (stage), how registers are drawn (registers).
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from rich.text import Text

from services.cli import console, token_commands
from services.cli.demo import caseload, published, registers
from services.cli.demo.cast import Cast
from services.cli.demo.stage import Played, Stage
from shared import config, countries
from shared.auth import EVERYWHERE, Principal

DEPLOYMENTS: tuple[tuple[str, str, str | None], ...] = (
    ("kz", "Kazakhstan", "unicef"),
    ("uz", "Uzbekistan", "unicef"),
    ("unicef", "UNICEF hub", None),
)
COUNTRIES = {"kz": "KAZ", "uz": "UZB"}
PERIODS = {"kz": ("2011",), "uz": ("2022", "2023", "2024")}
HUB = "unicef"
LIVING = "kz"
WAIT_SECONDS = 240
WORKING_DAY = timedelta(hours=12)
REPORTER_MINUTES = 24 * 60


class Journey:
    """The steps in their order. `out` is the folder for what a person will look at afterwards."""

    def __init__(self, stage: Stage, out: Path) -> None:
        self.stage = stage
        self.out = out

    def run(self) -> None:
        """All steps. Raises KinwardError where one fails."""
        (self.out / "registers").mkdir(parents=True, exist_ok=True)
        (self.out / "hub").mkdir(exist_ok=True)
        self._title("1  Two registers of invented children that add up to published totals")
        for country in COUNTRIES:
            self.draw(country)
        self._title("2  Three deployments start, each its own process, database and broker")
        self.start()
        self._title("3  The registers are imported")
        for country in COUNTRIES:
            self.bring_in(country)
        self._title("4  The figures")
        for country, periods in PERIODS.items():
            for period in periods:
                self.stage.kinward("figures", "--deployment", country, "--period", period, "--headline")
        self._title("5  The periods close; signed bundles go to the hub, receipts come back")
        for country, periods in PERIODS.items():
            self.report(country, periods)
        self._title("6  The hub: both countries side by side, and UNICEF's table")
        self.stage.kinward("hub", "figures", "--deployment", HUB)
        self.stage.kinward("hub", "export", str(self.out / "hub" / "figures.csv"), "--deployment", HUB)

    def draw(self, country: str) -> None:
        """Write the country's register, as its ministry would hold it."""
        figures = published.figures()
        total = registers.COUNTRIES[country].total(figures)
        with console.progress(f"Drawing {country}.csv", total) as show:
            registers.write(country, self._register(country), progress=lambda done, _: show(done))

    def start(self) -> None:
        """Keys, trust, processes."""
        for each in self.stage.played:
            self.stage.answer("token", "--deployment", each.id, "--role", "analyst")
        with console.progress("Starting", len(self.stage.played)) as show:
            for number, _ in enumerate(self.stage.serve(), start=1):
                show(number)
        hub_key = self._key(HUB)
        for country, area in COUNTRIES.items():
            self._trust(HUB, country, self._key(country), area)
            self._trust(country, HUB, hub_key, None)
            token = self.stage.answer(
                "token", "--deployment", HUB, "--role", "reporter", "--subject", country,
                "--minutes", str(REPORTER_MINUTES),
            )  # fmt: skip
            file = self.stage.home / country / "parent.token"
            file.touch(mode=0o600)
            file.write_text(token, encoding="ascii")

    def bring_in(self, country: str) -> None:
        """Import the register and wait until its events are in the figures."""
        note = self.stage.home / country / "footnote.txt"
        note.write_text(published.footnote(country), encoding="utf-8")
        for period in PERIODS[country]:
            self.stage.kinward("figures-note", str(note), "--deployment", country, "--period", period)
        self.stage.kinward("import", "register", str(self._register(country)), "--deployment", country)
        self.stage.kinward("stream", "status", "--deployment", country, "--wait", str(WAIT_SECONDS))

    def report(self, country: str, periods: tuple[str, ...]) -> None:
        """Close the periods and send the bundles."""
        note = "The register was drawn for a demonstration."
        for period in periods:
            self.stage.kinward("period", "close", "--deployment", country, "--period", period, "--note", note)
        self.stage.kinward("bundle", "send", "--deployment", country)

    def open_pages(self) -> None:
        """Make a small caseload, and start the portals with the demonstration's people."""
        with console.progress("A small living caseload in Kazakhstan", 1) as show:
            belongs = {LIVING: self.live()}
            show(1)
        with console.progress("Opening the portals", 1) as show:
            self.stage.open_portals(belongs)
            show(1)

    def live(self) -> caseload.Belongs:
        """Children whose cases are open, made by the people whose work it is; gives who belongs to which centre."""
        played = next(each for each in self.stage.played if each.id == LIVING)
        settings = config.load(LIVING, self.stage.environment)

        def settle() -> None:
            self.stage.answer("stream", "status", "--deployment", LIVING, "--wait", str(WAIT_SECONDS))

        with closing(Cast(settings, played.address, settle)) as cast:
            return caseload.make(cast)

    def tell_addresses(self) -> None:
        """Where to look, and a token for each role."""
        self._title("Look around")
        for each in self.stage.played:
            self._tell(each)
        console.out.print(f"\nSDMX-CSV for UNICEF: {self.out / 'hub' / 'figures.csv'}", soft_wrap=True)

    def _tell(self, each: Played) -> None:
        console.out.print(Text.assemble("\n", (each.title, "bold"), f" ({each.id})"))
        console.out.print(f"  portal   {each.pages}/")
        console.out.print(f"  figures  {each.address}/reporting/page")
        console.out.print(f"  APIs     {each.address}/")
        for role, token in self._tokens(each):
            console.out.print(f"  {role:24} {token}", soft_wrap=True)

    def _tokens(self, each: Played) -> Iterator[tuple[str, str]]:
        """One token for each role of the pack that may do something, good for a working day."""
        settings = config.load(each.id, self.stage.environment)
        pack = countries.load(settings.pack, settings.countries)
        everywhere = frozenset({EVERYWHERE})
        for role in sorted(role for role, body in pack.roles.items() if body["permissions"]):
            person = Principal(f"demo-{role}", frozenset({role}), everywhere, None, None, each.id)
            yield role, token_commands.issue(settings, person, WORKING_DAY)

    def _register(self, country: str) -> Path:
        return self.out / "registers" / f"{country}.csv"

    def _key(self, deployment: str) -> Path:
        file = self.stage.home / f"{deployment}.public.jwk"
        file.write_text(self.stage.answer("trust", "show-key", "--deployment", deployment), encoding="utf-8")
        return file

    def _trust(self, deployment: str, issuer: str, key: Path, area: str | None) -> None:
        areas = ("--areas", area) if area else ()
        self.stage.answer("trust", "add", str(key), "--deployment", deployment, "--issuer", issuer, *areas)

    def _title(self, text: str) -> None:
        console.out.rule(Text(text, "bold"), align="left")
