"""The process that prints: HTML on standard input, PDF on standard output. It may load nothing and has limits."""

import resource
import sys
from typing import Any, NoReturn

MEMORY = 2 * 1024**3
CPU_SECONDS = 100


def refuse(url: str, *_: Any, **__: Any) -> NoReturn:
    """No page of ours refers to anything."""
    raise ValueError("nothing is loaded")


def main() -> None:
    """Print one page."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    from weasyprint import HTML

    page = sys.stdin.buffer.read().decode("utf-8")
    sys.stdout.buffer.write(HTML(string=page, url_fetcher=refuse).write_pdf() or b"")


if __name__ == "__main__":
    main()
