"""What the API takes and gives about missing children."""
