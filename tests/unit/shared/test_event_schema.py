from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

import jsonschema
import marshmallow
import pytest

from shared.errors import ConfigurationError, Invalid
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
)


class Book:
    def has(self, list_name, code):
        return (list_name, code) == ("sex", "F")

    def has_area(self, code):
        return code == "KZ-75"


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class ThingMade:
    thing: UUID
    day: date = date(2011, 10, 31)
    count: int = 2
    known: bool | None = None
    colour: str = "red"
    sex: str = "F"
    area: str = "KZ-75"
    month: str = "2011-10"
    others: tuple[UUID, ...] = (UUID(int=2),)
    from_: date = date(2011, 1, 1)


class ThingMadeV1(EventSchema):
    """A thing was made."""

    type = "things.thing-made.v1"
    fact = ThingMade
    subject = "thing"
    thing = Id()
    day = Day(internal=True)
    count = Whole()
    known = Flag(optional=True)
    colour = OneOf("red", "blue")
    sex = Code("sex")
    area = AreaCode()
    month = YearMonth()
    others = ListOf(Id())
    from_ = Day()


catalogue = Catalogue("things", ThingMadeV1)


def test_a_fact_becomes_type_subject_and_data():
    assert catalogue.encode(ThingMade(thing=UUID(int=1), colour=Colour.RED), Book()) == (
        "things.thing-made.v1",
        UUID(int=1),
        {
            "thing": str(UUID(int=1)),
            "day": "2011-10-31",
            "count": 2,
            "known": None,
            "colour": "red",
            "sex": "F",
            "area": "KZ-75",
            "month": "2011-10",
            "others": [str(UUID(int=2))],
            "from": "2011-01-01",
        },
    )


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("thing", str(UUID(int=1)), "uuid"),
        ("thing", None, "uuid"),
        ("day", "2011-10-31", "date"),
        ("day", datetime(2011, 10, 31, tzinfo=UTC), "date"),
        ("count", True, "whole-number"),
        ("count", 1.0, "whole-number"),
        ("known", 1, "flag"),
        ("colour", "green", "one-of"),
        ("sex", "X", "code:sex"),
        ("sex", None, "code:sex"),
        ("area", "KZ-10", "area"),
        ("month", "2011-13", "year-month"),
        ("others", UUID(int=2), "list"),
        ("others", ["Aizhan"], "uuid"),
    ],
)
def test_a_wrong_value_names_field_and_rule_and_is_not_quoted(field, value, rule):
    with pytest.raises(Invalid) as refused:
        catalogue.encode(ThingMade(**({"thing": UUID(int=1)} | {field: value})), Book())
    assert (refused.value.field, refused.value.rule) == (field, rule)
    assert "Aizhan" not in str(refused.value)


def test_a_fact_that_is_not_in_the_catalogue_is_refused():
    with pytest.raises(ConfigurationError):
        catalogue.encode(object(), Book())


@pytest.mark.parametrize(
    "field",
    [
        marshmallow.fields.String(),
        marshmallow.fields.Dict(),
        marshmallow.fields.Nested(ThingMadeV1),
        marshmallow.fields.UUID(),
        marshmallow.fields.Raw(),
    ],
)
def test_a_schema_with_a_field_that_can_hold_text_does_not_come_into_being(field):
    with pytest.raises(ConfigurationError):
        type(
            "Named",
            (EventSchema,),
            {"type": "things.thing-named.v1", "fact": ThingMade, "subject": "thing", "thing": field},
        )


def test_a_list_of_text_does_not_come_into_being():
    with pytest.raises(ConfigurationError):
        ListOf(marshmallow.fields.String())


def test_a_field_type_of_ones_own_making_is_refused():
    class Name(Id):
        pass

    with pytest.raises(ConfigurationError):
        type("Named", (EventSchema,), {"type": "things.a-b.v1", "fact": ThingMade, "subject": "thing", "thing": Name()})


@pytest.mark.parametrize("change", [{"type": "ThingMade"}, {"subject": "nobody"}, {"fact": int}, {"nothing": Flag()}])
def test_a_schema_that_does_not_fit_its_fact_is_refused(change):
    attributes = {"type": "things.thing-made.v2", "fact": ThingMade, "subject": "thing", "thing": Id()} | change
    with pytest.raises(ConfigurationError):
        type("Odd", (EventSchema,), attributes)


def test_a_catalogue_holds_only_its_own_service_and_each_type_once():
    with pytest.raises(ConfigurationError):
        Catalogue("others", ThingMadeV1)
    with pytest.raises(ConfigurationError):
        Catalogue("things", ThingMadeV1, ThingMadeV1)
    assert catalogue.types() == ["things.thing-made.v1"]
    assert catalogue.schema("things.thing-made.v1") is ThingMadeV1


def test_the_json_schema_accepts_what_is_emitted_and_marks_what_is_internal():
    schema = catalogue.json_schemas()["things.thing-made.v1"]
    jsonschema.Draft202012Validator.check_schema(schema)
    data = catalogue.encode(ThingMade(thing=UUID(int=1)), Book())[2]
    jsonschema.validate(data, schema)
    assert set(schema["required"]) == set(data)
    assert schema["properties"]["day"]["x-internal"] is True
    assert schema["properties"]["sex"]["x-code-list"] == "sex"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data | {"colour": "green"}, schema)
