"""The domain of the people around a child."""
