"""The settings: the documented defaults, every fault at once with its name, and never a secret's value."""

import ipaddress
import os
from pathlib import Path
from typing import get_args

import pytest
from pydantic import SecretStr

from bot.config import WRITE, Network, ServingSettings, Settings, SettingsFault, settings

CANARY = "canary-7f9b2c54-d81e63a0"
SECRET = "0123456789abcdef" * 2
NEEDED = {"SLACK_BOT_TOKEN": "xoxb-1", "RUNWARE_API_KEY": "key", "SLACK_APP_TOKEN": "xapp-1"}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test begin with no setting at all."""
    for name in os.environ:
        if name in {setting.upper() for setting in Settings.model_fields}:
            monkeypatch.delenv(name)


def read(monkeypatch: pytest.MonkeyPatch, kind: type[Settings] = Settings, **given: str) -> Settings:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return settings(kind)


def faults(monkeypatch: pytest.MonkeyPatch, kind: type[Settings] = Settings, **given: str) -> list[str]:
    with pytest.raises(SettingsFault) as fault:
        read(monkeypatch, kind, **given)
    return fault.value.faults


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("SLACK_BOT_TOKEN", None),
        ("SLACK_APP_TOKEN", None),
        ("SLACK_SIGNING_SECRET", None),
        ("SLACK_API_URL", "https://slack.com/api/"),
        ("RUNWARE_API_KEY", None),
        ("RUNWARE_API_URL", "https://api.runware.ai/v1"),
        ("DATABASE_URL", "sqlite:///housestyle.db"),
        ("PUBLIC_URL", None),
        ("HOUSESTYLE_SECRET_KEY", None),
        ("HOST", "0.0.0.0"),
        ("PORT", 3000),
        ("HOUSESTYLE_POLL_SECONDS", 300),
        ("HOUSESTYLE_UNDO_SECONDS", 30),
        ("HOUSESTYLE_FETCH_ALLOW", ()),
        ("HOUSESTYLE_RESULT_HOSTS", ("im.runware.ai",)),
        ("HOUSESTYLE_AIR_NAMESPACE", None),
        ("LOG_FORMAT", None),
    ],
)
def test_the_defaults_are_the_documented_ones(name: str, default: object) -> None:
    assert getattr(settings(Settings), name.lower()) == default


def test_an_empty_setting_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    given = read(monkeypatch, SLACK_APP_TOKEN="", PORT="", HOUSESTYLE_RESULT_HOSTS="", LOG_FORMAT="")
    assert given == Settings()


def test_what_is_none_of_ours_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, HOUSESTYLE_COLOUR="red") == Settings()


def test_every_setting_is_read_from_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    given = read(
        monkeypatch,
        SLACK_API_URL="http://127.0.0.1:8080/api",
        DATABASE_URL="sqlite:////var/lib/housestyle.db",
        PUBLIC_URL="https://house.example:8443/bot/",
        HOUSESTYLE_SECRET_KEY=SECRET,
        PORT="8080",
        HOUSESTYLE_POLL_SECONDS="0.5",
        HOUSESTYLE_UNDO_SECONDS="0",
        HOUSESTYLE_FETCH_ALLOW="10.0.0.0/8, fd00::/8,",
        HOUSESTYLE_RESULT_HOSTS=" im.runware.ai ,127.0.0.1",
        HOUSESTYLE_AIR_NAMESPACE="acme-team_1",
        LOG_FORMAT="json",
    )
    assert given.slack_api_url == "http://127.0.0.1:8080/api/"
    assert given.database_path == "/var/lib/housestyle.db"
    assert given.archives_folder == Path("/var/lib/housestyle-datasets")
    assert (given.public_url, given.secret) == ("https://house.example:8443/bot", SECRET.encode())
    assert (given.port, given.housestyle_poll_seconds, given.housestyle_undo_seconds) == (8080, 0.5, 0)
    networks = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8"))
    assert given.housestyle_fetch_allow == networks
    assert given.housestyle_result_hosts == ("im.runware.ai", "127.0.0.1")
    assert (given.housestyle_air_namespace, given.log_format) == ("acme-team_1", "json")


def test_the_app_token_decides_between_socket_and_http(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(Settings).socket_mode is False
    assert read(monkeypatch, SLACK_APP_TOKEN="xapp-1").socket_mode is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "http"),
        ("HOUSESTYLE_POLL_SECONDS", "0"),
        ("HOUSESTYLE_POLL_SECONDS", "often"),
        ("HOUSESTYLE_UNDO_SECONDS", "-1"),
        ("HOUSESTYLE_FETCH_ALLOW", "intranet"),
        ("HOUSESTYLE_FETCH_ALLOW", "10.0.0.1/8"),
        ("HOUSESTYLE_AIR_NAMESPACE", "Acme Team"),
        ("LOG_FORMAT", "xml"),
        ("DATABASE_URL", "housestyle.db"),
        ("DATABASE_URL", "sqlite:///"),
        pytest.param("HOUSESTYLE_POLL_SECONDS", "inf"),
        ("HOUSESTYLE_SECRET_KEY", SECRET[:-1]),
        *(
            ("PUBLIC_URL", address)
            for address in (
                "house.example",
                "http://house.example",
                "http://10.0.0.1:3000",
                "ftp://house.example",
                "https://",
                "https:///files",
                "https://ann:pw@house.example",
                "https://@house.example",
                "https://house.example?",
                "https://house.example/?a=1",
                "https://house.example/#top",
                "https://house.example:99999",
                "https://house.example:0",
                "https://[house",
                "https://house example",
                "https://house.example\\files",
                "https://hôuse.example",
            )
        ),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    told = faults(monkeypatch, Settings, **{name: value})
    assert told
    assert all(sentence.startswith(f"{name}: ") and sentence.endswith(".") for sentence in told)


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("PORT", ("http", "3.5", "-1", "65536", "9" * 5000), "write a whole number from 0 to 65535"),
        ("HOUSESTYLE_POLL_SECONDS", ("often", "0", "86401", "nan"), "write a number of seconds, more than 0"),
        ("HOUSESTYLE_UNDO_SECONDS", ("soon", "-1", "86401", "inf"), "write a number of seconds from 0 to"),
        ("HOUSESTYLE_RUNWARE_REQUESTS", ("many", "0", "17"), "write a whole number from 1 to 16"),
        ("HOUSESTYLE_RESEND", ("always", "Never"), "write settled or never"),
        ("LOG_FORMAT", ("xml",), "write text or json"),
    ],
)
def test_a_fault_says_what_to_write_whatever_is_wrong(
    monkeypatch: pytest.MonkeyPatch, name: str, values: tuple[str, ...], told: str
) -> None:
    for value in values:
        (sentence,) = faults(monkeypatch, Settings, **{name: value})
        assert sentence.startswith(f"{name}: {told}")


def test_every_setting_that_pydantic_may_refuse_has_a_sentence_of_its_own() -> None:
    plain = {name for name, field in Settings.model_fields.items() if _is_of_text(field.annotation)}
    assert {name.lower() for name in WRITE} == set(Settings.model_fields) - plain


def _is_of_text(kind: object) -> bool:
    """Say whether any text of the environment is one, or our own validators refuse it first."""
    parts = set(get_args(kind)) or {kind}
    return bool(parts & {str, SecretStr, Network, ...})


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://house.example", "https://house.example"),
        ("https://house.example//", "https://house.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_a_public_address_is_kept_without_its_last_slash(
    monkeypatch: pytest.MonkeyPatch, given: str, meant: str
) -> None:
    assert read(monkeypatch, PUBLIC_URL=given).public_url == meant


HERE = ["https://localhost", "http://127.0.0.1:8080", "https://10.1.2.3", "https://192.168.0.7:8443/bot"]
HERE += ["https://169.254.1.1", "https://0.0.0.0", "https://[::1]", "https://[fd00::7]", "https://[fe80::1]"]


@pytest.mark.parametrize("address", HERE)
def test_an_address_that_runware_could_not_fetch_from_is_told(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    hosting = {"PUBLIC_URL": address, "HOUSESTYLE_SECRET_KEY": SECRET}
    (told,) = faults(monkeypatch, ServingSettings, **NEEDED, **hosting)
    assert told == (
        "PUBLIC_URL: Runware could not fetch datasets from there; leave it out, or set the address under"
        " which the internet reaches this service."
    )


@pytest.mark.parametrize("address", HERE)
@pytest.mark.parametrize("runware", ["http://127.0.0.1:8080/runware/v1", "http://localhost:8080/v1"])
def test_a_runware_on_this_machine_may_fetch_from_anywhere(
    monkeypatch: pytest.MonkeyPatch, address: str, runware: str
) -> None:
    hosting = {"PUBLIC_URL": address, "HOUSESTYLE_SECRET_KEY": SECRET, "RUNWARE_API_URL": runware}
    assert read(monkeypatch, ServingSettings, **NEEDED, **hosting).public_url == address


@pytest.mark.parametrize(
    "address", ["https://house.example", "https://8.8.8.8:8443", "https://[2606:4700::1]"]
)
def test_runware_fetches_from_an_address_on_the_internet(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    hosting = {"PUBLIC_URL": address, "HOUSESTYLE_SECRET_KEY": SECRET}
    assert read(monkeypatch, ServingSettings, **NEEDED, **hosting).public_url == address
    broken = hosting | {"PUBLIC_URL": "https://10.1.2.3", "RUNWARE_API_URL": "https://[broken"}
    assert faults(monkeypatch, ServingSettings, **broken)


def test_datasets_are_kept_beside_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(Settings).archives_folder == Path("housestyle-datasets")
    assert read(monkeypatch, DATABASE_URL="sqlite:///data/bot.v2.db").archives_folder == Path(
        "data/bot.v2-datasets"
    )


def test_a_bot_that_hosts_datasets_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = faults(monkeypatch, ServingSettings, **NEEDED, PUBLIC_URL="https://house.example")
    assert told.startswith(
        "HOUSESTYLE_SECRET_KEY: hosting datasets at PUBLIC_URL needs it; set what `openssl"
    )


def test_a_bot_that_hosts_nothing_needs_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, ServingSettings, **NEEDED).secret is None


def test_a_wrong_address_and_no_secret_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(monkeypatch, ServingSettings, **NEEDED, PUBLIC_URL="house.example")
    assert [sentence.partition(":")[0] for sentence in told] == ["PUBLIC_URL", "HOUSESTYLE_SECRET_KEY"]


def test_one_fault_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(faults(monkeypatch, HOUSESTYLE_FETCH_ALLOW="intranet")) == 1


def test_every_fault_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(
        monkeypatch,
        ServingSettings,
        PORT="x",
        LOG_FORMAT="xml",
        DATABASE_URL="mysql://db",
        HOUSESTYLE_POLL_SECONDS="0",
        HOUSESTYLE_AIR_NAMESPACE="?",
        PUBLIC_URL="ftp://house.example",
        HOUSESTYLE_SECRET_KEY="short",
    )
    assert {sentence.replace(":", " ").split()[0] for sentence in told} >= {
        *("SLACK_BOT_TOKEN", "RUNWARE_API_KEY", "PORT", "LOG_FORMAT", "DATABASE_URL"),
        *("HOUSESTYLE_POLL_SECONDS", "HOUSESTYLE_AIR_NAMESPACE", "PUBLIC_URL", "HOUSESTYLE_SECRET_KEY"),
    }


def test_a_bot_with_no_settings_at_all_is_told_of_the_way_to_slack_too() -> None:
    with pytest.raises(SettingsFault) as fault:
        settings(ServingSettings)
    assert any("SLACK_SIGNING_SECRET: set it for HTTP mode" in sentence for sentence in fault.value.faults)


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "RUNWARE_API_KEY"])
def test_what_a_serving_bot_cannot_do_without_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    rest = {setting: value for setting, value in NEEDED.items() if setting != name}
    (told,) = faults(monkeypatch, ServingSettings, **rest)
    assert told.startswith(f"{name} is missing: set the ")
    assert told.endswith(".")


def test_a_serving_bot_needs_one_of_two_ways_to_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    rest = {setting: value for setting, value in NEEDED.items() if setting != "SLACK_APP_TOKEN"}
    (told,) = faults(monkeypatch, ServingSettings, **rest)
    assert told.startswith("SLACK_SIGNING_SECRET: set it for HTTP mode")


@pytest.mark.parametrize("way", ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"])
def test_either_way_to_slack_is_enough(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    given = {"SLACK_BOT_TOKEN": "xoxb-1", "RUNWARE_API_KEY": "key", way: "secret"}
    assert read(monkeypatch, ServingSettings, **given).socket_mode is (way == "SLACK_APP_TOKEN")


def test_a_programme_that_does_not_serve_needs_no_secret() -> None:
    assert settings(Settings).slack_bot_token is None


def test_a_secret_is_shown_by_nothing_that_shows_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = dict.fromkeys((*NEEDED, "SLACK_SIGNING_SECRET", "HOUSESTYLE_SECRET_KEY"), 2 * CANARY)
    given = read(monkeypatch, ServingSettings, **secrets)
    assert CANARY not in f"{given!r} {given} {given.model_dump()} {given.model_dump_json()}"


def test_a_fault_tells_no_secret_not_even_one_in_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"SLACK_BOT_TOKEN": CANARY, "RUNWARE_API_KEY": CANARY, "HOUSESTYLE_SECRET_KEY": CANARY}
    wrong = {"DATABASE_URL": f"mysql://bot:{CANARY}@db/bot", "PORT": "x"}
    wrong["PUBLIC_URL"] = f"https://bot:{CANARY}@house.example"
    with pytest.raises(SettingsFault) as fault:
        read(monkeypatch, ServingSettings, **secrets, **wrong)
    assert CANARY not in f"{fault.value} {fault.value!r} {fault.value.faults}"
    assert fault.value.__suppress_context__


def test_the_fault_between_two_secrets_tells_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(monkeypatch, ServingSettings, SLACK_BOT_TOKEN=CANARY, RUNWARE_API_KEY=CANARY)
    assert CANARY not in "".join(told)


def test_settings_stay_as_they_were_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings(Settings).port = 1
