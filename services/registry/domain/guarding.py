"""The domain of own kin kept out, the glass broken in an emergency, unusual reading noticed."""
