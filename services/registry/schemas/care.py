"""What the API takes and gives about what registry hears of care and cases elsewhere."""
