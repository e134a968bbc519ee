"""docs/asyncapi.json is AsyncAPI 3.0 by AsyncAPI's own schema, and its examples are events that our reader takes."""

import copy
import json

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from services.cli import asyncapi, documents
from shared import countries, envelope
from tests.guard.project import ROOT

SPECIFICATION = ROOT / "build/assets/node_modules/@asyncapi/specs/schemas/3.0.0.json"


@pytest.fixture(scope="module")
def catalogues():
    return [documents.catalogue(service) for service in documents.SERVICES]


@pytest.fixture(scope="module")
def document(catalogues):
    return asyncapi.document(catalogues, countries.load("_base", ROOT / "countries"))


@pytest.fixture(scope="module")
def specification():
    assert SPECIFICATION.is_file(), "AsyncAPI's schema is not there: make assets"
    return Draft7Validator(json.loads(SPECIFICATION.read_text(encoding="utf-8")))


def test_the_document_is_the_one_in_docs(document):
    assert json.loads((ROOT / "docs/asyncapi.json").read_text(encoding="utf-8")) == document


def test_asyncapis_own_schema_accepts_it_and_sees_what_is_amiss(document, specification):
    assert [f"{each.json_path}: {each.message[:200]}" for each in specification.iter_errors(document)] == []
    broken = copy.deepcopy(document)
    broken["operations"]["registry-tells"]["action"] = "shout"
    assert not specification.is_valid(broken)


def test_every_published_type_has_its_channel_message_and_example(document, catalogues):
    for catalogue in catalogues:
        told = document["channels"][catalogue.service]["messages"]
        assert set(told) == set(catalogue.types()) == set(catalogue.json_schemas())
    published = {type_ for catalogue in catalogues for type_ in catalogue.types()}
    assert set(document["components"]["messages"]) == published
    assert [name for name, each in document["components"]["messages"].items() if not each["examples"]] == []


def misfit(document, name):
    """What the schema of a message has against its own examples."""
    message = document["components"]["messages"][name]
    payload = Draft202012Validator({**message["payload"], "components": document["components"]})
    headers = Draft202012Validator({**message["headers"], "components": document["components"]})
    for each in message["examples"]:
        yield from (error.message for error in payload.iter_errors(each["payload"]))
        yield from (error.message for error in headers.iter_errors(each["headers"]))


def test_every_example_fits_its_schema_and_is_read_by_our_reader(document):
    for name, message in document["components"]["messages"].items():
        assert list(misfit(document, name)) == [], name
        (event,) = envelope.decode_batch(json.dumps(message["examples"][0]["payload"]).encode())
        assert event.type == name
    broken = copy.deepcopy(document)
    name = "registry.child-registered.v1"
    broken["components"]["messages"][name]["examples"][0]["payload"][0]["data"].pop("sex")
    assert list(misfit(broken, name)) == ["'sex' is a required property"]
