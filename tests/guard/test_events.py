"""What events may say: kinds and names of fields, names of types; and that consumers read what producers tell."""

import ast
import inspect
import json
import re
import textwrap

import pytest

from services.cli import documents
from services.cli.composition import CONSUMES
from shared.event_schema import (
    AreaCode,
    Catalogue,
    Code,
    Day,
    EventSchema,
    Flag,
    Id,
    ListOf,
    OneOf,
    Whole,
    YearMonth,
    fields_of,
)
from tests.guard.project import SERVICES, module, parts

KINDS = (Id, Day, Whole, Flag, OneOf, Code, AreaCode, YearMonth, ListOf)
TYPE = re.compile(r"(?P<service>[a-z_]+)\.[a-z]+(-[a-z]+)*-(?P<participle>[a-z]+)\.v[1-9][0-9]*")
IRREGULAR = {"withdrawn", "begun", "heard", "found", "sent", "held", "left", "lost", "met", "given", "taken"}
IRREGULAR |= {"overdue", "age", "approaching"}
IRREGULAR |= {"up", "down", "care"}  # followed up, broken down, came of age in care
# Words of which no field's name is made: what such a field would hold stays where it was written.
WORDS = {"name", "names", "surname", "patronymic", "given", "family", "text", "note", "notes", "comment", "remark"}
WORDS |= {"description", "address", "street", "phone", "email", "document", "identifier", "passport", "title", "label"}
BIRTH = re.compile(r"birth|born|^dob$|^age$")


@pytest.fixture(scope="module")
def schemas():
    """Every event schema by its type."""
    return {type_: each.schema(type_) for each in catalogues().values() for type_ in each.types()}


def catalogues():
    return {service: documents.catalogue(service) for service in SERVICES}


def other_kinds(schema):
    """Fields of no allowed kind, also within lists."""
    fields = fields_of(schema).items()
    return [
        name for name, field in fields if type(getattr(field, "item", field)) not in KINDS or type(field) not in KINDS
    ]


def wordy(schema):
    """Fields that are called like a name or a text."""
    return [name for name in fields_of(schema) if WORDS & set(name.split("_"))]


def birth_told(schema):
    """Fields that tell of a birth and may leave the deployment."""
    return [name for name, field in fields_of(schema).items() if BIRTH.search(name) and not field.internal]


def misnamed(types):
    found = []
    for type_ in types:
        match = TYPE.fullmatch(type_)
        past = match and (match["participle"].endswith("ed") or match["participle"] in IRREGULAR)
        if not past or match["service"] not in SERVICES:
            found.append(type_)
    return found


def test_every_service_publishes_something(schemas):
    assert {type_.split(".")[0] for type_ in schemas} == set(SERVICES)


def test_events_hold_ids_days_numbers_flags_and_codes_alone(schemas):
    assert {type_: found for type_, schema in schemas.items() if (found := other_kinds(schema))} == {}


def test_no_field_is_called_like_a_name_or_a_text(schemas):
    assert {type_: found for type_, schema in schemas.items() if (found := wordy(schema))} == {}


def test_what_is_told_of_a_birth_stays_in_the_deployment(schemas):
    assert {type_: found for type_, schema in schemas.items() if (found := birth_told(schema))} == {}


def test_types_are_called_after_what_happened(schemas):
    assert misnamed(schemas) == []
    bad = ["registry.child.v1", "registry.register-child.v1", "post.parcel-posted.v1", "registry.child-registered.v0"]
    assert misnamed(bad) == bad


def test_the_guards_see_an_event_that_says_too_much():
    class _Told(EventSchema):
        child = Id()
        family_name = OneOf("a", "b")
        born_on = Day()
        born_from = Day(internal=True)
        month = YearMonth()

    assert wordy(_Told) == ["family_name"]
    assert birth_told(_Told) == ["born_on"]
    assert other_kinds(_Told) == []
    with pytest.raises(Exception, match="no field an event may have"):
        exec(  # a class body of its own: the schema refuses when the class is made
            "from marshmallow import fields\nclass Leak(EventSchema):\n    words = fields.String()",
            {"EventSchema": EventSchema},
        )


