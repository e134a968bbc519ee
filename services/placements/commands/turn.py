"""What can be asked about what time brings: the day's turn."""
