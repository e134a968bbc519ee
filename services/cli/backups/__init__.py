"""`kinward backup` and `kinward restore`: all databases of a deployment into one sealed file, and back; keys apart."""
