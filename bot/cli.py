"""The command `housestyle`; each program imports what it needs when it is run, so that help is instant."""

import asyncio
import json
import re
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

P = ParamSpec("P")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PORT = click.IntRange(0, 65535)


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
@click.option(
    "--port", type=PORT, default=8080, show_default=True, help="The port on 127.0.0.1; 0 takes a free one."
)
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
@click.option(
    "--probe", is_flag=True, help="Try what Runware really does, with one paid picture; asks first."
)
@click.option("--air", help="With --probe: the style to draw with; the newest of the database without it.")
@click.option(
    "--no-repeat-finished", is_flag=True, help="With --probe: never risk a second picture at the end."
)
@click.option("--yes", is_flag=True, help="With --probe: ask nothing, for scripts.")
@_told
def doctor(*, probe: bool, air: str | None, no_repeat_finished: bool, yes: bool) -> None:
    """Check tokens, scopes, key, balance, clock, database, disk and public address; exit 1 on a fault."""
    from bot.doctor.report import has_fault, paper, show

    console = paper()
    if probe:
        from bot.config import Settings, settings
        from bot.doctor.probe import PACE
        from bot.doctor.probing import Wishes
        from bot.doctor.probing import probe as run

        wishes = Wishes(air, repeat_finished=not no_repeat_finished, yes=yes)
        pace = click.get_current_context().obj or PACE  # tests do not wait so long
        sys.exit(0 if run(settings(Settings), wishes, console, pace=pace) else 1)
    from bot.doctor.checkup import check_up
    from bot.doctor.patient import history

    findings = asyncio.run(check_up(history()))
    show(findings, console)
    sys.exit(1 if has_fault(findings) else 0)


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


@main.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@_told
def backup(path: Path) -> None:
    """Write a copy of the database to PATH, whole and checked, while the bot runs or not."""
    from bot.config import Settings, settings
    from storage.backup import back_up

    wanted = settings(Settings)
    back_up(Path(wanted.database_path), path)
    click.echo(f"Wrote {path} ({path.stat().st_size / 1e6:,.1f} MB), and read it through: it is whole.")
    click.echo(f"Keep it on another machine. The datasets in {wanted.archives_folder} are not in it.")


@main.command()
@click.argument("path", type=FILE)
@click.option("--yes", is_flag=True, help="Ask nothing, for scripts.")
@_told
def restore(path: Path, *, yes: bool) -> None:
    """Put the backup at PATH in the database's place; the bot must be stopped."""
    from bot.config import Settings, settings
    from storage.backup import restore as run

    database = Path(settings(Settings).database_path)
    if not yes and database.exists():
        question = f"What {database} holds and the backup does not will be missed; it is set aside. Go on?"
        click.confirm(question, abort=True)
    kept = run(database, path)
    click.echo(f"Restored {database} from {path}.")
    if kept:
        click.echo(f"What was there before is kept as {kept}.")
    click.echo(
        "The next start (`housestyle serve`) hands nothing over to Runware until it has looked through its "
        "cards in Slack for what the backup does not know. `housestyle doctor` says whether that is over."
    )


@main.group()
def policy() -> None:
    """Check the rules of a team, or say in words what they are (HOUSESTYLE_POLICY)."""


@policy.command()
@click.argument("path", type=FILE)
@click.option("--explain", metavar="WORDS", help='Say what holds for a case: "train in #C024BE91L for $30".')
@_told
def check(path: Path, *, explain: str | None) -> None:
    """Check the policy at PATH: print a line for each fault, and exit 1 where there is one."""
    from bot.domain.policy import BUILT_IN
    from bot.rules import PolicyFault, parsed_question, read_policy
    from bot.slack.phrases import counted
    from bot.slack.policies import explained, in_plain

    try:
        read = read_policy(path.read_bytes(), source=path.name)
    except PolicyFault as fault:
        for one in fault.faults:
            click.echo(f"{path}:{one.line}: {one.sentence}" if one.line else f"{path}: {one.sentence}")
        sys.exit(1)
    for one in read.cautions:
        click.echo(f"{path}:{one.line}: note: {one.sentence}")
    rules = counted(len(read.policy.rules) - len(BUILT_IN.rules), "rule")
    others = f"{counted(len(read.policy.checks), 'check')}, {counted(len(read.policy.budgets), 'budget')}"
    click.echo(f"{rules}, {others}: all understood")
    if explain is not None:
        click.echo("\n" + in_plain(explained(read.policy, parsed_question(explain, channel=None))))


