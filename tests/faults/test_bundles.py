"""The same register, imported in quiet and in chaos, closes to the same signed bytes.

Ids, times and the place in each log are a run's own: they are in the manifest's `as_of` and `created_at` and nowhere
else. So the figures of the quiet run, put under the statement of the chaotic one and signed with its key, must be its
bundle, byte for byte (docs/federation.md: the same statement, figures and key make the same bytes). That each leaf is
then counted once, however often and in whatever order bundles reach a hub: tests/property/test_hub_ingest.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from joserfc.jwk import OKPKey

from services.reporting import trust
from services.reporting.federation import archive, bundle, cells, manifest
from tests.e2e import registers
from tests.faults import invariants
from tests.faults import rig as rigs
from tests.faults.record import Broken, Line
from tests.faults.rig import Rig

SIZES = {"guardianship": 90, "foster": 40, "residential": 110}
PERIOD = "2011"
LONGEST = 240.0


def test_the_bundle_is_the_same_to_the_byte_after_chaos(servers, record):
    with rigs.standing(servers, record.seed) as quiet, rigs.standing(servers, record.seed) as chaotic:
        first = closed(quiet, lambda: None)
        share_key(quiet, chaotic)
        faults = Chaos(chaotic, Random(record.seed))
        begun = chaotic.told()
        second = closed(chaotic, faults.one)
        broken = invariants.check(chaotic)
        record.lines.append(
            Line("a register imported and closed in chaos", faults.made, chaotic.told() - begun,
                 len(broken.get("no event lost", ())), len(broken.get("none applied twice", ())), faults.recovered)
        )  # fmt: skip
        assert faults.made > 3
        assert not broken, broken
        assert first != second, "each has its own epochs and times"
        assert under_its_statement(first, second, key_of(chaotic)) == second


def test_a_projection_that_forgets_is_seen_in_the_bundle(servers, record):
    with rigs.standing(servers, record.seed) as quiet, rigs.standing(servers, record.seed) as broken:
        first = closed(quiet, lambda: None)
        share_key(quiet, broken)
        broken.mutations = {"reporting": "forgets_some:-started.v1"}
        second = closed(broken, lambda: None)
        seen = under_its_statement(first, second, key_of(broken)) != second
        record.broken.append(Broken("bundle bytes identical after chaos", "an event type projected now and then", seen))
        assert seen


def closed(rig: Rig, while_it_runs: Callable[[], None]) -> bytes:
    """Import the register, wait until all is level, close the period: the bundle's bytes."""
    file = registers.write(rig.deployed.home / "register.csv", registers.kazakhstan_of(**SIZES))
    rig.start_all()
    command = ("import", "register", str(file), "--register", "main")
    importing, deadline = rig.deployed.begin(*command), time.monotonic() + LONGEST
    while importing.poll() != 0:
        assert time.monotonic() < deadline, "the import ends"
        while_it_runs()
        time.sleep(0.1)
        if importing.poll() not in (None, 0):  # a database went away under it; it resumes where it was
            importing = rig.deployed.begin(*command)
    rig.start_all()
    for _ in range(4):  # and while what it wrote is on its way
        while_it_runs()
    rig.start_all()
    rig.recovered()
    rig.deployed.kinward("period", "close", "--period", PERIOD, "--note", "an invented register")
    rig.deployed.kinward("bundle", "export", str(rig.deployed.home / "bundle.zip"), "--seq", "1")
    return (rig.deployed.home / "bundle.zip").read_bytes()


def under_its_statement(figures: bytes, statement: bytes, key: OKPKey) -> bytes:
    """The figures of one bundle under the statement of the other."""
    stated = manifest.parse(archive.unpack(statement)["manifest.json"])
    told = manifest.Statement(**{name: getattr(stated, name) for name in manifest.Statement.__dataclass_fields__})
    packed = archive.unpack(figures)["cells.csv.gz"]
    return bundle.build(told, cells.from_csv(archive.gunzip(packed, cells.RATIO_LIMIT)), key).raw


def share_key(giver: Rig, taker: Rig) -> None:
    """Both sign with one key."""
    shutil.copy(_key_file(giver), _key_file(taker))


def key_of(rig: Rig) -> OKPKey:
    """The key that it signs with."""
    return trust.ensure_signing_key(_key_file(rig))


def _key_file(rig: Rig) -> Path:
    return rig.deployed.folder / "signing.jwk"


class Chaos:
    """One fault after another, drawn from the seed; each heals before the next."""

    def __init__(self, rig: Rig, random: Random) -> None:
        self._rig, self._random = rig, random
        self.made, self.recovered = 0, 0.0
        self._kinds = (self._kill, self._cut, self._delete, self._database, self._broker)
        self._weights = [5, 4, 4, 2, 1]

    def one(self) -> None:
        """Make a fault and heal it."""
        place = self._random.choices(range(len(self._kinds)), self._weights)[0]
        if self._kinds[place] == self._broker:
            self._weights[place] = 0  # it takes long to come back
        begun = time.monotonic()
        self._kinds[place]()
        self.made += 1
        self.recovered = max(self.recovered, time.monotonic() - begun)

    def _kill(self) -> None:
        service = self._random.choice(self._rig.services)
        self._rig.kill(service)
        self._rig.start(service)

    def _cut(self) -> None:
        self._rig.queues.cut(self._random.choice(self._rig.services))

    def _delete(self) -> None:
        self._rig.queues.delete(f"{self._random.choice(self._rig.consumers)}.inbox")

    def _database(self) -> None:
        database = self._random.choice((self._rig.servers.records, self._rig.servers.rest))
        database.kill()
        database.start()

    def _broker(self) -> None:
        self._rig.servers.node.kill()
        self._rig.servers.node.start()
