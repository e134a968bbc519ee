"""How the command line speaks: tables and progress for people, one JSON document for programs, errors with a remedy."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text
from sqlalchemy.exc import OperationalError

from shared.errors import ConfigurationError, KinwardError, Unavailable

Params = ParamSpec("Params")
Answer = TypeVar("Answer")

EXIT_REFUSED = 1
EXIT_INPUT_ERRORS = 3
EXIT_UNAVAILABLE = 75
EXIT_CONFIGURATION = 78

out = Console(highlight=False, soft_wrap=False, markup=False)
err = Console(stderr=True, highlight=False, markup=False)
"""Both print what they are given: a path or a word of a register with brackets in it is no markup."""


def guarded(command: Callable[Params, Answer]) -> Callable[Params, Answer]:
    """Turn Kinward's errors into a message with its remedy and an exit code; any other error stays a traceback."""

    @wraps(command)
    def run(*args: Params.args, **kwargs: Params.kwargs) -> Answer:
        try:
            return command(*args, **kwargs)
        except KinwardError as error:
            complain(error)
            raise SystemExit(exit_code(error)) from None
        except OperationalError:
            lost = Unavailable("The database does not answer.", remedy="Check that it runs and that its URL is right.")
            complain(lost)
            raise SystemExit(EXIT_UNAVAILABLE) from None

    return run


def exit_code(error: KinwardError) -> int:
    """sysexits(3) where one fits: 75 try again, 78 configuration; 1 for a refusal."""
    if isinstance(error, ConfigurationError):
        return EXIT_CONFIGURATION
    return EXIT_UNAVAILABLE if isinstance(error, Unavailable) else EXIT_REFUSED


def complain(error: KinwardError) -> None:
    """Write an error: what, where, which rule, what to do."""
    where = f" ({error.field})" if error.field else ""
    err.print(Text.assemble((error.title, "bold red"), f"{where}: {error.message}"), soft_wrap=True)
    if error.rule:
        err.print(f"  rule:   {error.rule}", soft_wrap=True)
    if error.remedy:
        err.print(f"  remedy: {error.remedy}", soft_wrap=True)


def answer_json(document: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Callable[..., None]]:
    """A progress bar on standard error (without an end where `total` is None); call what it gives with what is done.

    Where the end is learnt later, or moves, it is given with that.
    """
    columns = (
        TextColumn("{task.description:<44}", markup=False), BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err, transient=False) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done, total=None: bar.update(task, completed=done, total=total)
