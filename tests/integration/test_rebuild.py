"""A rebuild: the read tables built anew beside the live ones are the same, row for row, and take their place."""

import pytest

from tests.integration import staged
from tests.integration.rebuilt import Chance, Given


class Rebuilds(Given):
    """What holds on any broker."""

    @pytest.mark.parametrize("seed", [1, 2])
    def test_what_was_built_anew_is_what_was_live_row_for_row(self, kz, seed):
        kz.write(Chance(seed).events(120))
        kz.settle()
        kz.request()
        kz.rebuild()
        assert kz.live() == "figures_b"
        assert kz.tables("figures_b") == kz.tables("figures_a") and any(kz.tables("figures_b").values())
        assert kz.positions() == kz.heads()
        assert kz.requests() == [("operator", "done", 120, None)]
        assert kz.leftovers() == 0


class TestInProcess(Rebuilds, staged.InProcess):
    """On the broker inside the process."""


class TestRabbitMQ(Rebuilds, staged.RabbitMQ):
    """On RabbitMQ."""
