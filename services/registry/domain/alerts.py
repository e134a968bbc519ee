"""The domain of missing children."""
