"""Structured logs: one JSON object a line, the request's id in each, no personal data."""

import logging
import sys
from typing import Any, cast

import structlog

REDACTED = ("phone", "token", "code", "authorization", "name", "secret", "openid")
"""Keys that never reach a log line in clear."""


def redact(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank personal data that a careless call handed over."""
    for key in event:
        if key in REDACTED:
            event[key] = "…"
    return event


def configure_logs(service: str, level: str = "INFO") -> None:
    """Send this process' logs, also those of libraries, to stderr as JSON lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            cast("Any", redact),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    plain = logging.StreamHandler(sys.stderr)
    plain.setFormatter(
        logging.Formatter(f'{{"service":"{service}","level":"%(levelname)s","event":"%(message)s"}}')
    )
    logging.basicConfig(level=logging.WARNING, handlers=[plain], force=True)


def get_logger() -> structlog.typing.FilteringBoundLogger:
    """Return the process' logger."""
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger())
