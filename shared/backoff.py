"""How long to wait before trying again: doubling, with jitter so that those who failed together return one by one."""

import random


class Backoff:
    """Waiting times in seconds from `first`, doubling up to `most`, each varied by a fifth."""

    def __init__(self, first: float, most: float) -> None:
        self._first = first
        self._most = most
        self._next = first

    def wait(self) -> float:
        """The next waiting time."""
        chosen = self._next
        self._next = min(self._next * 2, self._most)
        return chosen * random.uniform(0.8, 1.2)  # noqa: S311  not a secret

    def reset(self) -> None:
        """Start again from `first`: it worked."""
        self._next = self._first
