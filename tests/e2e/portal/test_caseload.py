"""The demonstration's small caseload: made once, and making it again changes nothing."""

from contextlib import closing

import pytest

from services.cli.demo import caseload
from services.cli.demo.cast import Cast
from shared import config

pytestmark = pytest.mark.browser


def test_every_person_of_the_demonstration_finds_work_and_making_it_again_changes_nothing(rig):
    deployment = rig.deployment
    settings = config.load(deployment.id, {"KINWARD_HOME": str(deployment.home)})
    with closing(Cast(settings, deployment.address, deployment.settle)) as cast:
        belongs = caseload.make(cast)
        before = cast.read("gatekeeper", "/placements/gatekeeping?limit=200")["items"]
        assert caseload.make(cast) == belongs
        assert cast.read("gatekeeper", "/placements/gatekeeping?limit=200")["items"] == before
        states = {each["status"] for each in before}
        assert {"requested", "screened", "options_recorded", "recommended", "decided"} <= states
        alarms = cast.read("duty_officer", "/placements/alarms?limit=200")["items"]
        assert "demo-gatekeeper" in {each["owner"] for each in alarms}
        assert cast.read("gatekeeper", "/placements/breaches?limit=200")["items"]
        assert cast.read("registrar", "/registry/matching/pairs?limit=200")["items"]
        assert cast.read("panel_member", "/placements/gatekeeping/agenda")["items"]
        assert cast.read("social_worker", "/placements/gatekeeping")["items"]
