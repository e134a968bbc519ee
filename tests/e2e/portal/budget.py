"""What the commonest tasks may cost: clicks, and the seconds that a person needs for them, both held.

    with spending(page, "find a child by reference"):
        ...what a person does, with the real mouse...

A choice from a list counts as a click. The seconds are those of the keystroke-level model (Card, Moran and Newell, "The
keystroke-level model for user performance time with interactive systems", CACM 23(7), 1980) for who types slowly, plus
a second for each page: the same on every machine, however busy. Not here: the tasks (test_budget), how fast pages come
(benchmarks/portal.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEY, POINT, THINK, LOAD = 0.5, 1.3, 1.35, 1.0
"""Seconds: a key of who types slowly; to point and press; to decide before a click or field; until a page is there."""
HANGS = 60.0
"""Seconds in which a machine, typing at once, has surely done it, however busy it is."""
COUNT = """() => {
  if (window.counted) return;  // a second task on the same tab brings this script once more
  window.counted = true;
  const more = (what, by = 1) => sessionStorage.setItem(what, Number(sessionStorage.getItem(what) || 0) + by);
  if (sessionStorage.getItem("clicks") !== null) more("pages");
  const list = event => event.target.tagName === "SELECT";
  addEventListener("pointerdown", event => { if (event.isTrusted && !list(event)) more("clicks"); }, true);
  addEventListener("change", event => { if (list(event)) more("clicks"); }, true);
  addEventListener("input", event => {
    if (!event.target.matches("input:not([type=radio], [type=checkbox]), textarea")) return;
    more("fields"); more("keys", event.target.value.length);  // filled at once: one event a field
  }, true);
}"""


@dataclass(frozen=True)
class Budget:
    """Clicks at most, and the model's seconds at most."""

    clicks: int
    seconds: float


TASKS = {
    "see what is due and open the most urgent": Budget(2, 10),
    "find a child by reference": Budget(2, 15),
    "find a child by a name in another script": Budget(3, 35),
    "register a child": Budget(5, 50),
    "see who is responsible for a child": Budget(2, 15),
    "read a child's timeline": Budget(3, 20),
    "record what a court has decided on a case": Budget(11, 60),
    "record an emergency at night": Budget(10, 180),
}
"""The commonest tasks, counted from the first page after signing in; the last within the three minutes of a night."""


@contextmanager
def spending(page: "Page", task: str) -> Iterator[None]:
    """Count the clicks and seconds of a task; fails where they are more than its budget."""
    budget = TASKS[task]
    page.add_init_script(f"({COUNT})()")
    page.reload()
    for what in ("pages", "fields", "keys", "clicks"):
        page.evaluate("what => sessionStorage.setItem(what, 0)", what)
    started = monotonic()
    yield
    page.wait_for_load_state()
    clicks, fields, keys, pages = (
        int(page.evaluate("what => sessionStorage.getItem(what)", what))
        for what in ("clicks", "fields", "keys", "pages")
    )
    seconds = clicks * (POINT + THINK) + fields * (POINT + THINK) + keys * KEY + pages * LOAD
    assert 0 < clicks <= budget.clicks, f"{task}: {clicks} clicks, {budget.clicks} are allowed"
    assert 0 < seconds <= budget.seconds, f"{task}: {seconds:.0f} s by the model, {budget.seconds:.0f} are allowed"
    assert monotonic() - started < HANGS, f"{task}: hangs"
