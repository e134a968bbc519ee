"""The services of a Kinward deployment, and the command that runs them."""
