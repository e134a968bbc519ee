"""Read-only queries about missing children."""
