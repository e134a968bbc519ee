"""Rows written by COPY, and in a process with green threads, where psycopg2 refuses COPY."""

import psycopg2.extensions
import psycopg2.extras
import pytest

from tests.integration.registered import child_of, child_with_key, found


@pytest.fixture(params=["blocking", "green"])
def process(request):
    """A process as an import has it, and as one that serves has it."""
    if request.param == "green":
        psycopg2.extensions.set_wait_callback(psycopg2.extras.wait_select)
    yield
    psycopg2.extensions.set_wait_callback(None)


def test_a_child_is_registered_in_a_process_of_either_kind(process, registrar):
    child, own = child_with_key(registrar)
    assert found(registrar, own) == [str(child)]
    assert registrar.get(f"/children/{child_of(registrar)}").status_code == 200
