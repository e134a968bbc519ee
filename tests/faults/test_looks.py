"""Invariants are looked at while services work: what was told in between is looked at again, what is broken stays."""

from typing import Any

import pytest

from tests.faults import invariants


class Telling:
    """A deployment that tells an event while each of its first looks is taken."""

    def __init__(self, looks: int) -> None:
        self.looks, self.tells, self.events = looks, True, 0

    def told(self) -> int:
        return self.events

    def recovered(self) -> None:
        self.tells = self.looks > 0

    def look(self, *_: Any) -> list[str]:
        self.looks -= 1
        self.events += self.tells
        return ["half of it was seen"] if self.tells else []


def looked_at(monkeypatch: pytest.MonkeyPatch, rig: Telling) -> dict[str, list[str]]:
    monkeypatch.setattr(invariants, "INVARIANTS", {"no event lost": rig.look})
    return invariants.check(rig)  # type: ignore[arg-type]


def test_an_event_told_while_looking_is_no_finding(monkeypatch):
    rig = Telling(looks=1)
    assert not looked_at(monkeypatch, rig)
    assert rig.looks == -1


def test_what_stays_broken_is_found(monkeypatch):
    assert looked_at(monkeypatch, Telling(looks=9))


def test_what_is_broken_without_a_word_is_found_at_once(monkeypatch):
    rig = Telling(looks=9)
    rig.told = lambda: 0  # type: ignore[method-assign]
    assert looked_at(monkeypatch, rig)
    assert rig.looks == 8
