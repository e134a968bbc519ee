"""What can be asked about the people around a child."""
