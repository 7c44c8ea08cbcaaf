"""Logging: one line per event, as text for people or JSON for machines, with no secret in either.

Libraries are kept quiet below WARNING: httpx writes whole URLs, signatures and all, at INFO (measured).
"""

import logging
import re
import sys
from typing import Any

import structlog

_SECRET = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|(?i:bearer )[\w.~+/-]+|(?i:(?:token|signature|sig|key|secret)=)[^\s&\"']+"
)
QUIET = ("httpx", "httpcore", "slack_sdk", "slack_bolt", "apscheduler", "aiohttp", "uvicorn")


def set_up(style: str | None) -> None:
    """Log to standard error as `text` or `json`; None: text on a terminal, JSON otherwise."""
    style = style or ("text" if sys.stderr.isatty() else "json")
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, renderer], logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def redact(_: object, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replace what looks like a token, key or signature in every text of a log line."""
    return {
        key: _SECRET.sub("[secret]", value) if isinstance(value, str) else value
        for key, value in event.items()
    }
