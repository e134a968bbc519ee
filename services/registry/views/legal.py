"""Read-only queries about a child's legal status and consents."""
