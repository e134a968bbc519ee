"""`kinward doctor`: everything that can be wrong with a deployment, and its remedy. Nothing here changes anything.

Each check is a function over a Patient (patient), which yields what it found (finding); modules gather those of one
kind. Not here: the command (doctor_commands), what is watched all the time (deploy/monitoring).
"""
