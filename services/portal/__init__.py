"""portal: the pages that people work with. Server-rendered; every page works without JavaScript.

owns       accounts and sign-ins, where a deployment has no OpenID provider (issuer)
publishes  nothing
consumes   nothing: it is a client of the services' HTTP APIs with the signed-in person's token
never      keeps data of a child, imports another service, or offers what an API refuses
"""
