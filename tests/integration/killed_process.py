"""A consumer whose process ends when it handles the fifth event: run by its test, again and again."""

import os
import sys
import threading

from shared import db
from shared.broker.in_process import InProcessBroker
from shared.event_log.relay import Relay
from shared.stream.applier import ProjectionApplier
from shared.stream.consumer import Consumer
from tests.integration import staged


def project(connection, events):
    if any(event.sequence == 5 and event.source.endswith("registry") for event in events):
        os._exit(70)
    staged.note(connection, events)


def main(urls):
    registry, _, reporting = (db.make_engine(url) for url in urls)
    broker = InProcessBroker()
    relay = Relay(registry, broker, "kz", "registry")
    applier = ProjectionApplier(reporting, project)
    consumer = Consumer(reporting, broker, "kz", "reporting", sources=["registry"], applier=applier)
    stop = threading.Event()
    while True:
        relay.turn()
        consumer.turn(0.05)
        with reporting.connect() as connection:
            done = connection.exec_driver_sql("SELECT max(sequence) = 9 FROM watermark").scalar()
        if done:
            stop.set()
            return


if __name__ == "__main__":
    main(sys.argv[1:])
