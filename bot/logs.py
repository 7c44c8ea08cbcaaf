"""Logging: one line per event, as text for people or JSON for machines, with no secret in either.

Libraries are kept quiet below WARNING: httpx writes whole URLs, signatures and all, at INFO (measured).
"""

import logging
import re
import sys
from typing import Any

import structlog

_SECRET = re.compile(
    r"""xox[a-z]-[\w-]+ | xapp-[\w-]+ | (?i:bearer\ )[\w.~+/-]+ | (?<=://)[^/\s@]+(?=@)
    | (?<=hooks\.slack\.com/)[^\s"']+ | (?<=/runware/webhook/)[^\s"']+ | (?<=/files/)[^\s"']+
    | (?i:(?:token|ticket|signature|sig|\w{0,40}key|secret)(?:=|["']\s*:\s*["']))[^\s&"',}]+""",
    re.VERBOSE,
)
NO_NEWS = "As you gave `client` as well, `token` will be unused."
"""Bolt finds our token in the environment by itself, and says that it goes by what it was given instead."""
QUIET = ("httpx", "httpcore", "slack_sdk", "slack_bolt", "apscheduler", "aiohttp", "uvicorn")


def set_up(style: str | None) -> None:
    """Log to standard error as `text` or `json`; None: text on a terminal, JSON otherwise."""
    style = style or ("text" if sys.stderr.isatty() else "json")
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    if style == "json":
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, renderer, redact], logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer, redact],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """Say whether a line of Bolt's app is to be told; it gives itself the level of the root, INFO."""
    return record.levelno >= logging.WARNING and record.msg != NO_NEWS


def redact(_: object, __: str, line: Any) -> str:  # noqa: ANN401 - structlog hands a finished line on
    """Replace what looks like a token, key or signature in a finished line."""
    return _SECRET.sub("[secret]", str(line))
