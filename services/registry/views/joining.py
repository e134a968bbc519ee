"""Read-only queries about two records of one child made one, and undone."""
