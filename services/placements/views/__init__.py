"""Read-only queries of placements. Never used to decide a write."""
