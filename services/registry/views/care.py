"""Read-only queries about what registry hears of care and cases elsewhere."""
