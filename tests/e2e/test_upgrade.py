"""An upgrade as operators make it, while people work: expand, roll out, roll back, roll out again, contract.

Two processes answer behind a balancer, a third relays and consumes, two portals stand before them; RabbitMQ and
PostgreSQL 15 are real, and the next release is a copy of this one with a column, an index, an event's field and a
number more. No request fails, no event is lost or doubled. Not here: the rules of steps (test_steps), the release
itself (upgrading).
"""

import time

import pytest

from shared import failpoints
from shared.config import SERVICES
from shared.testing.scratch import scratch_folder
from tests.e2e import running, upgrading
from tests.e2e.running import PROJECT, await_ready, until
from tests.e2e.upgrading import Balancer, Work
from tests.e2e.upgrading_portal import Front, Visits
from tests.faults import invariants
from tests.faults.rig import Rig

WEB, WORKER = ("all", "--only", "web"), ("all", "--only", "worker")
LINGER = "2"
"""Eight times as long as the balancer takes to notice."""
HOLDING = (
    invariants.lost,
    invariants.twice,
    invariants.order,
    invariants.rows_and_events,
    invariants.projections,
)


@pytest.fixture
def kz(rabbitmq, postgresql_debian15):
    """The deployment at this release; nothing runs yet."""
    owners = (*SERVICES, "portal")
    databases = {f"{owner.upper()}_DATABASE_URL": postgresql_debian15.new_database() for owner in owners}
    uri = rabbitmq.new_vhost()
    with running.home() as home, running.deployment(home, "kz", AMQP_URI=uri, LINGER=LINGER, **databases) as made:
        made.kinward("migrate")
        made.kinward("keys", "init")
        yield made
    rabbitmq.drop_vhost(uri)
    for url in databases.values():
        postgresql_debian15.drop_database(url)


@pytest.fixture
def newer():
    """The tree of the next release."""
    with scratch_folder("next-release") as folder:
        yield upgrading.next_release(folder)


class Rollout:
    """The processes of a deployment, replaced one by one."""

    def __init__(self, kz):
        self.kz = kz
        self.webs = [kz.start(*WEB, port=running.free_port()) for _ in range(2)]
        self.worker = kz.start(*WORKER, port=running.free_port())
        for each in (*self.webs, self.worker):
            await_ready(each)
        self.balancer = Balancer(*(web.address for web in self.webs))
        self.front = Front(self.balancer)
        self.portals = [self._portal(running.free_port()) for _ in range(2)]
        for each in self.portals:
            await_ready(each)
        self.before_portals = Balancer(*(each.address for each in self.portals))

    def _portal(self, port, tree=PROJECT):
        named = {"KINWARD_PORTAL_HTTP": f"127.0.0.1:{port}"}
        named |= {f"KINWARD_{service.upper()}_URL": self.front.address for service in SERVICES}
        return self.kz.start(module=("services", "portal"), port=port, tree=tree, environment=named)

    def to(self, tree, work, visits, dies=""):
        """Replace all by the release of a tree: one web at a time, the worker beside the second, the portals last.

        `dies` is the place where the new worker ends as of a power cut; nobody starts it again.
        """
        self.webs[0] = self._replaced(self.webs[0], work, tree)
        self._answers(self.webs[0], work)
        self.webs[1] = self._replaced(self.webs[1], work, tree)
        if self.worker.alive():
            assert self.worker.stop() == 0, self.worker.words()
        arming = {"KINWARD_TESTING": "1", "KINWARD_FAILPOINTS": f"{dies}=exit@3"} if dies else {}
        port = int(self.worker.address.rpartition(":")[2])
        self.worker = self.kz.start(*WORKER, port=port, tree=tree, environment=arming)
        self._answers(self.webs[1], work)
        if dies:
            until(lambda: not self.worker.alive() or work.failed, f"the worker dies at {dies}")
            assert work.failed == []
            assert self.worker.ended() == failpoints.STATUS, self.worker.words()
        else:
            await_ready(self.worker)
        work.goes_on()
        for place, old in enumerate(self.portals):
            assert old.stop() == 0, old.words()
            self.portals[place] = new = self._portal(int(old.address.rpartition(":")[2]), tree)
            await_ready(new)
            until(lambda new=new: self.before_portals.is_ready(new.address), "the balancer sees the new portal")
            visits.goes_on(4)

    def _answers(self, web, work):
        await_ready(web)
        until(lambda: self.balancer.is_ready(web.address), "the balancer sees the new process")
        work.goes_on()

    def _replaced(self, web, work, tree):
        """A request is under way from before the process is told to end until after it takes no more."""
        with work.under_way(web.address):
            web.tell()
            until(lambda: upgrading.refuses(web.address) or not web.alive(), "it takes no more requests")
        assert web.ended() == 0, web.words()
        return self.kz.start(*WEB, port=int(web.address.rpartition(":")[2]), tree=tree)


def test_a_release_is_rolled_out_taken_back_rolled_out_again_and_contracted_while_people_work(kz, newer):
    begun = time.monotonic()
    rollout = Rollout(kz)
    with (
        rollout.balancer, rollout.front, rollout.before_portals,
        Work(kz, rollout.balancer) as work, Visits(kz, rollout.before_portals) as visits,
    ):  # fmt: skip
        work.goes_on()
        visits.goes_on()

        # Expand. It is killed in the middle: the new release refuses to start, the old one works on.
        killed = {"KINWARD_TESTING": "1", "KINWARD_FAILPOINTS": "migration.begun=exit"}
        kz.kinward("migrate", status=failpoints.STATUS, tree=newer, environment=killed)
        assert "was broken off" in kz.complaint("serve", *WEB, status=78, tree=newer)
        work.goes_on()
        kz.kinward("migrate", tree=newer)

        # Forward, where the new worker dies before a commit; back, over the expanded database.
        rollout.to(newer, work, visits, dies="consumer.applied")
        rollout.to(PROJECT, work, visits)

        # Nothing is taken away while the older release runs.
        assert "release 0.1.0" in kz.complaint("migrate", "--contract", status=1, tree=newer)
        rollout.to(newer, work, visits)
        kz.kinward("migrate", "--contract", tree=newer)
        work.goes_on()
        visits.goes_on(4)
        assert "took away" in kz.complaint("serve", *WEB, status=78)  # no way back from here on but a backup
    took = time.monotonic() - begun
    print(f"\n{work.sent} requests, {visits.sent} of pages, {len(work.children)} children, {took:.0f} s")

    assert work.failed == visits.failed == []
    assert visits.children
    standing = Rig(None, kz, None, None, {}, 0)
    until(standing.level, "everything told is applied")
    assert {look.__name__: found for look in HOLDING if (found := look(standing, invariants.NOTHING))} == {}
    assert {str(id_) for (id_,) in kz.rows("registry", "select id from child")} == {*work.children, *visits.children}
    assert {str(id_) for (id_,) in kz.rows("placements", "select id from placement")} == set(work.placements)
    told = kz.rows("registry", "select data ? 'taken_in', count(*) from event_log group by 1")
    assert {new for new, _ in told} == {True, False}, "both releases wrote events"
    taken = kz.rows("registry", "select distinct taken_in from child")
    assert set(taken) == {("before",), (upgrading.VERSION,)}
