"""The settings: the environment in, one frozen value out; all faults are told at once.

Names and defaults are the contract of the README's settings table. A secret's value is never printed.
"""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DAY = 86_400
SHORTEST_SECRET = 32
"""Characters: of hexadecimal digits they are worth 128 bits, of base64 192."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingsFault(Exception):
    """The settings cannot be used; `faults` holds a sentence for each, with the setting's name.

    `fields` are the fields of `Settings` that are at fault, as far as they are known.
    """

    def __init__(self, faults: list[str], fields: frozenset[str] = frozenset()) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
        self.fields = fields


class Settings(BaseSettings):
    """What the environment says; see the README for each."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, extra="ignore")

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    runware_api_key: SecretStr | None = None
    runware_api_url: str = "https://api.runware.ai/v1"
    database_url: str = "sqlite:///housestyle.db"
    public_url: str | None = None
    housestyle_secret_key: SecretStr | None = None
    host: str = "0.0.0.0"  # noqa: S104 - a server in a container listens on every interface of it
    port: Annotated[int, Field(ge=0, le=65535)] = 3000
    housestyle_policy: Path | None = None
    housestyle_poll_seconds: Annotated[float, Field(gt=0, le=DAY)] = 300
    housestyle_undo_seconds: Annotated[float, Field(ge=0, le=DAY)] = 30
    housestyle_fetch_allow: Annotated[tuple[Network, ...], NoDecode] = ()
    housestyle_result_hosts: Annotated[tuple[str, ...], NoDecode] = ("im.runware.ai",)
    housestyle_air_namespace: str | None = None
    housestyle_stewards: Annotated[tuple[str, ...], NoDecode] = ()
    housestyle_runware_requests: Annotated[int, Field(ge=1, le=16)] = 4
    housestyle_resend: Literal["settled", "never"] = "settled"
    log_format: Literal["text", "json"] | None = None

    @field_validator("housestyle_result_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _parts(value) if isinstance(value, str) else value

    @field_validator("housestyle_stewards", mode="before")
    @classmethod
    def _people(cls, value: object) -> object:
        people = _parts(value) if isinstance(value, str) else value
        if isinstance(people, tuple) and not all(re.fullmatch(r"[UW][A-Z0-9]{2,}", one) for one in people):
            raise ValueError("write Slack member ids with commas between, for example U024BE7LH,U0G9QF9C6")
        return people

    @field_validator("housestyle_fetch_allow", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return tuple(ipaddress.ip_network(part) for part in _parts(value))
        except ValueError as error:
            raise ValueError(f"{error}; write networks such as 10.0.0.0/8, with commas between") from None

    @field_validator("housestyle_air_namespace")
    @classmethod
    def _namespace(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", value):
            raise ValueError("it has small letters, digits, - and _, for example acme")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _with_slash(cls, value: str) -> str:
        return value if value.endswith("/") else value + "/"

    @field_validator("database_url")
    @classmethod
    def _sqlite(cls, value: str) -> str:
        if not value.startswith("sqlite:///") or value == "sqlite:///":
            raise ValueError("name a file, for example sqlite:///housestyle.db")
        return value

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str | None) -> str | None:
        if value is not None and not _is_public_address(value):
            raise ValueError(
                "write the address at which this service is reached from outside, for example "
                "https://housestyle.acme.com: https (http only for this machine itself), without user, "
                "query or fragment"
            )
        return value and value.rstrip("/")

    @field_validator("housestyle_secret_key")
    @classmethod
    def _long(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(
                f"it needs {SHORTEST_SECRET} characters or more; {HINTS['HOUSESTYLE_SECRET_KEY']}"
            )
        return secret

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is spoken to over Socket Mode, not HTTP."""
        return self.slack_app_token is not None

    @property
    def database_path(self) -> str:
        """The SQLite file."""
        return self.database_url.removeprefix("sqlite:///")

    @property
    def archives_folder(self) -> Path:
        """Where inspected datasets are kept: beside the SQLite file, which is backed up without them."""
        return self.workbench / f"{Path(self.database_path).stem}-datasets"

    @property
    def workbench(self) -> Path:
        """Where large files may be worked on: beside the SQLite file, as /tmp may be memory."""
        return Path(self.database_path).parent

    @property
    def secret(self) -> bytes | None:
        """What keys are derived from, where it is set."""
        given = self.housestyle_secret_key
        return given.get_secret_value().encode() if given else None


Kind = TypeVar("Kind", bound=Settings)


class ServingSettings(Settings):
    """The settings of a bot that serves: what it cannot do without must be there."""

    slack_bot_token: SecretStr
    runware_api_key: SecretStr

    housestyle_secret_key: Annotated[SecretStr | None, Field(validate_default=True)] = None
    slack_signing_secret: Annotated[SecretStr | None, Field(validate_default=True)] = None

    @field_validator("public_url")
    @classmethod
    def _within_reach(cls, value: str | None, known: ValidationInfo) -> str | None:
        runware = _host_of(known.data.get("runware_api_url", ""))
        if value is not None and _is_private(_host_of(value)) and not _is_loopback(runware):
            raise ValueError(
                "Runware could not fetch datasets from there; leave it out, or set the address under which "
                "the internet reaches this service"
            )
        return value

    @field_validator("slack_signing_secret")
    @classmethod
    def _reachable(cls, secret: SecretStr | None, known: ValidationInfo) -> SecretStr | None:
        if secret is None and known.data.get("slack_app_token") is None:
            raise ValueError(
                "set it for HTTP mode (Basic Information of the Slack app), or SLACK_APP_TOKEN for Socket "
                "Mode (xapp-…, with connections:write)"
            )
        return secret

    @field_validator("housestyle_secret_key")
    @classmethod
    def _signs_links(cls, secret: SecretStr | None, known: ValidationInfo) -> SecretStr | None:
        if secret is None and known.data.get("public_url", "set, but wrongly") is not None:
            raise ValueError(f"hosting datasets at PUBLIC_URL needs it; {HINTS['HOUSESTYLE_SECRET_KEY']}")
        return secret


def _is_public_address(text: str) -> bool:
    """Say whether others can reach us at `text`; http will do for a browser or provider on this machine."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = re.fullmatch(r"[!-~]+", text) and not re.search(r"[?#@\\]", text)
    known = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    return bool(plain and host and known and port != 0)


def _host_of(url: str) -> str:
    """Return the host that `url` names; empty where it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_private(host: str) -> bool:
    """Say whether the internet cannot reach `host`, as far as the name alone tells."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


HINTS = {
    "SLACK_BOT_TOKEN": "set the bot token (xoxb-…) that installing the app gave you",
    "RUNWARE_API_KEY": "set the key that Runware's dashboard gave you",
    "HOUSESTYLE_SECRET_KEY": "set what `openssl rand -base64 32` prints; a new one ends every link given out",
}


WRITE = {
    "PORT": "write a whole number from 0 to 65535, for example 3000",
    "HOUSESTYLE_POLICY": "write the path of a TOML file",
    "HOUSESTYLE_POLL_SECONDS": f"write a number of seconds, more than 0 and at most {DAY}, for example 300",
    "HOUSESTYLE_UNDO_SECONDS": f"write a number of seconds from 0 to {DAY}, for example 30",
    "HOUSESTYLE_RUNWARE_REQUESTS": "write a whole number from 1 to 16, for example 4",
    "HOUSESTYLE_RESEND": "write settled or never",
    "LOG_FORMAT": "write text or json",
}
"""What to write where pydantic says no: its own words are for programmers."""


def settings(kind: type[Kind]) -> Kind:
    """Read the environment. Raises SettingsFault with every fault in it."""
    try:
        return kind()
    except ValidationError as invalid:
        errors = invalid.errors()
        raise SettingsFault(
            [_sentence(error["loc"], error["type"], error["msg"]) for error in errors],
            frozenset(str(error["loc"][0]) for error in errors if error["loc"]),
        ) from None


def _sentence(where: tuple[int | str, ...], kind: str, message: str) -> str:
    name = str(where[0]).upper() if where else ""
    if kind == "missing":
        return f"{name} is missing: {HINTS.get(name, 'set it')}."
    told = message.removeprefix("Value error, ") if kind == "value_error" else WRITE[name]
    return f"{name}: {told}." if name else f"{told}."
