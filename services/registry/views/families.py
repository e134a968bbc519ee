"""Read-only queries about the people around a child."""
