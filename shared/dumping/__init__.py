"""PostgreSQL's own dumps of a database: its programs found, a dump as a stream, a stream read back.

Not here: where a dump goes (sealed), which databases there are.
"""
