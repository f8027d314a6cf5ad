"""Text that is the same for everybody goes compressed over the net: the ballot page and its files.

Nothing else does: in a page that holds a secret beside what somebody else chose, the length of the
compressed text would tell the secret.
"""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

_SAME_FOR_EVERYBODY = ("/static/", "/ballot/")
_TEXT = frozenset(
    {"text/html", "text/css", "text/javascript", "application/json", "image/svg+xml", "text/plain"}
)
_WORTH_IT_BYTES = 600


def init_app(app: Flask) -> None:
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not request.path.startswith(_SAME_FOR_EVERYBODY) or response.mimetype not in _TEXT:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) >= _WORTH_IT_BYTES:
        response.set_data(_gzipped(content))
        response.content_encoding = "gzip"
        _weaken(response)
    return response


def _weaken(response: Response) -> None:
    """The same content in other bytes: its mark may no longer promise each byte."""
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)


@lru_cache(maxsize=128)
def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
