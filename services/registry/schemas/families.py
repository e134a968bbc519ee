"""What the API takes and gives about the people around a child."""
