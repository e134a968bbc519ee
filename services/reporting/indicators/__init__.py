"""The figures engine: facts and definitions in, figures and findings out. Standard library only, no I/O.

Counting follows the rules F1 to F29 (docs/indicators.md names each where it is applied) and is the same in every
country; a pack maps its terms through code lists and adds definitions, it does not change counting.

facts           what goes in and what comes out
classification  national codes -> care form, level, destination
age             birth estimates, birthdays, age bands
timeline        care episodes of one child -> spells, the state of each day
movements       changes of state -> entries, exits, moves, with their destination
definition      what an indicator is, read from CSV rows
tally           movements and states of all children -> counts by cell
denominators    which population belongs under a rate
figures         definitions and counts -> figures
identities      what must add up before a period can close
engine          evaluate(): all of it, one pass over the children

Not here: tables, projections, the life of a return, disclosure control, exchange formats.
"""
