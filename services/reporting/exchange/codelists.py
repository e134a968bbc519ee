"""UNICEF's code lists, as far as care figures need them: data files with their source, one list a file.

Not here: our own lists (the structure of federation, the country packs).
"""

import csv
import functools
import importlib.resources
from collections.abc import Mapping
from types import MappingProxyType


@functools.cache
def load(name: str) -> Mapping[str, Mapping[str, str]]:
    """A list's rows by code, for instance `load("CL_SEX")`. Raises FileNotFoundError for a list we do not hold."""
    folder = importlib.resources.files(__package__).joinpath("codelists")
    text = folder.joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return MappingProxyType({row["id"]: MappingProxyType(row) for row in csv.DictReader(text.splitlines())})
