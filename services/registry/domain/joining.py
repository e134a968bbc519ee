"""The domain of two records of one child made one, and undone."""
