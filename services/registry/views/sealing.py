"""Read-only queries about sealed and erased records, and who was told of either."""
