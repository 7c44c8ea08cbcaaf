"""The composition root: puts the bot together from its settings, opens in order, closes in reverse.

Nothing else knows everyone, and nothing here decides anything.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import Route

from bot.clerk import Clerk
from bot.config import ServingSettings, SettingsFault
from bot.domain.errors import Unavailable
from bot.domain.ids import UserId, WorkspaceId
from bot.errands import Errands
from bot.front import House, bolt_app
from bot.imaging.courier import Courier
from bot.imaging.decode import Decoder
from bot.imaging.inspector import ZipInspector
from bot.imaging.pack import Packer
from bot.imaging.pictures import ResultFetcher
from bot.imaging.scratch import wipe_leftovers
from bot.rules import PolicyFault, Rulebook
from bot.runware.client import RunwareAccount, RunwareClient, RunwareImages, RunwareTrainer, connected
from bot.runware.webhooks import Webhooks
from bot.scheduler import Clock, Work
from bot.services.digests import Digests
from bot.services.hints import Hints
from bot.services.reckoning import Reckoning
from bot.services.reconciler import Pace, Reconciler
from bot.services.reconciler.attendance import Attendance, ProposalSteps
from bot.services.reconciler.intake import Intake
from bot.services.reconciler.rendering import GenerationSteps
from bot.services.reconciler.training import RunSteps
from bot.services.recovery import Recovery
from bot.services.relay import Relay, RelayPace
from bot.services.retention import Retention
from bot.services.rules import Rules
from bot.slack.client import PacedClient, paced
from bot.slack.directory import SlackDirectory
from bot.slack.faults import UNAUTHORISED, error_word
from bot.slack.messenger import SlackMessenger
from bot.slack.shared import SlackFiles
from handlers.files import files_route
from handlers.web import gauges, health_routes, slack_route
from handlers.webhook import webhook_route
from storage.archives import FolderArchives
from storage.sqlite import SQLiteStore, utc_now

_log = structlog.get_logger()

TICK, RELOAD, HOUSEKEEPING, HOURLY = 1.0, 5.0, 30.0, 3600.0
RELAY_PACE = RelayPace()
LAST_WORDS = 18.0
"""Seconds that a stop waits for the step and the message under way; correctness does not depend on it."""


@dataclass(frozen=True)
class Bot:
    """A running bot: what it answers over HTTP, and what it answers Slack with."""

    bolt: AsyncApp
    routes: list[Route]


@asynccontextmanager
async def running(
    settings: ServingSettings,
    *,
    pace: Pace | None = None,
    relay_pace: RelayPace = RELAY_PACE,
    now: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Bot]:
    """Run the bot for the length of the block; `now` is its clock, by which a test may let days pass.

    Raises SettingsFault where Slack refuses its token.
    """
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(wipe_leftovers, settings.workbench)
        store = await stack.enter_async_context(SQLiteStore(Path(settings.database_path), clock=now))
        client = await stack.enter_async_context(_slack(settings))
        me = await _introduce(client)
        runware = await stack.enter_async_context(_runware(settings))
        rulebook = await asyncio.to_thread(_rulebook, settings)
        directory = await stack.enter_async_context(_directory(client, rulebook, now))
        clerk = Clerk(store, directory, RunwareAccount(runware), policy=rulebook.current)
        messenger = _messenger(settings, client, me, now)
        nudge, errands, archives = _Nudge(), Errands(most=8), _archives(settings)
        webhooks = Webhooks(settings.public_url, settings.secret)
        trainer = RunwareTrainer(runware, webhooks, namespace=settings.housestyle_air_namespace or "")
        images = RunwareImages(runware, webhooks)
        world = _World(
            settings, runware, webhooks, trainer, images, client, messenger, archives, clerk, directory
        )
        reconciler = _reconciler(world, store, pace or _pace(settings), nudge)
        relay = Relay(store, messenger, pace=relay_pace, nudge=nudge, budgets=lambda: clerk.policy().budgets)
        stack.push_async_callback(_finish, reconciler, relay, errands)

        house = House(settings, store, clerk, directory, messenger, nudge, errands)
        bolt = bolt_app(house, client, me)
        steady = _housekeeping(world, store, await _rules(store, rulebook, me), nudge)
        clock = Clock((reconciler.advance_due, TICK), (relay.carry_due, TICK), *steady)
        nudge.clock = await stack.enter_async_context(clock)
        yield Bot(bolt, _routes(world, store, bolt, nudge))


@dataclass(frozen=True)
class _World:
    """What the reconciler's adapters are made of."""

    settings: ServingSettings
    runware: RunwareClient
    webhooks: Webhooks
    trainer: RunwareTrainer
    images: RunwareImages
    slack: AsyncWebClient
    messenger: SlackMessenger
    archives: FolderArchives
    clerk: Clerk
    directory: SlackDirectory


def _rulebook(settings: ServingSettings) -> Rulebook:
    """Read the policy. Raises SettingsFault with all that is wrong with its file."""
    try:
        return Rulebook.opened(settings.housestyle_policy, utc_now)
    except PolicyFault as fault:
        raise SettingsFault([f"HOUSESTYLE_POLICY: {one}" for one in fault.faults]) from None


async def _rules(store: SQLiteStore, rulebook: Rulebook, me: AuthorizeResult) -> Rules:
    """Put down which policy holds, before anybody is heard. Raises Unavailable."""
    rules = Rules(store, rulebook, home=WorkspaceId(me.team_id or ""))
    await rules.begin()
    return rules


