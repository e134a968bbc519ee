"""Words of a register that are no code: how often each stands there, and which code may be meant.

A suggestion is never applied by itself: it is shown to be put into a mapping. The words may be anything that stands in
the file, so they are shown only to who asks for values. Not here: mappings (register_mapping).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from services.cli import register_mapping_file
from services.cli.register_errors import LineError
from services.cli.register_mapping import folded
from shared.countries import Pack

MOST_VALUES = 200  # a column, so that a file of another form does not fill the memory
ALIKE = 0.6


@dataclass
class UnknownValues:
    """The values, by column of ours, that are no code or that the mapping does not know."""

    counted: dict[str, Counter[str]] = field(default_factory=dict)

    def note(self, error: LineError) -> None:
        """Count the value if its error is that it is no code."""
        column = error.column.partition(" (")[0]
        if not error.rule.endswith("-known") or not error.value or column not in _CODED:
            return
        values = self.counted.setdefault(column, Counter())
        if error.value in values or len(values) < MOST_VALUES:
            values[error.value] += 1

    def suggestions(self, pack: Pack) -> Iterator[tuple[str, str, int, str]]:
        """Column, value, number of lines, and the code that may be meant; empty where nothing is like it."""
        for column, values in sorted(self.counted.items()):
            words = _words(column, pack)
            for value, count in values.most_common():
                near = get_close_matches(folded(value), words, n=1, cutoff=ALIKE)
                yield column, value, count, words[near[0]] if near else ""


def _words(column: str, pack: Pack) -> Mapping[str, str]:
    """All words for the codes of a column: codes, labels, terms in the pack's languages, names of areas."""
    if column in register_mapping_file.AREAS:
        areas = [(area.code, area.name) for area in pack.areas]
        return {folded(word): code for code, name in areas for word in (code, name)}
    list_name = register_mapping_file.LISTS[column]
    words = {}
    for code, row in pack.codes(list_name).items():
        terms = (pack.term(f"{list_name}/{code}", language) for language in pack.languages)
        words.update({folded(word): code for word in (code, row["label"], *terms)})
    return words


_CODED = frozenset({*register_mapping_file.LISTS, *register_mapping_file.AREAS})
