"""The `kinward` command: patches for `serve` only, before every other import, then hands over to services.cli.

A process that consumes events keeps psycopg2 as it is, because green psycopg2 refuses COPY; one that only serves HTTP
makes it green (docs/architecture.md).
"""

import gc
import sys

# A batch makes tens of thousands of objects that live until its commit; with Python's usual 700 the collector looks at
# them over and over, a fifth of the time of an import (docs/decisions/0001-foundation.md).
OBJECTS_BETWEEN_COLLECTIONS = 50_000


def main() -> None:
    """Run the command line."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 50)
    if sys.argv[1:2] == ["serve"]:
        import warnings

        # eventlet's leaving is decided and prepared (docs/architecture.md); its reminder at every start helps nobody.
        warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")
        import eventlet

        only_web = "--only" in sys.argv and sys.argv[sys.argv.index("--only") + 1 :][:1] == ["web"]
        # `all` is said: without it, one True among the flags would leave everything else unpatched.
        eventlet.monkey_patch(all=True, psycopg=only_web)
    from services.cli import app

    app.run()


if __name__ == "__main__":
    main()
