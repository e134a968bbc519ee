"""Technical code that the services share. A word of child care in here is a bug."""
