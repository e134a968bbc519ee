"""What can be asked about missing children."""
