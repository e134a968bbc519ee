"""How a release is made: reproducible packages, the list of what they bring, its licences, where they come from.

Belongs here: what `make dist` and the page of licences need. Not here: anything that runs in a
deployment; this folder is in no wheel.
"""
