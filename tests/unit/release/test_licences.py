"""A package's licence is read from what it states; what is not known is never taken for allowed."""

from dataclasses import dataclass, field
from email.message import Message

import pytest

from release import licence_page, licences, shipped
from release.shipped import Part


@dataclass
class Text:
    """A file of an installed package."""

    name: str
    text: str

    def read_text(self, encoding):
        return self.text


@dataclass
class Package:
    """An installed package, as far as its licence is asked for."""

    metadata: Message
    files: list = field(default_factory=list)


def package(name="tool", text=None, classifiers=(), **stated):
    metadata = Message()
    metadata["Name"] = name
    for key, value in stated.items():
        metadata[key.replace("_", "-")] = value
    for each in classifiers:
        metadata["Classifier"] = f"License :: OSI Approved :: {each}"
    return Package(metadata, [Text("LICENSE.txt", text)] if text else [])


@pytest.mark.parametrize(
    ("given", "expression"),
    [
        ({"License_Expression": "Apache-2.0 OR BSD-3-Clause"}, "Apache-2.0 OR BSD-3-Clause"),
        ({"License": "MIT"}, "MIT"),
        ({"License": "Apache License, Version 2.0"}, "Apache-2.0"),
        ({"License": "UNKNOWN", "classifiers": ["MIT License"]}, "MIT"),
        ({"License": "AGPL-3.0-only"}, "AGPL-3.0-only"),
        (
            {"License": "BSD", "text": "Redistribution is permitted ... used to endorse or\n   promote products"},
            "BSD-3-Clause",
        ),
        ({"classifiers": ["BSD License"], "text": "Redistribution is permitted provided that"}, "BSD-2-Clause"),
        ({"name": "Pyphen"}, licences.DECIDED["pyphen"][0]),
    ],
)
def test_a_licence_is_read_from_what_the_package_states(given, expression):
    assert licences.of(package(**given)) == expression


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"License": "Free for ministries"},
        {"License_Expression": "Kindness-1.0"},
        {"classifiers": ["BSD License"]},
        {"classifiers": ["Other/Proprietary License"]},
    ],
)
def test_what_is_not_understood_is_an_error_and_no_guess(given):
    with pytest.raises(licences.Unknown):
        licences.of(package(**given))


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-2.0-or-later OR MPL-1.1", True),
        ("MIT AND PSF-2.0", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("SSPL-1.0", False),
        ("Elastic-2.0", False),
    ],
)
def test_the_gpl_and_whatever_is_not_on_the_list_may_not_be_shipped(expression, allowed):
    assert licences.may_ship(expression) is allowed


def test_a_duty_to_share_changes_is_told_only_where_there_is_no_way_round_it():
    assert licences.is_weak("MPL-2.0")
    assert licences.is_weak("GPL-2.0-or-later OR MPL-1.1")
    assert not licences.is_weak("MIT OR MPL-2.0")


def test_what_an_extra_brings_is_followed_to_its_end():
    parts = [
        Part("pypi", "telemetry", "1", "MIT", ("pkg:pypi/wire@2", "pkg:pypi/flask@3")),
        Part("pypi", "wire", "2", "MIT", ("pkg:pypi/telemetry@1",)),
        Part("pypi", "pytest", "9", "MIT", ("pkg:pypi/wire@2",)),
    ]
    assert shipped.reached({"telemetry", "flask"}, parts) == {"telemetry", "wire"}
    assert shipped.reached(set(), parts) == set()


def test_all_packages_that_may_not_be_shipped_are_named_at_once():
    parts = [
        Part("pypi", name, "1", licence) for name, licence in (("a", "MIT"), ("b", "GPL-3.0-only"), ("c", "SSPL-1.0"))
    ]
    with pytest.raises(licence_page.Refused, match=r"b 1: GPL-3.0-only; c 1: SSPL-1.0"):
        licence_page.check(parts)
