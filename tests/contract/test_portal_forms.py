"""The portal's forms say what the APIs take: every field that a form maps exists in the API's description."""

import json
from pathlib import Path

import pytest

from services.portal import forms_amending
from services.portal import forms_children as forms

ROOT = Path(__file__).parents[2]
SEARCH = "SearchChildren"
FORMS = [
    (forms.FindForm, "registry", SEARCH),
    (forms.RegisterForm, "registry", "RegisterChild"),
    (forms_amending.AmendForm, "registry", "AmendChild"),
]


def description(service):
    return json.loads((ROOT / "docs" / "api" / f"{service}.json").read_text(encoding="utf-8"))["components"]["schemas"]


def resolved(schemas, schema):
    """The schema behind references, choices and lists."""
    while True:
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
        elif "items" in schema:
            schema = schema["items"]
        elif nested := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
            schema = next(each for each in nested if each.get("type") != "null")
        else:
            return schema


def at(schemas, name, path):
    found = schemas[name]
    for part in path.split("."):
        found = resolved(schemas, found)["properties"][part]
    return found


@pytest.mark.parametrize(("form", "service", "name"), FORMS)
def test_every_field_that_a_form_maps_is_one_of_the_api_and_of_the_form(form, service, name):
    schemas = description(service)
    for path, field in form.API.items():
        asked = SEARCH if path.startswith("likeness.") else name  # before a child is registered, it is searched for
        assert at(schemas, asked, path), path
        assert hasattr(form, field), field


def test_what_the_api_must_have_of_a_child_the_form_asks_for():
    schemas = description("registry")
    for name, prefix in (("RegisterChild", ""), ("Identity", "identity."), ("Birth", "identity.birth.")):
        for part in schemas[name].get("required", ()):
            mapped = [path for path in forms.RegisterForm.API if path.startswith(f"{prefix}{part}")]
            assert mapped, f"{prefix}{part}"
