"""One suite for every broker behind the port: what the relay and the stream rely on."""

import threading
from contextlib import nullcontext

import kombu
import pytest
from amqp.exceptions import PreconditionFailed

from shared.broker import PREFETCH, BrokerUnavailable, Message, Outcome, Queue, inbox_queue
from shared.broker import rabbitmq as rabbitmq_module
from shared.broker.in_process import InProcessBroker
from shared.broker.rabbitmq import RabbitMQBroker

INBOX = inbox_queue("reporting", ["registry", "placements"])
SOON = 5.0


class BrokerSuite:
    """What both brokers promise; subclasses give the `broker`."""

    @pytest.fixture
    def connect(self, broker):
        opened = []

        def connect():
            opened.append(broker.connect("test"))
            return opened[-1]

        yield connect
        for connection in opened:
            connection.close()

    @pytest.fixture
    def sender(self, connect):
        connection = connect()
        connection.declare(["registry.events", "placements.events"], [INBOX])
        return connection

    @staticmethod
    def send(connection, *bodies, exchange="registry.events"):
        return connection.publish([Message(exchange, body) for body in bodies])

    @staticmethod
    def take(connection, count, queue=INBOX.name):
        return [connection.receive(queue, SOON) for _ in range(count)]

    def test_messages_arrive_in_order_with_body_and_headers(self, sender, connect):
        message = Message("registry.events", b"[]", {"source": "urn:kinward:kz:registry", "first": 1, "last": 2**40})
        assert sender.publish([message]) == [Outcome.CONFIRMED]
        self.send(sender, *(str(n).encode() for n in range(30)))
        receiver = connect()
        first = receiver.receive(INBOX.name, SOON)
        assert (first.body, dict(first.headers), first.redelivered) == (b"[]", dict(message.headers), False)
        assert [each.body for each in self.take(receiver, 30)] == [str(n).encode() for n in range(30)]

    def test_a_queue_receives_from_each_exchange_it_is_bound_to(self, sender):
        self.send(sender, b"a")
        self.send(sender, b"b", exchange="placements.events")
        assert [each.body for each in self.take(sender, 2)] == [b"a", b"b"]

    def test_the_empty_exchange_leads_straight_into_a_queue(self, sender):
        assert sender.publish([Message("", b"a", routing_key=INBOX.name)]) == [Outcome.CONFIRMED]
        assert sender.receive(INBOX.name, SOON).body == b"a"

    def test_what_no_queue_wants_is_returned_and_the_rest_confirmed(self, sender):
        sender.declare(["lonely.events"], [])
        messages = [
            Message("registry.events", b"a"),
            Message("lonely.events", b"b"),
            Message("", b"c", routing_key="nowhere.inbox"),
            Message("registry.events", b"d"),
        ]
        confirmed, returned = Outcome.CONFIRMED, Outcome.RETURNED
        assert sender.publish(messages) == [confirmed, returned, returned, confirmed]

    def test_publishing_nothing_answers_nothing(self, sender):
        assert sender.publish([]) == []

    def test_a_deleted_queue_is_gone_with_all_that_it_held_and_receives_no_more(self, sender, connect):
        extra = inbox_queue("shadow", ["registry"])
        sender.declare([], [extra])
        self.send(sender, b"a")
        reader = connect()
        assert reader.receive(extra.name, SOON).body == b"a"
        sender.delete(extra.name)
        sender.delete(extra.name)
        reader.close()
        self.send(sender, b"b")
        assert sender.publish([Message("", b"c", routing_key=extra.name)]) == [Outcome.RETURNED]
        assert [each.body for each in self.take(sender, 2)] == [b"a", b"b"]
        sender.declare([], [extra])
        assert sender.receive(extra.name, 0.2) is None

    def test_an_empty_queue_gives_nothing(self, sender):
        assert sender.receive(INBOX.name, 0) is None
        assert sender.receive(INBOX.name, 0.05) is None

    def test_what_was_not_acknowledged_comes_again_in_order(self, sender, connect):
        self.send(sender, b"a", b"b", b"c", b"d")
        first = connect()
        taken = self.take(first, 3)
        first.acknowledge(taken[:1])
        first.close()
        again = self.take(connect(), 3)
        assert [each.body for each in again] == [b"b", b"c", b"d"]
        assert [each.redelivered for each in again] == [True, True, again[2].redelivered]

    def test_returning_a_message_often_does_not_lose_it(self, sender, connect):
        self.send(sender, b"a")
        for _ in range(25):
            connection = connect()
            assert connection.receive(INBOX.name, SOON).body == b"a"
            connection.close()

    def test_no_more_than_the_prefetch_is_handed_out_before_an_acknowledgement(self, sender):
        self.send(sender, *[b"x"] * (PREFETCH + 1))
        taken = self.take(sender, PREFETCH)
        assert sender.receive(INBOX.name, 0.1) is None
        sender.acknowledge(taken[:1])
        assert sender.receive(INBOX.name, SOON).body == b"x"

    def test_only_one_consumer_is_active_and_the_next_takes_over(self, sender, connect):
        active, waiting = connect(), connect()
        assert active.receive(INBOX.name, 0.1) is None
        assert waiting.receive(INBOX.name, 0.1) is None
        self.send(sender, b"a", b"b")
        assert active.receive(INBOX.name, SOON).body == b"a"
        assert waiting.receive(INBOX.name, 0.1) is None
        active.close()
        assert [each.body for each in self.take(waiting, 2)] == [b"a", b"b"]

    def test_a_full_queue_drops_its_oldest(self, sender):
        small = Queue("small.inbox", max_bytes=1000)
        sender.declare([], [small])
        sender.publish([Message("", bytes([n]) * 300, routing_key=small.name) for n in range(10)])
        bodies = []
        while (each := sender.receive(small.name, 0.5)) is not None:
            bodies.append(each.body[0])
        assert bodies == list(range(10 - len(bodies), 10))
        assert 1 <= len(bodies) <= 3

    def test_declaring_again_changes_nothing(self, sender):
        self.send(sender, b"a")
        sender.declare(["registry.events", "placements.events"], [INBOX])
        assert sender.receive(INBOX.name, SOON).body == b"a"

    def test_a_closed_connection_says_so(self, sender):
        sender.close()
        sender.close()
        with pytest.raises(BrokerUnavailable):
            sender.receive(INBOX.name, 0)
        with pytest.raises(BrokerUnavailable):
            self.send(sender, b"a")

    @pytest.mark.parametrize(
        "wrong",
        [
            lambda connection: connection.receive("nowhere.inbox", 0.5),
            lambda connection: connection.publish([Message("nowhere.events", b"")]),
        ],
    )
    def test_what_was_never_declared_costs_the_connection(self, sender, wrong):
        with pytest.raises(BrokerUnavailable):
            wrong(sender)
        with pytest.raises(BrokerUnavailable):
            sender.receive(INBOX.name, 0)

    def test_a_waiting_receiver_is_woken_by_a_message(self, sender, connect):
        receiver, got = connect(), []
        waiting = threading.Thread(target=lambda: got.append(receiver.receive(INBOX.name, 30)))
        waiting.start()
        self.send(sender, b"a")
        waiting.join(SOON)
        assert got[0].body == b"a"

    def test_many_large_messages_are_confirmed_in_one_go(self, sender):
        bodies = [bytes([n]) * 200_000 for n in range(20)]
        assert self.send(sender, *bodies) == [Outcome.CONFIRMED] * 20
        assert [each.body for each in self.take(sender, 20)] == bodies


