"""The two registers of invented children that the demo imports: published totals, everything else drawn at random.

Not here: the import itself and the demo's processes. Nothing in the services knows that a register was invented.
"""
