"""Marks around a draft, and around words in another language than the page's, until the page is complete.

A text may end in a paragraph or in an attribute, and only the finished page tells. So each is put between two code
points that no text has, and these become elements where HTML takes one and vanish where it does not.
"""

import re

DRAFT, FOREIGN, CODE_END, END = "\ufdd0", "\ufdd1", "\ufdd3", "\ufdd2"
ANY = re.compile(f"{FOREIGN}[A-Za-z-]*{CODE_END}|[{DRAFT}{END}]")
TAG = re.compile(r"""(<!--.*?-->|<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>)""", re.DOTALL)
NAME = re.compile(r"<(/?)([a-zA-Z0-9]+)")
WORDS_ONLY = frozenset({"title", "option", "textarea", "script", "style"})
"""Elements that hold text and no elements."""

RIGHT_TO_LEFT = frozenset({"ur", "ar", "ps", "fa", "sd"})


def draft(text: str) -> str:
    """A text that nobody has reviewed."""
    return f"{DRAFT}{text}{END}"


def foreign(text: str, language: str) -> str:
    """A text in another language than the page's."""
    return f"{FOREIGN}{language}{CODE_END}{text}{END}"


def strip(text: str) -> str:
    """Without marks."""
    return ANY.sub("", text)


def to_elements(page: str) -> str:
    """A page whose marks are elements; all are dropped where they do not pair, as in words cut short."""
    if not ANY.search(page):
        return page
    parts, inside, depth = TAG.split(page), None, 0
    made: list[str] = []
    for at, part in enumerate(parts):
        if at % 2:
            inside = _inside(part, inside)
            made.append(strip(part))
        elif inside:
            made.append(strip(part))
        else:
            depth += part.count(DRAFT) + part.count(FOREIGN) - part.count(END)
            made.append(ANY.sub(_element, part))
    return "".join(made) if depth == 0 else strip(page)


def _inside(tag: str, inside: str | None) -> str | None:
    found = NAME.match(tag)
    if not found:
        return inside
    name = found[2].lower()
    if found[1]:
        return None if name == inside else inside
    return name if inside is None and name in WORDS_ONLY else inside


def _element(mark: re.Match[str]) -> str:
    if mark[0] == DRAFT:
        return "<span data-draft>"
    if mark[0] == END:
        return "</span>"
    language = mark[0][1:-1]
    return f'<span lang="{language}" dir="{"rtl" if language in RIGHT_TO_LEFT else "ltr"}">'
