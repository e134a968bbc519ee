"""The figures pages: aggregates as tables whose rows carry their bars. Rendered on the server, without any script.

wording   numbers, names and notes as people read them
country   the figures of one deployment and period
hub       countries side by side
routes    the addresses

Not here: counting, access to figures of single children (there is none), the portal.
"""
