"""Ten faults, each made once, on workers that stay: minutes, not hours. All of them, repeated: `make faults`."""

from tests.faults import kill_points, messages, outages
from tests.faults.kill_points import dies_at


def test_a_relay_that_dies_between_publishing_and_its_mark_loses_nothing(trial):
    trial("relay dies between publish and mark", dies_at("relay.published"))


def test_a_consumer_that_dies_before_its_commit_has_done_nothing(trial):
    trial("consumer dies before its commit", dies_at("consumer.applied"))


def test_a_consumer_that_dies_between_commit_and_acknowledgement_applies_nothing_twice(trial):
    trial("consumer dies between commit and ack", dies_at("consumer.committed"))


def test_a_writer_that_dies_before_its_commit_tells_of_nothing(trial):
    trial("writer dies before its commit", kill_points.writer_dies_before_its_commit)


def test_a_queue_deleted_while_events_flow_costs_nothing(trial):
    trial("queue deleted at 200 events/s", messages.queue_deleted)


def test_the_last_message_lost_while_connected_is_missed_by_the_next_tick(trial):
    trial("last message lost while connected", messages.last_message_lost)


def test_messages_twice_and_in_any_order_change_nothing(trial):
    trial("duplicates and reordering", messages.duplicates_and_reordering)


def test_a_placement_is_taken_in_before_its_child_is_known(trial):
    trial("placement before its child", messages.placement_before_its_child)


def test_a_postgresql_that_was_killed_comes_back_with_everything(trial):
    trial("PostgreSQL killed and restarted", outages.postgresql_killed)


def test_a_broker_that_was_killed_comes_back_and_everything_drains(trial):
    trial("broker killed and restarted", outages.broker_killed)
