"""For each alert, samples over which it rings, and others, as near as can be, over which it does not.

One sample a minute in promtool's notation: `0x9 3` is ten times 0, then 3; `_x5` is nothing for five minutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests import alarms

_ON = alarms.TARGET
_OTHER = {**_ON, "instance": "kz-2"}


@dataclass(frozen=True)
class Case:
    """What is scraped, when to look, and what rings then: `labels` and `summary`; nothing where they are not given.

    Samples and evaluations are `every` so often apart: a case of weeks needs no minutes.
    """

    series: Mapping[str, str]
    at: str
    labels: Mapping[str, str] | None = None
    summary: str = ""
    every: str = "1m"


def _named(name: str, where: Mapping[str, str] = _ON, **labels: str) -> str:
    return alarms.series(name, {**where, **labels})


def _stream(name: str, where: Mapping[str, str] = _ON, **labels: str) -> str:
    return _named(f"kinward_stream_{name}", where, consumer="reporting", source="registry", **labels)


def _of_source(**labels: str) -> dict[str, str]:
    return {"deployment": "kz", "consumer": "reporting", "source": "registry", **labels}


def _stopped(reason: str, summary: str) -> tuple[Case, Case]:
    """Two instances see the same fact; another reason is another alert's."""
    fires = {
        _stream("source_stopped", reason=reason): "0x4 1x9",
        _stream("source_stopped", _OTHER, reason=reason): "0x4 1x9",
    }
    quiet = {_stream("source_stopped", reason=reason): "1x4 0x9", _stream("source_stopped", reason="eclipse"): "1x14"}
    return Case(fires, "10m", _of_source(), summary), Case(quiet, "10m")


_REQUESTS, _APPLIED = _stream("catch_up_requests_total"), _stream("applied_events_total")
_STUCK = "kz: reporting lags behind registry and applies nothing"
_RELAY = "kinward_relay_active"


def _lag(head: str, place: str, applied: str) -> dict[str, str]:
    """The log of one instance, the consumer of two."""
    return {
        _named("kinward_event_log_sequence", service="registry"): head,
        _named(_RELAY, service="registry"): "1x240",
        _stream("sequence"): place,
        _stream("sequence", _OTHER): place,
        _APPLIED: applied,
    }


def _failing(share: str) -> dict[str, str]:
    """One request a minute answered 500 to `share` a minute answered 200."""
    request = _named("kinward_http_request_seconds_count", service="registry", route="/x", method="GET")
    return {f'{request[:-1]}, status="500"}}': "0+1x30", f'{request[:-1]}, status="200"}}': f"0+{share}x30"}