@pytest.mark.parametrize("service", SERVICES)
def test_every_fact_that_the_domain_records_is_an_event(service):
    """A frozen dataclass of the domain that is handed to record() without a schema would stop a commit."""
    known = {schema.fact.__name__ for schema in map(catalogues()[service].schema, catalogues()[service].types())}
    files = parts(service, "domain")
    recorded = set()
    for each in files:
        for node in ast.walk(ast.parse(inspect.getsource(each))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record":
                recorded |= {
                    arg.func.id for arg in node.args if isinstance(arg, ast.Call) and isinstance(arg.func, ast.Name)
                }
    assert recorded - known == set()


def listened_to(service):
    """The handlers of a service by the event type that they hear."""
    return getattr(module(service, "handlers"), "CONSUMED", {})


def unpublished(types, published):
    return sorted(set(types) - set(published))


def read_fields(handler):
    """The names of data that a handler reads: event.data["area"], event.data.get("to"), and through its own helpers."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(handler)))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and _is_data(node.value) and isinstance(node.slice, ast.Constant):
            found.add(node.slice.value)
        elif isinstance(node, ast.Call) and _is_data_get(node.func) and isinstance(node.args[0], ast.Constant):
            found.add(node.args[0].value)
    return found


def _is_data_get(function):
    return isinstance(function, ast.Attribute) and function.attr == "get" and _is_data(function.value)


def _is_data(node):
    return (isinstance(node, ast.Attribute) and node.attr == "data") or (
        isinstance(node, ast.Name) and node.id == "data"
    )


def misread(handlers, schemas):
    """(type, field) that a handler reads and the event does not say."""
    found = []
    for type_, handler in handlers.items():
        says = {field.data_key for field in fields_of(schemas[type_]).values()}
        found += [(type_, name) for name in sorted(read_fields(handler) - says)]
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_listens_to_is_published_by_a_service_it_consumes(service, schemas):
    types = listened_to(service)
    assert unpublished(types, schemas) == []
    assert {type_.split(".")[0] for type_ in types} <= set(CONSUMES[service])
    assert bool(types) or service == "reporting"  # it projects whole runs
    assert unpublished(["registry.child-forgotten.v1"], schemas) == ["registry.child-forgotten.v1"]


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_handler_reads_is_what_the_event_says(service, schemas):
    assert misread(listened_to(service), schemas) == []


def test_the_guard_sees_a_field_that_is_not_there(schemas):
    def note_child(uow, event):
        uow.note(event.data["area"], event.data["nickname"], event.data.get("shoe_size"))

    type_ = "registry.child-registered.v1"
    assert misread({type_: note_child}, schemas) == [(type_, "nickname"), (type_, "shoe_size")]


class Noting(dict):
    """The data of an event that notes what is asked of it in vain."""

    def __init__(self, schema):
        super().__init__({field.data_key: None for field in fields_of(schema).values()})
        self.in_vain = []

    def get(self, key, default=None):
        return super().get(key, default) if key in self else self.__missing__(key)

    def __missing__(self, key):
        self.in_vain.append(key)


def asked_in_vain(says, schemas):
    """(type, field) that a projection reads and the event does not say."""
    found = []
    for type_, row_of in says.items():
        data = Noting(schemas[type_])
        row_of(data)
        found += [(type_, name) for name in data.in_vain]
    return found


def test_what_the_projections_read_is_what_the_events_say(schemas):
    says = module("reporting", "projections").SAYS
    assert unpublished(says, schemas) == []
    assert {type_.split(".")[0] for type_ in says} == set(CONSUMES["reporting"])
    assert asked_in_vain(says, schemas) == []
    type_ = "registry.child-registered.v1"
    bad = {type_: lambda data: (data["child"], data["nickname"], data.get("shoe_size"))}
    assert asked_in_vain(bad, schemas) == [(type_, "nickname"), (type_, "shoe_size")]


def test_the_documents_are_fresh():
    assert documents.stale(documents.DOCS, documents.generate()) == [], "run: kinward docs write"


def test_the_guard_sees_a_stale_a_missing_and_a_superfluous_document(tmp_path):
    (tmp_path / "events").mkdir()
    for name, content in (("a.json", "new"), ("b.json", "old"), ("gone.json", "x")):
        (tmp_path / "events" / name).write_text(content, encoding="utf-8")
    pages = {"events/a.json": "new", "events/b.json": "new", "states.md": "new"}
    assert documents.stale(tmp_path, pages) == ["events/b.json", "events/gone.json", "states.md"]


def test_the_documents_mark_what_is_internal():
    pages = documents.generate(["registry"])
    schema = json.loads(pages["events/registry.child-registered.v1.json"])
    assert schema["properties"]["born_from"]["x-internal"] is True
    assert "x-internal" not in schema["properties"]["area"]
    assert "`born_from` day, or null, *internal*" in pages["events/README.md"]


def test_an_empty_catalogue_makes_a_page_without_events():
    assert "## toys" in documents.events_page([Catalogue("toys")])
