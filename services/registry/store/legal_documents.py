"""What is sealed of a legal measure and of a consent: all of what they say, as JSON. Not here: tables (legal)."""

from dataclasses import asdict
from datetime import date
from typing import Any, cast
from uuid import UUID

import msgspec

from services.registry.domain import legal as domain
from services.registry.domain import legal_consents as consents


def write_measure(measure: domain.LegalMeasure) -> dict[str, Any]:
    """The sealed document of a measure; its state too, so that what is plain is written anew with every change."""
    return {
        "state": measure.status,
        "terms": _terms(measure.terms),
        "before": [_terms(each) for each in measure.before],
        "supersedes": _plain(measure.supersedes),
        "appeal": _plain(asdict(measure.appeal)) if measure.appeal else None,
        "ending": _plain(asdict(measure.ending)) if measure.ending else None,
        "reports": [_plain(asdict(each)) for each in measure.reports],
    }


def read_measure(measure: domain.LegalMeasure, kept: dict[str, Any]) -> None:
    """Set on the measure what `write_measure` kept."""
    measure.terms = _read(kept["terms"], domain.Terms)
    measure.before = tuple(_read(each, domain.Terms) for each in kept["before"])
    measure.supersedes = tuple(UUID(each) for each in kept["supersedes"])
    measure.appeal = _read(kept["appeal"], domain.Appeal) if kept["appeal"] else None
    measure.ending = _read(kept["ending"], domain.Ending) if kept["ending"] else None
    measure.reports = tuple(_read(each, domain.Report) for each in kept["reports"])


def write_consent(consent: consents.Consent) -> dict[str, Any]:
    """The sealed document of a consent."""
    ended = {"ended_on": _plain(consent.ended_on), "reason": consent.reason}
    return {"said": _plain(asdict(consent.said)), **ended}


def read_consent(consent: consents.Consent, kept: dict[str, Any]) -> None:
    """Set on the consent what `write_consent` kept."""
    consent.said = _read(kept["said"], consents.ConsentSaid)
    consent.ended_on = date.fromisoformat(kept["ended_on"]) if kept["ended_on"] else None
    consent.reason = kept["reason"]


def _terms(terms: domain.Terms) -> dict[str, Any]:
    return cast(dict[str, Any], _plain(asdict(terms)))


def _plain(value: Any) -> Any:
    """The value in JSON's types."""
    return msgspec.to_builtins(value)


def _read(kept: dict[str, Any], kind: Any) -> Any:
    """The value of a kind, its days and ids read from text."""
    return msgspec.convert(kept, kind)