CASES: dict[str, tuple[Case, Case]] = {
    "KinwardProcessDown": (
        Case({_named("up"): "1x4 0x9"}, "10m", _ON, "kz: kz-1 does not answer"),
        Case({_named("up"): "1x4 0 1x9"}, "10m"),
    ),
    "KinwardServerErrors": (
        Case(
            _failing("9"),
            "20m",
            {"deployment": "kz", "service": "registry"},
            "kz: registry fails in more than one request of twenty",
        ),
        Case(_failing("99"), "20m"),
    ),
    "KinwardLogNotPublished": (
        Case(
            {
                _named("kinward_event_log_age_seconds", service="registry"): "0+30x20",
                _named(_RELAY, service="registry"): "1x20",
            },
            "7m",
            dict(_ON) | {"service": "registry"},
            "kz: events of registry wait to be published since 3m 30s",
        ),
        Case(  # a stand-by shows what it saw when it was last elected
            {
                _named("kinward_event_log_age_seconds", service="registry"): "500x20",
                _named(_RELAY, service="registry"): "0x20",
                _named(_RELAY, _OTHER, service="registry"): "1x20",
                _named("kinward_event_log_age_seconds", _OTHER, service="registry"): "0 40x20",
            },
            "7m",
        ),
    ),
    "KinwardNobodyRelays": (
        Case(
            {_named(_RELAY, service="registry"): "1 0x9", _named(_RELAY, _OTHER, service="registry"): "0x9"},
            "5m",
            {"deployment": "kz", "service": "registry"},
            "kz: nobody publishes the events of registry",
        ),
        Case(
            {_named(_RELAY, service="registry"): "1 0x9", _named(_RELAY, _OTHER, service="registry"): "0 0 1x9"}, "5m"
        ),
    ),
    "KinwardTwoRelays": (
        Case(
            {_named(_RELAY, service="registry"): "1x9", _named(_RELAY, _OTHER, service="registry"): "0 1x9"},
            "5m",
            {"deployment": "kz", "service": "registry"},
            "kz: 2 processes publish the events of registry",
        ),
        Case({_named(_RELAY, service="registry"): "1x9", _named(_RELAY, _OTHER, service="registry"): "0 1 0x9"}, "5m"),
    ),
    "KinwardMessagesReturned": (
        Case(
            {_named("kinward_relay_returned_messages_total", service="registry"): "0x4 1x9"},
            "8m",
            {"deployment": "kz", "service": "registry"},
            "kz: events of registry find no inbox",
        ),
        Case({_named("kinward_relay_returned_messages_total", service="reporting"): "0x4 7x9"}, "8m"),
    ),
    "KinwardMessagesNacked": (
        Case(
            {_named("kinward_relay_nacked_messages_total", service="registry"): "0x4 1x9"},
            "8m",
            {"deployment": "kz", "service": "registry"},
            "kz: the broker does not take messages of registry",
        ),
        Case({_named("kinward_relay_nacked_messages_total", service="registry"): "0x4 3x40"}, "30m"),
    ),
    "KinwardEpochBegun": (
        Case(  # the process began with it
            {_named("kinward_event_log_epochs_begun_total", service="registry"): "_x5 1x30"},
            "20m",
            dict(_ON) | {"service": "registry"},
            "kz: the log of registry has begun a new epoch: its database was restored or moved",
        ),
        Case({_named("kinward_event_log_epochs_begun_total", service="registry"): "_x5 1x200"}, "120m"),
    ),
    "KinwardOrphans": (
        Case(
            {_named("kinward_relay_unknown_places_total", service="registry", consumer="reporting"): "_x5 1x30"},
            "20m",
            dict(_ON) | {"service": "registry", "consumer": "reporting"},
            "kz: reporting has events of registry that its log no longer has",
        ),
        Case({_named("kinward_relay_unknown_places_total", service="registry", consumer="reporting"): "2x200"}, "120m"),
    ),
    "KinwardSourceForked": _stopped("forked", "kz: reporting and the log of registry tell different histories"),
    "KinwardSourceUndecodable": _stopped("undecodable", "kz: reporting cannot read a message of registry"),
    "KinwardTooManyParked": _stopped("too-many-parked", "kz: reporting refuses event after event of registry"),
    "KinwardConsumerStopped": (
        Case(
            {_named("kinward_stream_stopped", consumer="reporting"): "0x4 1x9"},
            "10m",
            {"deployment": "kz", "consumer": "reporting"},
            "kz: reporting has stopped consuming",
        ),
        Case({_named("kinward_stream_stopped", consumer="reporting"): "0x4 1 0x9"}, "10m"),
    ),
    "KinwardEventsParked": (
        Case(
            {_stream("parked_events", kind="failed"): "0x4 2x9", _stream("parked_events", kind="blocked"): "0x4 5x9"},
            "10m",
            _of_source(),
            "kz: reporting has put 2 events of registry aside",
        ),
        Case({_stream("parked_events", kind="waiting"): "9x14"}, "10m"),
    ),
    "KinwardWaitingTooLong": (
        Case(
            {_named("kinward_stream_waiting_age_seconds", consumer="reporting"): "0+60x90"},
            "70m",
            {"deployment": "kz", "consumer": "reporting"},
            "kz: an event of reporting waits since 1h 10m 0s for another service's fact",
        ),
        Case({_named("kinward_stream_waiting_age_seconds", consumer="reporting"): "0+60x50 0x40"}, "70m"),
    ),
    "KinwardStreamStuck": (
        Case(_lag("0x4 7x20", "0x4 4x20", "9x24"), "15m", _of_source(), _STUCK),
        Case(_lag("0x4 7+1x20", "0x4 4+1x20", "9+1x24"), "15m"),
    ),
    "KinwardStreamLag": (
        Case(
            _lag("20000x30", "5x30", "0+9x30"),
            "20m",
            _of_source(),
            "kz: reporting is 19995 events behind registry",
        ),
        Case(  # a new epoch has begun; the shadow of a rebuild is far behind by nature
            _lag("20000x10 3x20", "5x10 20000x20", "0+9x30")
            | {_named("kinward_stream_sequence", consumer="reporting-shadow", source="registry"): "0x30"},
            "25m",
        ),
    ),
    "KinwardSourceSilent": (
        Case(
            {_stream("heard_timestamp_seconds"): "0x20", _stream("heard_timestamp_seconds", _OTHER): "30x20"},
            "5m",
            _of_source(),
            "kz: reporting has heard nothing of registry since 4m 30s",
        ),
        Case({_stream("heard_timestamp_seconds"): "0x20", _stream("heard_timestamp_seconds", _OTHER): "0+60x20"}, "5m"),
    ),
    "KinwardCatchUpStorm": (
        Case(
            {_REQUESTS: "0+6x30", _APPLIED: "0+50x30"},
            "15m",
            _of_source(),
            "kz: reporting asks registry again and again and gets little",
        ),
        Case({_REQUESTS: "0+6x30", _APPLIED: "0+100000x30"}, "15m"),
    ),
    "KinwardForeignMessages": (
        Case(
            {_named("kinward_stream_refused_messages_total", consumer="reporting"): "0x4 1x30"},
            "20m",
            dict(_ON) | {"consumer": "reporting"},
            "kz: reporting was sent events of another deployment",
        ),
        Case({_named("kinward_stream_refused_messages_total", consumer="reporting"): "0x4 1x200"}, "120m"),
    ),
    "KinwardTransientErrors": (
        Case(
            {_named("kinward_stream_transient_errors_total", consumer="reporting"): "0+1x30"},
            "20m",
            {"deployment": "kz", "consumer": "reporting"},
            "kz: reporting tries again and again: its database does not let it",
        ),
        Case({_named("kinward_stream_transient_errors_total", consumer="reporting"): "0x4 9x30"}, "20m"),
    ),
    "KinwardIsolation": (
        Case(
            {_stream("isolated_events_total"): "0x4 500x30"},
            "20m",
            dict(_ON) | {"consumer": "reporting", "source": "registry"},
            "kz: reporting ended in the middle of events of registry and takes them one by one",
        ),
        Case({_stream("isolated_events_total"): "0x4 500x200"}, "120m"),
    ),
    "KinwardRebuildLong": (
        Case(
            {_named("kinward_rebuild_running", service="reporting"): "1x200"},
            "130m",
            {"deployment": "kz", "service": "reporting"},
            "kz: the rebuild of reporting has not ended after two hours",
        ),
        Case({_named("kinward_rebuild_running", service="reporting"): "1x100 0 1x100"}, "130m"),
    ),
    "KinwardTimerStopped": (
        Case(
            {
                _named("kinward_timer_failures_total", service="registry", timer="alert-clocks"): "0 1 2 3 4x30",
                _named("kinward_timer_last_run_timestamp_seconds", service="registry", timer="alert-clocks"): "0+60x40",
            },
            "20m",
            {"deployment": "kz", "service": "registry", "timer": "alert-clocks"},
            "kz: the timer alert-clocks of registry does not run to its end",
        ),
        Case(
            {
                _named("kinward_timer_failures_total", service="registry", timer="alert-clocks"): "0x3 1x90",
                _named("kinward_timer_last_run_timestamp_seconds", service="registry", timer="alert-clocks"): "0x90",
                _named(
                    "kinward_timer_last_run_timestamp_seconds", _OTHER, service="registry", timer="alert-clocks"
                ): "0+60x90",
            },
            "75m",
        ),
    ),
    "KinwardUnrepresentedChildren": (
        Case(
            {
                _named("kinward_registry_unrepresented_children", overdue="yes"): "0x4 3x30",
                _named("kinward_registry_unrepresented_children", _OTHER, overdue="yes"): "0x34",
            },
            "20m",
            {"deployment": "kz"},
            "kz: 3 children in care have had no known legal representative for too long",
        ),
        Case(
            {
                _named("kinward_registry_unrepresented_children", overdue="no"): "7x30",
                _named("kinward_registry_unrepresented_children", overdue="yes"): "3x4 0x30",
            },
            "20m",
        ),
    ),
    "KinwardAlarmsWithoutOwner": (
        Case(
            {
                _named("kinward_placements_alarms", which="unowned"): "0x4 2x30",
                _named("kinward_placements_alarms", _OTHER, which="unowned"): "0x34",
            },
            "25m",
            {"deployment": "kz"},
            "kz: 2 alarms about children have no owner, since nobody is on the rota",
        ),
        Case(
            {
                _named("kinward_placements_alarms", which="all"): "9x40",
                _named("kinward_placements_alarms", which="overdue"): "3x40",
                _named("kinward_placements_alarms", which="unowned"): "2x4 0x36",
            },
            "25m",
        ),
    ),
    "KinwardUnknownChildren": (
        Case(
            {_named("kinward_registry_unknown_children"): "0x4 2x30"},
            "20m",
            {"deployment": "kz"},
            "kz: other services speak of 2 children whom registry does not hold",
        ),
        Case({_named("kinward_registry_unknown_children"): "2x4 0x30"}, "20m"),
    ),
    "KinwardUnusualReading": (
        Case(
            {
                _named("kinward_registry_reading_alarms"): "0x4 2x30",
                _named("kinward_registry_reading_alarms", _OTHER): "0x34",
            },
            "20m",
            {"deployment": "kz"},
            "kz: 2 alarms about unusual reading of records wait for an answer",
        ),
        Case({_named("kinward_registry_reading_alarms"): "2x4 0x30"}, "20m"),
    ),
    "KinwardGlassReviewOverdue": (
        Case(
            {_named("kinward_registry_glass_reviews_overdue"): "0x4 1x30"},
            "20m",
            {"deployment": "kz"},
            "kz: 1 emergency accesses were not reviewed in time",
        ),
        Case({_named("kinward_registry_glass_reviews_overdue"): "1x4 0x30"}, "20m"),
    ),
    "KinwardSameChildBehind": (
        Case(
            {
                _named("kinward_matching_due", overdue="yes"): "0x4 7x30",
                _named("kinward_matching_due", _OTHER, overdue="yes"): "0x34",
            },
            "20m",
            {"deployment": "kz"},
            "kz: 7 records have waited for more than a day to be compared with the others",
        ),
        Case(
            {
                _named("kinward_matching_due", overdue="no"): "100000x30",
                _named("kinward_matching_due", overdue="yes"): "7x4 0x30",
            },
            "20m",
        ),
    ),
    "KinwardSameChildStale": (
        Case(
            {_named("kinward_matching_stale"): "9000x200"},
            "130m",
            {"deployment": "kz"},
            "kz: 9000 records are not found by their names until their terms are made anew",
        ),
        Case({_named("kinward_matching_stale"): "9000x100 0x100"}, "130m"),
    ),
}


def as_test(alert: str, case: Case, rule: Mapping[str, Any]) -> dict[str, Any]:
    """A case as promtool's test files have it: exactly this alert with exactly these words, or none."""
    expected = []
    if case.labels is not None:
        annotations = rule["annotations"] | {"summary": case.summary}
        expected = [{"exp_labels": dict(case.labels) | rule["labels"], "exp_annotations": annotations}]
    samples = {_named("up"): "1x240", **case.series}
    return {
        "name": alert,
        "input_series": [{"series": name, "values": values} for name, values in samples.items()],
        "alert_rule_test": [{"alertname": alert, "eval_time": case.at, "exp_alerts": expected}],
    }
