"""No log line about anybody who answers: not of the routes that carry ballots, nor of addresses."""

import logging
import re
from typing import Any
from urllib.parse import unquote

from gunicorn.glogging import Logger

_ANSWERING = ("ballot", "register", "urn", "static")
"""Opening the ballot page reads static files: their lines would tell who, where and when."""
_LOOKING_FOR_A_RECEIPT = re.compile("/*results/[^/]+/receipts")
"""Who looks for a receipt has answered."""
_OF_ANY_REQUEST = ("Invalid request from ip=", "Socket error processing request")
"""Of a request that cannot be read nobody knows the path: it might have been a ballot."""
_FAILED = "Error handling request"
"""Followed by method and address, if gunicorn knows them. Also said of one that took too long."""
_SCHEME_AND_HOST = re.compile("https?://[^/]*", re.IGNORECASE)


def leaves_no_trace(path: str) -> bool:
    """Whether a request of this path must not be logged."""
    answering = path.lstrip("/").partition("/")[0] in _ANSWERING
    return answering or _LOOKING_FOR_A_RECEIPT.match(path) is not None


class QuietLogger(Logger):  # type: ignore[misc] # gunicorn is not typed
    """Gunicorn's logger, silent about the answering routes; see ``logger_class``."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.addFilter(_tells_of_nobody)

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        # After an error gunicorn gives an environment without a path; the request has it.
        path = environ.get("PATH_INFO") or unquote(getattr(req, "path", ""))
        if path and not leaves_no_trace(path):
            super().access(resp, req, environ, request_time)


def _tells_of_nobody(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    if message.startswith(_OF_ANY_REQUEST):
        return False
    if not message.startswith(_FAILED):
        return True
    address = message.rpartition(" ")[2]
    path = unquote(_SCHEME_AND_HOST.sub("", address))
    return path.startswith("/") and not leaves_no_trace(path)
