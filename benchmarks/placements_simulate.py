"""Another law tried out on a country: `kinward rules simulate` as an operator runs it.

Children in care (placements_register), the decisions of a year with a gatekeeping case each (placements_cases), one
number of the law changed. The command runs twice: over placements alone, and with all that was permitted and decided
in a year. Seconds are those of the clock from its start to its end; of processor, those of its processes without
PostgreSQL's. Against: every rule asked of both laws, of a sample, by the same code in the same run. Last line JSON:
children, placements, decisions, cases, placements_seconds, placements_cpu_seconds, year_seconds, year_cpu_seconds,
sampled, sample_cpu_seconds, twice_cpu_seconds, twice_ratio.

    python -m benchmarks.placements_simulate --children 100000
"""

import argparse
import json
import resource
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from benchmarks import placements_cases, placements_register
from benchmarks.placements_register import ROOT, Placements
from benchmarks.servers import Servers, durable_servers
from services.placements.domain.simulation_laws import TwoLaws
from services.placements.law import law_of
from services.placements.views import simulation
from services.placements.views.simulation import Question
from shared import clock, config, countries
from shared.config import SERVICES
from shared.countries import Pack
from shared.protection.keys import FileKeyProvider
from tests.e2e import running

CHILDREN, SAMPLE, PACK = 100_000, 6_000, "kz"
YEAR = timedelta(days=365)
DUE = 0.01
DRAFT = """
[[under_three_age]]
value = 4
unit = "years"
basis = "project default"
note = "A draft."
"""


def main() -> None:
    """Write a country, try another law on it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=CHILDREN, help="children in care")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="children of whom both laws are asked everything")
    arguments = parser.parse_args()
    with durable_servers() as servers, _country(servers, arguments.children) as country, _draft() as draft:
        answer: dict[str, Any] = {"children": arguments.children, "cases": country.cases}
        answer |= _commands(country, draft)
        answer |= _twice(country.placements, countries.load(PACK, draft.parent), arguments.sample)
    print(json.dumps(answer))


@dataclass(frozen=True)
class Country:
    """A deployment with children in care, and so many cases."""

    deployment: running.Deployment
    placements: Placements
    cases: int


@contextmanager
def _country(servers: Servers, children: int) -> Iterator[Country]:
    databases = {f"{service.upper()}_DATABASE_URL": servers.postgresql.new_database() for service in SERVICES}
    uri = servers.rabbitmq.new_vhost()
    with running.home() as home, running.deployment(home, PACK, AMQP_URI=uri, **databases) as deployment:
        deployment.kinward("migrate")
        deployment.kinward("keys", "init")
        settings = config.load(PACK, deployment.environment)
        keys = FileKeyProvider(settings.keys_file, settings.keys_passphrase_file).keys()
        pack = countries.load(PACK, ROOT / "countries")
        today = clock.day_in(pack.zone, clock.now())
        placements = Placements(databases["PLACEMENTS_DATABASE_URL"], pack, keys, today)
        started = time.perf_counter()
        placements_register.fill(placements, children, due=DUE)
        cases = placements_cases.fill(placements, today - YEAR)
        seconds = time.perf_counter() - started
        print(f"{children:,} children in care and {cases:,} cases written in {seconds:.0f} s", flush=True)
        yield Country(deployment, placements, cases)


@contextmanager
def _draft() -> Iterator[Path]:
    """The packs, in one of which children under four are what those under three are."""
    with TemporaryDirectory(prefix="kinward-draft-") as made:
        root = Path(made) / "countries"
        shutil.copytree(ROOT / "countries", root)
        with (root / PACK / "parameters.toml").open("a", encoding="utf-8") as stream:
            stream.write(DRAFT)
        yield root / PACK


def _commands(country: Country, draft: Path) -> dict[str, Any]:
    """The command over the placements alone, then with the year's permissions and decisions."""
    today = country.placements.today
    nothing = "--from", today.isoformat(), "--to", today.isoformat()
    found: dict[str, Any] = {}
    for name, days in (("placements", nothing), ("year", ())):
        started, own = time.perf_counter(), _spent()
        told = json.loads(country.deployment.kinward("rules", "simulate", "--json", "--pack", str(draft), *days))
        seconds, own = time.perf_counter() - started, _spent() - own
        judged = told["judged"]
        placements, decided = judged["placement"], sum(judged.values()) - judged["placement"]
        print(
            f"{placements:,} placements and {decided:,} permissions and decisions: {seconds:,.1f} s,"
            f" {own:,.1f} of processor",
            flush=True,
        )
        found |= {"placements": placements, "decisions": decided}
        found |= {f"{name}_seconds": round(seconds, 1), f"{name}_cpu_seconds": round(own, 1)}
    return found


def _spent() -> float:
    """Processor seconds of processes that have ended, and of those that they waited for."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


class _Twice(TwoLaws):
    """As if the laws differed in everything."""

    def begin(self, differs: bool = False) -> None:
        super().begin(differs=True)


def _twice(placements: Placements, other: Pack, sample: int) -> dict[str, Any]:
    """A sample asked in this process, in turn as it is and everything of both laws; the least of three of each."""
    question = Question((placements.pack, other), placements.today, placements.today - YEAR, placements.today)
    engine = placements.engine()
    uow = placements.unit_of_work(engine)
    chunks = list(islice(simulation.chunks(uow.session, question), max(1, sample // simulation.CHUNK)))
    everything = cache(lambda now, then: _Twice(law_of(now), law_of(then)))
    once, twice = [], []
    for _ in range(3):
        once.append(_asked(uow.session, question, chunks))
        with patch.object(simulation, "two_laws", everything):
            twice.append(_asked(uow.session, question, chunks))
    uow.close()
    engine.dispose()
    asked = sum(map(len, chunks))
    print(f"{asked:,} children in one process: {min(once):,.1f} s of processor, {min(twice):,.1f} by asking twice")
    return {
        "sampled": asked,
        "sample_cpu_seconds": round(min(once), 2),
        "twice_cpu_seconds": round(min(twice), 2),
        "twice_ratio": round(min(twice) / min(once), 2),
    }


def _asked(session: Any, question: Question, chunks: list[list[str]]) -> float:
    started = time.process_time()
    for ids in chunks:
        simulation.ask(session, question, ids)
    return time.process_time() - started


if __name__ == "__main__":
    main()
