"""Invented children recorded twice, in the writings of eleven languages, with the truth of who is whom.

The names (names/*.csv, written by hand as people and papers write them), who is born to whom (families), how each
people makes a full name of them (peoples), what happens to a record that is made a second time (changes), which
languages and writings meet in one register (registers); and what is measured over it (measuring, reading, by_splink).
Nothing here reads the tables by which services/registry compares names: what is measured is not made with itself.

names/unseen/*.csv were written after those tables, without a look at them. They say something as long as nobody changes
the tables for what they show; whoever does has to write others.
"""