@asynccontextmanager
async def _directory(
    client: PacedClient, rulebook: Rulebook, now: Callable[[], datetime]
) -> AsyncIterator[SlackDirectory]:
    directory = SlackDirectory(client, clock=now, parties=lambda: rulebook.current().parties)
    try:
        yield directory
    finally:
        await directory.close()


def _messenger(
    settings: ServingSettings, client: PacedClient, me: AuthorizeResult, now: Callable[[], datetime]
) -> SlackMessenger:
    stewards = [UserId(steward) for steward in settings.housestyle_stewards]
    return SlackMessenger(client, clock=now, bot_id=me.bot_id or "", stewards=stewards)


def _housekeeping(
    world: _World, store: SQLiteStore, rules: Rules, nudge: "_Nudge"
) -> list[tuple[Work, float]]:
    recovery = Recovery(store, world.messenger, world.trainer, nudge=nudge)
    account = RunwareAccount(world.runware)
    reckoning = Reckoning(store, account, trainings=world.trainer, pictures=world.images)
    return [
        (rules.look, RELOAD),
        (store.clean_up, HOUSEKEEPING),
        (recovery.look, HOUSEKEEPING),
        (Retention(store, world.archives).forget, HOURLY),
        (Digests(store, policy=world.clerk.policy).tell, HOURLY),
        (reckoning.reckon, HOURLY),
    ]


def _slack(settings: ServingSettings) -> AbstractAsyncContextManager[PacedClient]:
    return paced(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)


def _runware(settings: ServingSettings) -> AbstractAsyncContextManager[RunwareClient]:
    return connected(
        settings.runware_api_key.get_secret_value(),
        settings.runware_api_url,
        places=settings.housestyle_runware_requests,
    )


def _archives(settings: ServingSettings) -> FolderArchives:
    return FolderArchives(
        settings.archives_folder, public_url=settings.public_url, secret=settings.secret, clock=utc_now
    )


def _pace(settings: ServingSettings) -> Pace:
    return Pace(
        poll=timedelta(seconds=settings.housestyle_poll_seconds),
        sends_again=settings.housestyle_resend != "never",
    )


def _reconciler(world: _World, store: SQLiteStore, pace: Pace, nudge: "_Nudge") -> Reconciler:
    settings, archives = world.settings, world.archives
    slack_hosts = _slack_hosts(settings.slack_api_url)
    token = settings.slack_bot_token.get_secret_value()
    courier = Courier(settings.housestyle_fetch_allow, tokens=dict.fromkeys(slack_hosts, token))
    decoder = Decoder()
    inspector = ZipInspector(
        courier, decoder, Packer(), archives, slack_hosts=slack_hosts, folder=settings.workbench
    )
    results = Courier(settings.housestyle_fetch_allow)  # of its own: no picture waits behind a dataset
    hosts = frozenset(settings.housestyle_result_hosts)
    pictures = ResultFetcher(results, decoder, hosts, folder=settings.workbench)
    attendance = Attendance(store, world.clerk, world.directory)
    intake = Intake(store, world.clerk, inspector, SlackFiles(world.slack), archives, world.trainer, pace)
    return Reconciler(
        store,
        RunSteps(store, intake, attendance, world.trainer, pace),
        GenerationSteps(store, world.images, pictures, world.messenger, attendance, pace),
        ProposalSteps(attendance),
        pace=pace,
        nudge=nudge,
    )


def _slack_hosts(api_url: str) -> frozenset[str]:
    """Return where Slack keeps files; an API elsewhere, as the embedded workspace's, keeps its own."""
    host = urlsplit(api_url).hostname or ""
    official = next((top for top in ("slack.com", "slack-gov.com") if host in (top, f"www.{top}")), "")
    return frozenset({f"files.{official}" if official else host})


def _routes(world: _World, store: SQLiteStore, bolt: AsyncApp, nudge: "_Nudge") -> list[Route]:
    return [
        *health_routes(store.check, gauges(store.figures, lambda: world.runware.silent_since)),
        files_route(world.archives.resolve),
        webhook_route(world.webhooks.subject_of, Hints(store, nudge=nudge).heard),
        *_slack_routes(world.settings, bolt),
    ]


def _slack_routes(settings: ServingSettings, bolt: AsyncApp) -> list[Route]:
    if settings.slack_signing_secret is None:
        return []
    return [slack_route(bolt, secret=settings.slack_signing_secret.get_secret_value(), clock=utc_now)]


class _Nudge:
    """Nudges the clock, which is made after those who nudge it."""

    clock: Clock | None = None

    def __call__(self) -> None:
        if self.clock:
            self.clock.nudge()


async def _introduce(client: AsyncWebClient) -> AuthorizeResult:
    """Ask Slack who we are, until it answers; it may be down when we start."""
    wait = 1.0
    while True:
        try:
            answer = await client.auth_test()
        except SlackApiError as no:
            code = error_word(no)
            if code in UNAUTHORISED:
                sentence = f"SLACK_BOT_TOKEN: Slack refuses it ({code}); install the app again."
                raise SettingsFault([sentence]) from None
            _log.warning("Slack does not answer", error=code)
        except (Unavailable, aiohttp.ClientError, TimeoutError) as silence:
            _log.warning("Slack does not answer", error=type(silence).__name__)
        else:
            return AuthorizeResult.from_auth_test_response(bot_token=client.token, auth_test_response=answer)
        await asyncio.sleep(wait)
        wait = min(wait * 2, 30)


async def _finish(reconciler: Reconciler, relay: Relay, errands: Errands) -> None:
    await asyncio.gather(*(one.finish(within=LAST_WORDS) for one in (reconciler, relay, errands)))
