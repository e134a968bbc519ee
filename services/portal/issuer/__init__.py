"""The portal's own issuer: accounts, sign-ins and their end, in a database of its own.

Belongs here: who has an account, how they prove who they are, which sign-ins there are. Not here: pages (portal.pages),
what a role allows (shared.auth), and anything of a child.
"""
