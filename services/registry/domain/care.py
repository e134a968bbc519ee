"""The domain of what registry hears of care and cases elsewhere."""
