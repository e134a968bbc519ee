"""`python -m tests.faults.mutant MUTATION serve ...`: the shipped command with one thing changed (mutations).

`... MUTATION write SEED COMMITS` is the writer (writing) so. Patches as services.__main__ does, before every other
import, so that the change meets what production runs.
"""

import sys
import warnings


def main() -> None:
    """Change one thing, then run the command line or the writer."""
    mutation = sys.argv.pop(1)
    if sys.argv[1] == "serve":
        warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")
        import eventlet

        eventlet.monkey_patch(psycopg=False)
    from services.__main__ import main as run
    from tests.faults import mutations, writing

    mutations.apply(mutation)
    if sys.argv[1] == "write":
        writing.main(*sys.argv[2:])
    else:
        run()


if __name__ == "__main__":
    main()
