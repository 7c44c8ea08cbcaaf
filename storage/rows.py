"""Values to text and back, exactly: domain values as JSON, moments as UTC text that sorts.

Fields that a row lacks take the default their class gives them, and fields that no class knows any more
are passed over: that is how old rows stay readable. It knows no SQL.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar, get_args

from pydantic import TypeAdapter

from bot.domain.message import Message

T = TypeVar("T")

MESSAGES: dict[str, type[Message]] = {kind.__name__: kind for kind in get_args(Message)}
"""A message's class by the word that the database holds for it."""


_adapters: dict[type[object], TypeAdapter[Any]] = {}


def _adapter(kind: type[object]) -> TypeAdapter[Any]:
    """Return what reads and writes `kind`; building one costs milliseconds, so each is built once."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def kind_of(value: object) -> str:
    """Return the word that the database holds for the class of an event or message."""
    return type(value).__name__


def json_of(value: object, *, without: frozenset[str] = frozenset()) -> str:
    """Return a dataclass as JSON, but for the fields named in `without`."""
    return _adapter(type(value)).dump_json(value, exclude=set(without)).decode()


def value_of(kind: type[T], text: str) -> T:
    """Return the `kind` that `json_of` wrote; fields left out have their defaults."""
    value: T = _adapter(kind).validate_json(text)
    return value


def message_of(kind: str, text: str) -> Message:
    """Return the message that was written under the word `kind`."""
    return value_of(MESSAGES[kind], text)


@lru_cache(maxsize=64)  # a transaction writes its one moment down many times
def text_of(moment: datetime) -> str:
    """Return an aware moment as UTC text, always 32 characters, so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment_of(text: str) -> datetime:
    """Return the moment that `text_of` wrote."""
    return datetime.fromisoformat(text)


def moment_or_none(text: str | None) -> datetime | None:
    """Return the moment, or None where the column is empty."""
    return None if text is None else moment_of(text)
