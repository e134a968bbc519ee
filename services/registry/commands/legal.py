"""What can be asked about a child's legal status and consents."""
