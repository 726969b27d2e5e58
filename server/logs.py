"""Log lines: JSON on stderr; codes, durations and ids, never content, names or tokens."""

import logging
import sys
import traceback
from typing import Final

import structlog

_LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}

Logger = structlog.typing.FilteringBoundLogger


def open_log(*, level: str, node: str) -> Logger:
    """Make the log of this node; other libraries stay silent below errors."""
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    logger: Logger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
    )
    return logger.bind(node=node)


def trace(error: BaseException) -> list[str]:
    """Where an unexpected exception came from; its message may quote content and stays out."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return [type(error).__name__, *places]
