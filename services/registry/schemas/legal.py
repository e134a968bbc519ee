"""What the API takes and gives about a child's legal status and consents."""
