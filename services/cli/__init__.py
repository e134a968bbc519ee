"""The `kinward` commands that span services: the register import, the demo, and what composes the services' own.

The only room that may import several services. Owns no table and publishes no event; it never changes a service's data
but through that service's handlers.
"""