@policy.command("show")
@click.argument("path", type=FILE, required=False, envvar="HOUSESTYLE_POLICY")
@_told
def show_policy(path: Path | None) -> None:
    """Say in words what the policy at PATH, or else the one that is set, or the built-in one, is."""
    from bot.domain.policy import BUILT_IN
    from bot.rules import read_policy
    from bot.slack.policies import in_plain, policy_words

    read = read_policy(path.read_bytes(), source=path.name).policy if path else BUILT_IN
    click.echo(in_plain(policy_words(read)))


@main.group()
def audit() -> None:
    """Verify, export and erase in the record of who asked, saw, decided, changed and spent."""


def _point(_: click.Context, __: click.Parameter, value: str | None) -> tuple[int, str] | None:
    """Read SEQ:HASH."""
    if value is None:
        return None
    seq, _colon, digest = value.partition(":")
    if not (re.fullmatch(r"[1-9][0-9]{0,17}", seq) and re.fullmatch(r"[0-9a-f]{64}", digest)):
        raise click.BadParameter("write it as `verify` prints a head: 12:5f2c… with all 64 digits.")
    return int(seq), digest


@audit.command("verify")
@click.option("--workspace", default="", help="Of this workspace only, T….")
@click.option("--expect", metavar="SEQ:HASH", callback=_point, help="A head that `verify` printed earlier.")
@_told
def audit_verify(*, workspace: str, expect: tuple[int, str] | None) -> None:
    """Look for rows that were changed or removed, and name each; exit 1 on a fault.

    Keep the head that this prints somewhere else. Who may write the database could cut off the end of a chain
    or write it anew, with its head: nothing in the database tells then, and only --expect with a head that
    was kept does. DATABASE_URL may name a backup.
    """
    from bot.auditing import verify
    from bot.config import Settings, settings

    verdicts = verify(Path(settings(Settings).database_path), workspace, expect)
    for verdict in verdicts:
        click.echo("\n".join(verdict.lines()))
    if not verdicts:
        click.echo("The audit has no rows yet.")
    sys.exit(1 if any(verdict.faults for verdict in verdicts) else 0)


@audit.command("export")
@click.option("--workspace", default="", help="Of this workspace only, T….")
@click.option("--names", is_flag=True, help="With user ids and texts, as far as they are not erased.")
@click.option("--recipe", is_flag=True, help="Print a short Python program that verifies an export instead.")
@_told
def audit_export(*, workspace: str, names: bool, recipe: bool) -> None:
    """Print each row as a line of JSON, with all that is hashed and the hash: anyone can verify that."""
    from bot.auditing import RECIPE, export
    from bot.config import Settings, settings

    lines = [RECIPE] if recipe else export(Path(settings(Settings).database_path), workspace, names=names)
    for line in lines:
        click.echo(line)


@audit.command("erase")
@click.argument("user")
@click.option("--workspace", default="", help="In this workspace only, T….")
@click.option("--yes", is_flag=True, help="Ask nothing, for scripts.")
@_told
def audit_erase(user: str, *, workspace: str, yes: bool) -> None:
    """Forget who USER, a Slack member id, is, and their words, in all that is kept; the chain stays whole."""
    from bot.auditing import erase, named_in
    from bot.config import Settings, settings

    database = Path(settings(Settings).database_path)
    found = named_in(database, user, workspace)
    told = ", ".join(f"{count:,} in {where}" for where, count in found.items())
    if not yes:
        question = (
            f"Rows that name {user}: {told}. Nobody will know who it was, or their words, and what they asked"
            " for ends, unless it was sent already. Go on?"
        )
        click.confirm(question, abort=True)
    verdicts = erase(database, user, list(found))
    click.echo(f"Erased who {user} is. Rows that named them: {told}.")
    click.echo("\n".join(line for verdict in verdicts for line in verdict.lines()))
    click.echo("Cards in Slack, older backups and older exports still name them.")
    sys.exit(1 if any(verdict.faults for verdict in verdicts) else 0)


if __name__ == "__main__":
    main()
