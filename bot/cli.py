"""The command `housestyle`; each program imports what it needs when it is run, so that help is instant."""

import asyncio
import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

P = ParamSpec("P")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="housestyle")
def main() -> None:
    """Train a custom illustration style and draw pictures in it, from Slack."""


def _told(program: Callable[P, None]) -> Callable[P, None]:
    """Let `program` end with a sentence for each fault, and exit code 1, where it cannot work."""

    @wraps(program)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        from bot.config import SettingsFault
        from bot.domain.errors import HousestyleError

        try:
            program(*args, **kwargs)
        except SettingsFault as fault:
            click.echo("Housestyle cannot start:", err=True)
            for sentence in fault.faults:
                click.echo(f"  - {sentence}", err=True)
            sys.exit(1)
        except HousestyleError as error:
            raise click.ClickException(str(error)) from None

    return guarded


@main.command()
@click.option("--headless", is_flag=True, help="Play the whole story, print it, save the pictures, and exit.")
@click.option("--dataset", type=FILE, help="A ZIP of your own.")
@click.option("--port", default=8080, show_default=True, help="The port on 127.0.0.1; 0 takes a free one.")
@click.option("--fresh", is_flag=True, help="Forget what an earlier demo left in ./demo-output.")
@_told
def demo(*, headless: bool, dataset: Path | None, port: int, fresh: bool) -> None:
    """Run the whole product with no account, against an embedded workspace with a page to type in."""
    from bot.demo import play, stay

    program = play(dataset) if headless else stay(dataset, port=port, fresh=fresh)
    asyncio.run(program)


@main.command()
@_told
def serve() -> None:
    """Run the bot: over Socket Mode where SLACK_APP_TOKEN is set, over HTTP otherwise."""
    import uvloop

    from bot import logs
    from bot.config import ServingSettings, settings
    from bot.serve import serve as run

    wanted = settings(ServingSettings)
    logs.set_up(wanted.log_format)
    uvloop.run(run(wanted))


@main.command()
@_told
def manifest() -> None:
    """Print the Slack app manifest for these settings."""
    from bot.config import Settings, settings
    from bot.slack.manifest import manifest as made

    wanted = settings(Settings)
    click.echo(json.dumps(made(public_url=wanted.public_url, socket_mode=wanted.socket_mode), indent=2))


@main.command()
@_told
def migrate() -> None:
    """Bring the database up to date; the bot does so by itself when it starts."""
    from bot.config import Settings, settings
    from storage.migrate import migrate as run

    path = Path(settings(Settings).database_path)
    applied = run(path)
    click.echo("\n".join(f"applied {name}" for name in applied) or "The database is up to date.")


if __name__ == "__main__":
    main()