class TestInProcess(BrokerSuite):
    @pytest.fixture
    def broker(self):
        return InProcessBroker()

    def test_a_restart_forgets_everything(self, broker, sender):
        self.send(sender, b"a")
        broker.restart()
        with pytest.raises(BrokerUnavailable):
            sender.receive(INBOX.name, 0)
        again = broker.connect("test")
        again.declare(["registry.events", "placements.events"], [INBOX])
        assert again.receive(INBOX.name, 0) is None


class TestRabbitMQ(BrokerSuite):
    @pytest.fixture
    def broker(self, amqp_uri):
        return RabbitMQBroker(amqp_uri)

    def test_a_queue_may_be_empty_for_long_as_long_as_the_broker_is_there(self, broker, monkeypatch):
        monkeypatch.setattr(rabbitmq_module, "HEARTBEAT", 1)
        connection = broker.connect("test")
        connection.declare(list(INBOX.exchanges), [INBOX])
        assert [connection.receive(INBOX.name, 0.5) for _ in range(8)] == [None] * 8
        connection.close()

    def test_a_queue_that_never_begins_to_hand_out_is_made_anew_on_the_next_connection(self, broker, monkeypatch):
        """As one without a leader, which RabbitMQ 3.10 leaves when the node is killed behind its making."""
        monkeypatch.setattr(rabbitmq_module, "HEARTBEAT", 1)
        monkeypatch.setattr(rabbitmq_module, "BEGIN_PATIENCE", 0.5)
        dead = broker.connect("registry")
        dead.declare(list(INBOX.exchanges), [INBOX])
        dead.publish([Message("", b"left behind", routing_key=INBOX.name)])

        def never_answered(*_, **__):
            while True:
                dead._amqp.drain_events()

        monkeypatch.setattr(dead._channel, "basic_consume", never_answered)
        with pytest.raises(BrokerUnavailable):
            dead.receive(INBOX.name, 0.1)
        alive = broker.connect("registry")
        alive.declare(list(INBOX.exchanges), [INBOX])
        assert alive.receive(INBOX.name, 0.2) is None
        alive.publish([Message("", b"new", routing_key=INBOX.name)])
        assert alive.receive(INBOX.name, 5).body == b"new"
        alive.close()

    def test_the_password_is_in_no_error(self):
        with pytest.raises(BrokerUnavailable) as refused:
            RabbitMQBroker("amqp://kinward:secret@127.0.0.1:1/kz").connect("test")
        assert "secret" not in str(refused.value)

    @pytest.mark.parametrize(
        "change", [{}, {"x-delivery-limit": 20}, {"x-max-length-bytes": 1}, {"x-overflow": "reject-publish"}]
    )
    def test_the_inbox_has_the_arguments_of_the_design(self, amqp_uri, sender, change):
        design = {
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,
            "x-max-length-bytes": 67108864,
            "x-overflow": "drop-head",
            "x-delivery-limit": 1000000,
        }
        # RabbitMQ refuses to declare a queue again with other arguments than it has.
        expected = pytest.raises(PreconditionFailed) if change else nullcontext()
        with kombu.Connection(amqp_uri) as other, expected:
            other.default_channel.queue_declare(INBOX.name, durable=True, auto_delete=False, arguments=design | change)
