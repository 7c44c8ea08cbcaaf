"""What every check is handed: the settings as far as they can be read, and the way to ask outside."""

from dataclasses import dataclass
from pathlib import Path

from bot.config import ServingSettings, Settings, SettingsFault, settings
from bot.doctor.outside import Outside


@dataclass(frozen=True)
class Patient:
    """The bot under examination."""

    settings: Settings
    outside: Outside

    @property
    def database(self) -> Path:
        """Where the database is, or would be."""
        return Path(self.settings.database_path)


@dataclass(frozen=True)
class History:
    """The environment as it was read: a setting at fault has its default, and `faults` a sentence about it.

    `broken` are the fields of `Settings` that are at fault.
    """

    settings: Settings
    faults: tuple[str, ...] = ()
    broken: frozenset[str] = frozenset()


def history() -> History:
    """Read the environment as far as it can be read; the faults are those that `serve` would tell."""
    try:
        return History(settings(ServingSettings))
    except SettingsFault as fault:
        usable = {name: Settings.model_fields[name].default for name in fault.fields}
        return History(Settings(**usable), tuple(fault.faults), fault.fields)
