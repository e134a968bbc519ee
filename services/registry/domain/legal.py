"""The domain of a child's legal status and consents."""
