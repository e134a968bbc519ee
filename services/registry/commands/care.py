"""What can be asked about what registry hears of care and cases elsewhere."""
