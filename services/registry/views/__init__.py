"""Read-only queries of registry. Never used to decide a write."""
