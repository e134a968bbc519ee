"""What the API takes and gives about two records of one child made one, and undone."""
