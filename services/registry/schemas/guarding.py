"""What the API takes and gives about own kin kept out, the glass broken in an emergency, unusual reading noticed."""
