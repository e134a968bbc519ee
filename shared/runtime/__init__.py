"""A deployment as one process sees it (deployment), and that process's life from start to drain (process)."""
