"""Several questions to the services at once; one that cannot be answered costs its own card, not the page."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

from services.portal.clients import Down, Refusal

POOL = ThreadPoolExecutor(max_workers=32, thread_name_prefix="card")


@dataclass(frozen=True)
class Card:
    """The answer to one question: its value, or why there is none (`down`: out of reach, `denied`: not for you)."""

    value: Any = None
    down: bool = False
    denied: bool = False

    @property
    def there(self) -> bool:
        """Whether it was answered."""
        return not (self.down or self.denied)


def ask(**questions: Callable[[], Any] | None) -> dict[str, Card]:
    """All answers by name. None as a question is one that the person may not ask. Raises Refusal for other refusals."""
    asked = {
        name: POOL.submit(copy_context().run, question) for name, question in questions.items() if question is not None
    }
    found = {name: Card(denied=True) for name, question in questions.items() if question is None}
    for name, answer in asked.items():
        try:
            found[name] = Card(answer.result())
        except Down:
            found[name] = Card(down=True)
        except Refusal as refusal:
            if refusal.status not in {403, 404}:
                raise
            found[name] = Card(denied=True)
    return found
