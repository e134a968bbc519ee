"""docs/doctor.md: every check with what it looks at, what is noticed, and what mends it. Not here: the checks."""

from collections.abc import Callable, Iterable, Sequence

from services.cli.doctor.examining import CHECKS
from services.cli.doctor.finding import Group

ABOUT = """
    kinward doctor --deployment kz
    kinward doctor --only migrations --json

`kinward doctor` looks at everything below and changes nothing: it reads in read-only transactions, asks the broker for
queues by their names, and sends nobody a message. It works when half of the deployment is down. Each check is `ok`;
`wrong`, with what mends it; a `note`, worth knowing and nobody's fault; `unknown`, where it could not be looked at,
with the reason; or `not here`. The exit code is 1 where anything is wrong, else 0. Mend from the top: what stands below
is often a consequence.

    kinward doctor --bundle support.tar.gz --log kinward.log

writes an archive for support: the answers, versions, which settings are set, revisions, counts, and the last lines of
logs. It holds no personal data, by allow-list: numbers, and words that the program itself knows; of a setting that it
is set, of an address its scheme, of a log line one of the program's own messages. Names, ids, references, addresses,
accounts and paths are withheld, whatever place they stand in. It is still yours to look through before you send it.
"""
Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]


def page(generated: str, table: Table) -> str:
    """The page."""
    parts = ["# Doctor\n\n", generated, ABOUT]
    for group in Group:
        rows = [
            (f"`{check.id}`", check.looks_at, check.symptom, check.remedy) for check in CHECKS if check.group is group
        ]
        if rows:
            parts.append(f"\n## {str(group).capitalize()}\n\n")
            parts.append(table(("check", "looks at", "symptom", "remedy"), rows))
    return "".join(parts)
