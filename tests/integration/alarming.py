"""The deployment kz, on RabbitMQ, and what would ring over it, for tests of alarms.

What /metrics says before and after something is judged by promtool with the project's own rules: see tests/alarms.py.
"""

import pytest
from prometheus_client.metrics import Gauge, MetricWrapperBase

from services.placements import handlers
from shared import metrics
from shared.broker.rabbitmq import RabbitMQBroker
from shared.event_log import relay as relay_module
from shared.stream import consumer as consumer_module
from tests import alarms
from tests.integration.operated import REGISTERED, SERVICES, Operated, eventually


def value(name, **labels):
    return metrics.REGISTRY.get_sample_value(f"kinward_{name}", labels)


def elected(*services):
    """Wait until the relays of these services, or of all, are the active ones; before that nobody relays."""
    eventually(lambda: all(value("relay_active", service=name) == 1 for name in services or SERVICES))


class Alarming:
    """Gives each test the deployment `kz`, `scrape` and `rings`; its module has the fixture `urls` for it."""

    @pytest.fixture(autouse=True)
    def from_nothing(self, monkeypatch):
        """No series of other tests; what happens every few seconds happens at once."""
        for metric in list(metrics.REGISTRY._collector_to_names):
            if isinstance(metric, MetricWrapperBase):
                metric.clear()
            if isinstance(metric, Gauge) and not metric._labelnames:
                metric.set(0)
        monkeypatch.setattr(relay_module, "TICK", 0.2)
        monkeypatch.setattr(consumer_module, "LOOK", 0.1)

    @pytest.fixture
    def kz(self, tmp_path, urls, amqp_uri):
        made = Operated(tmp_path, urls, RabbitMQBroker(amqp_uri))
        yield made
        made.close()

    @pytest.fixture
    def handle(self, monkeypatch):
        """Call it with what placements makes of a registered child from now on."""
        return lambda handler: monkeypatch.setitem(handlers.CONSUMED, REGISTERED, handler)

    @pytest.fixture
    def scrape(self):
        """What Prometheus would have now."""
        return lambda **labels: alarms.scrape(metrics.exposition(), **labels)

    @pytest.fixture
    def rings(self, promtool, tmp_path):
        """Which alerts ring some minutes after the last of several scrapes, if nothing changes any more."""

        def judge(*scrapes, minutes=5, **options):
            return alarms.ringing(promtool, tmp_path, scrapes, minutes=minutes, **options)

        return judge
