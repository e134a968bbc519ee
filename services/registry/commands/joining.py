"""What can be asked about two records of one child made one, and undone."""
