"""`python -m tests.faults.mutant MUTATION serve ...`: the shipped command with one thing changed (mutations).

Patches as services.__main__ does, before every other import, so that the change meets what production runs.
"""

import sys
import warnings


def main() -> None:
    """Change one thing, then run the command line."""
    mutation = sys.argv.pop(1)
    if "serve" in sys.argv:
        warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")
        import eventlet

        eventlet.monkey_patch(psycopg=False)
    from services.__main__ import main as run
    from tests.faults import mutations

    mutations.apply(mutation)
    run()


if __name__ == "__main__":
    main()
