"""As alert_cases, for what ends or fills up by itself: certificates, disk, backups, keys."""

from tests.guard.alert_cases import _OTHER, Case, _named

_DAY = 86400
_ENDS = "kinward_certificate_end_timestamp_seconds"
CASES: dict[str, tuple[Case, Case]] = {
    "KinwardCertificateEnds": (
        Case(
            {
                _named(_ENDS, which="KINWARD_AMQP_URI"): f"{20 * _DAY}x30",
                _named(
                    "kinward_certificate_end_timestamp_seconds", _OTHER, which="KINWARD_AMQP_URI"
                ): f"{20 * _DAY}x30",
            },
            "20m",
            {"deployment": "kz", "which": "KINWARD_AMQP_URI"},
            "kz: the certificate of KINWARD_AMQP_URI ends in 19d 23h 40m 0s",
        ),
        Case({_named(_ENDS, which="KINWARD_AMQP_URI"): f"{22 * _DAY}x30"}, "20m"),
    ),
    "KinwardDiskFull": (
        Case(
            {_named("kinward_disk_full_timestamp_seconds", which="databases"): f"{20 * _DAY}x120"},
            "90m",
            {"deployment": "kz"},
            "kz: the databases' disk is full in 19d 22h 30m 0s at the pace of the last month",
        ),
        Case({_named("kinward_disk_full_timestamp_seconds", which="databases"): f"{40 * _DAY}x120"}, "90m"),
    ),
    "KinwardLogGrows": (
        Case(
            {_named("kinward_event_log_size_bytes", service="registry"): "0+30000x383 11520000+60000000x48"},
            "12900m",
            {"deployment": "kz", "service": "registry"},
            "kz: the event log of registry has grown by 2.571GiB in a day",
            every="30m",
        ),
        Case({_named("kinward_event_log_size_bytes", service="registry"): "0+60000000x440"}, "12900m", every="30m"),
    ),
    "KinwardBackupOld": (
        Case(
            {
                _named("kinward_kept_timestamp_seconds", which="taken"): "0x1700",
                _named("kinward_kept_timestamp_seconds", which="verified"): "0x800 48000x900",
            },
            "1650m",
            {"deployment": "kz", "which": "taken"},
            "kz: no backup was taken since 1d 3h 30m 0s",
        ),
        Case({_named("kinward_kept_timestamp_seconds", which="taken"): "0x800 48000x900"}, "1650m"),
    ),
    "KinwardKeysNotCopied": (
        Case(
            {
                _named("kinward_kept_timestamp_seconds", which="keys-written"): "500x1600",
                _named("kinward_kept_timestamp_seconds", which="keys"): "100x1600",
            },
            "1500m",
            {"deployment": "kz"},
            "kz: no copy of the newest keys is recorded",
        ),
        Case(
            {
                _named("kinward_kept_timestamp_seconds", which="keys-written"): "500x1600",
                _named("kinward_kept_timestamp_seconds", which="keys"): "100x60 600x1540",
            },
            "1500m",
        ),
    ),
}
