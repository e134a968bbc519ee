"""From one service's log into another's tables, on every broker: nothing lost, nothing twice, in order."""

import time

import pytest

from shared import metrics
from shared.broker import BrokerUnavailable, Message
from shared.event_log import relay as relay_module
from shared.event_log import replay
from shared.stream import catch_up
from shared.stream.consumer import MOST_EVENTS
from tests.integration import staged
from tests.integration.staged import INBOX, SOON, Deployment


class FlowSuite(staged.Stage):
    """What must arrive, whatever is lost, doubled or reordered on the way."""

    def test_everything_arrives_once_and_in_order(self, kz):
        for _ in range(3):
            kz.write("registry", 7)
            kz.write("placements", 2)
            kz.settle()
        assert kz.seen() == {"registry": list(range(1, 22)), "placements": list(range(1, 7))}

    def test_what_was_written_before_anybody_listened_is_caught_up(self, broker, databases):
        kz = Deployment(broker, databases)
        kz.write("registry", 30)
        kz.publish()
        kz.settle()
        kz.close()

    def test_a_transaction_takes_what_is_there_up_to_its_limit(self, kz):
        for _ in range(30):
            kz.write("registry", 30)
            kz.publish()
        kz.write("registry", 3 * MOST_EVENTS)
        kz.settle()
        assert max(kz.batches) <= MOST_EVENTS
        assert len(kz.batches) < 30

    def test_a_consumer_that_ends_between_commit_and_acknowledgement_applies_nothing_twice(self, kz):
        def end():
            raise BrokerUnavailable("ended")

        kz.broker.acknowledging = end
        kz.write("registry", 5)
        kz.publish()
        with pytest.raises(BrokerUnavailable):
            while True:
                kz.consumer.turn(SOON)
        kz.broker.acknowledging = lambda: None
        kz.consumer.close()
        kz.write("registry", 5)
        kz.settle()

    def test_a_relay_that_ends_between_publishing_and_marking_sends_twice_and_nothing_is_applied_twice(self, kz):
        kz.write("registry", 5)
        kz.publish()
        kz.sql("registry", "UPDATE event_head SET published = 0")
        kz.write("registry", 5)
        kz.publish()
        kz.settle()

    def test_two_relays_at_once_double_nothing(self, kz):
        kz.closing.append(kz.relay("registry"))
        for _ in range(5):
            kz.write("registry", 3)
            kz.sql("registry", "UPDATE event_head SET published = greatest(published - 4, 0)")
            kz.closing[0].turn()
            kz.relays["registry"].turn()
        kz.settle()

    @pytest.mark.parametrize("lost", ["first", "middle", "last", "all"])
    def test_lost_messages_are_asked_for_again(self, kz, lost):
        keep = {"first": slice(1, None), "middle": slice(None, None, 2), "last": slice(0, -1), "all": slice(0, 0)}[lost]
        kz.settle()
        kz.broker.publishing = lambda messages: messages[keep] if messages[0].exchange else messages
        for _ in range(6):
            kz.write("registry", 10)
            kz.relays["registry"].turn()
        kz.broker.publishing = lambda messages: messages
        kz.write("registry", 1)
        kz.settle()

    def test_the_last_message_lost_while_connected_is_noticed_by_the_head_tick(self, kz):
        kz.write("registry", 5)
        kz.settle()
        kz.relays["registry"].turn()  # answers what was asked last, so that no request is open
        kz.consumer.turn(SOON)
        kz.broker.publishing = lambda messages: []
        kz.write("registry", 5)
        kz.relays["registry"].turn()
        kz.broker.publishing = lambda messages: messages
        kz.relays["registry"]._ticked = 0.0
        kz.settle()

    def test_an_inbox_lost_while_the_consumer_is_down_is_refilled(self, kz):
        kz.write("registry", 50)
        kz.publish()
        kz.lose_inbox()
        assert kz.seen()["registry"] == []
        kz.settle()

    def test_messages_doubled_and_reordered_change_nothing(self, kz):
        kz.broker.publishing = lambda messages: [*reversed(messages), *messages]
        for _ in range(4):
            kz.write("registry", 1100)
            kz.publish()
            kz.settle()

    def test_a_large_backlog_is_caught_up_window_after_window(self, kz, monkeypatch):
        for module in (replay, catch_up):
            monkeypatch.setattr(module, "WINDOW", 40)
        monkeypatch.setattr(relay_module, "REPLAYED", 15)
        kz.write("registry", 333)
        kz.publish()
        kz.lose_inbox()
        kz.settle()

    def test_the_window_that_reaches_the_head_joins_the_live_messages_without_a_gap(self, kz):
        kz.write("registry", 100)
        kz.publish()
        kz.lose_inbox()
        gaps = metrics.STREAM_GAPS.labels("reporting", "registry")
        kz.consumer.turn(0)
        kz.relays["registry"].turn()
        before = gaps._value.get()
        kz.write("registry", 100)
        kz.settle()
        assert gaps._value.get() == before

    def test_of_several_requests_of_one_consumer_the_newest_is_served(self, kz):
        kz.write("registry", 20)
        kz.publish()
        kz.lose_inbox()
        asking = kz.broker.connect("reporting")
        ids = kz.sql("registry", "SELECT epoch, id FROM event_log WHERE sequence IN (5, 15) ORDER BY sequence")
        for after, (epoch, id) in zip((0, 5, 15), [(None, None), *ids], strict=True):
            request = replay.Request("reporting", epoch, after, id).encode()
            asking.publish([Message("", request, routing_key="registry.catch-up")])
        time.sleep(0.3)
        kz.relays["registry"].turn()
        delivery = asking.receive(INBOX, SOON)
        while delivery.headers["last"] < delivery.headers["first"]:
            delivery = asking.receive(INBOX, SOON)
        assert (delivery.headers["first"], delivery.headers["last"]) == (16, 20)
        asking.close()

    def test_it_asks_for_a_catch_up_at_start_and_after_each_reconnect(self, kz):
        kz.write("registry", 3)
        kz.settle()
        kz.relays["registry"].close()
        source = kz.broker.connect("registry")
        while (delivery := source.receive("registry.catch-up", 0.3)) is not None:
            source.acknowledge([delivery])
        for _ in range(2):
            kz.consumer.close()
            kz.consumer.turn(0)
            delivery = source.receive("registry.catch-up", SOON)
            assert replay.decode_request(delivery.body).after == 3
        source.close()

    def test_a_request_that_makes_no_sense_is_dropped(self, kz):
        kz.write("registry", 1)
        kz.publish()
        asking = kz.broker.connect("somebody")
        for body in (b"", b"[]", b"{}", b'{"consumer": "../x", "epoch": null, "after": 0, "id": null}'):
            asking.publish([Message("", body, routing_key="registry.catch-up")])
        request = replay.Request("nobody", None, 0, None).encode()
        asking.publish([Message("", request, routing_key="registry.catch-up")])
        asking.close()
        kz.settle()
        assert not kz.relays["registry"].turn()


class TestInProcess(staged.InProcess, FlowSuite):
    def test_a_restarted_process_brings_everything_back_from_the_log(self, kz, broker):
        kz.write("registry", 10)
        kz.publish()
        broker.restart()
        kz.write("registry", 10)
        kz.settle()


class TestRabbitMQ(staged.RabbitMQ, FlowSuite):
    def test_a_deleted_inbox_comes_back_with_all_that_was_in_it(self, kz, broker):
        kz.write("registry", 10)
        kz.publish()
        vandal = broker.connect("vandal")
        vandal._channel.queue_delete(INBOX)
        vandal.close()
        kz.write("registry", 10)
        kz.settle()
