"""What an address shows of itself, whatever it is: the watch over all addresses goes on. Real: test_doctor_settings."""

from services.cli.doctor import certificates
from services.cli.doctor.certificates import Endpoint, Seen


def test_a_certificate_that_cannot_be_read_is_told_like_none(monkeypatch):
    monkeypatch.setattr(certificates, "_shown", lambda endpoint, context: b"no certificate")
    assert certificates.look(Endpoint("KINWARD_URL", "kinward.example", 443)) == Seen(None, "ValueError")
