"""Pages are compressed where the browser takes it, so that a full list is no burden on a slow line.

What is compressed tells by its length whether a guess stands in it (BREACH). So a page that another site asked for,
which alone could put its guesses into the address, goes out as it is, and the token of a page's forms is spelled anew
in every answer (form_tokens). Not here: files that are no secret (static_files), answers made while they are sent.
"""

import gzip

from flask import Flask, Response, request

FROM = 1_000
"""Bytes; below it the line carries a page in one piece either way."""
LEVEL = 5
OTHERS = frozenset({"cross-site", "same-site"})


def register(app: Flask) -> None:
    """Compress pages of `app`; to be called before whatever else changes an answer, since it then comes last."""
    app.after_request(_packed)


def taken() -> bool:
    """Whether the browser takes gzip."""
    return request.accept_encodings.quality("gzip") > 0


def _packed(response: Response) -> Response:
    if response.mimetype != "text/html" or response.is_streamed or response.direct_passthrough:
        return response
    response.vary.update(("Accept-Encoding", "Sec-Fetch-Site"))
    if request.headers.get("Sec-Fetch-Site") in OTHERS or not taken() or "Content-Encoding" in response.headers:
        return response
    page = response.get_data()
    if len(page) >= FROM:
        response.set_data(gzip.compress(page, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
