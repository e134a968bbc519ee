"""How messages travel: one port of a few methods, two adapters (RabbitMQ, and a queue inside the process).

The adapters are imported where a broker is chosen, not from here.
"""

from shared.broker.port import (
    PREFETCH,
    Broker,
    BrokerUnavailable,
    Connection,
    Delivery,
    Message,
    Outcome,
    Queue,
    catch_up_queue,
    events_exchange,
    inbox_queue,
)

__all__ = [
    "PREFETCH",
    "Broker",
    "BrokerUnavailable",
    "Connection",
    "Delivery",
    "Message",
    "Outcome",
    "Queue",
    "catch_up_queue",
    "events_exchange",
    "inbox_queue",
]
