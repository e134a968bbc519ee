"""Every fault of the event core, some times each, on workers that stay (`make faults`).

Not here: faults that take a deployment of their own (test_restores, test_bundles), invariants broken on purpose
(test_mutations).
"""

import pytest

from tests.faults import kill_points, messages, outages, poisons
from tests.faults.kill_points import dies_at

FAULTS = {
    "relay dies between publish and mark": dies_at("relay.published"),
    "relay dies after its mark": dies_at("relay.marked"),
    "relay dies while it sends again": kill_points.dies_replaying,
    "two relays at once": kill_points.two_relays,
    "consumer dies with messages in hand": dies_at("consumer.taken"),
    "consumer dies before its commit": dies_at("consumer.applied"),
    "consumer dies between commit and ack": dies_at("consumer.committed"),
    "consumer dies after its ack": dies_at("consumer.acknowledged"),
    "writer dies before its commit": kill_points.writer_dies_before_its_commit,
    "consumer dies, its sources are away": kill_points.without_its_sources,
    "workers killed at any moment": kill_points.killed_at_any_moment,
    "an event that ends the process": kill_points.an_event_ends_the_process,
    "rebuild dies before its flip": kill_points.rebuild_dies_before_its_flip,
    "broker killed and restarted": outages.broker_killed,
    "broker killed behind the making of a queue": outages.queue_made_before_the_broker_dies,
    "broker killed, its sources are away": outages.broker_killed_without_sources,
    "PostgreSQL killed and restarted": outages.postgresql_killed,
    "frozen longer than the heartbeat": outages.frozen_longer_than_the_heartbeat,
    "frozen in its transaction, another takes over": outages.frozen_in_its_transaction(1, 3, 13),
    "database errors that pass": outages.database_errors_that_pass,
    "queue deleted at 200 events/s": messages.queue_deleted,
    "far behind while 200 events/s flow": messages.far_behind_while_events_flow,
    "last message lost while connected": messages.last_message_lost,
    "inbox full while the consumer is down": messages.inbox_full,
    "duplicates and reordering": messages.duplicates_and_reordering,
    "reordered before they are known": messages.reordered_before_they_are_known,
    "poison in the middle of 500": poisons.poison_among_500,
    "behind a parked child": poisons.behind_a_parked_child,
    "placement before its child": messages.placement_before_its_child,
    "undecodable body": messages.undecodable_once,
    "undecodable body twice": messages.undecodable_twice,
    "permuted sources": messages.permuted_sources,
}


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_lost_nothing_twice_and_all_drains(trial, name):
    trial(name, FAULTS[name])


def test_a_hundred_reconnects_with_messages_in_hand_lose_nothing(trial):
    trial("100 reconnects with unacked messages", outages.many_reconnects(100), attempts=1)
