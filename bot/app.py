"""The composition root: puts the bot together from its settings, opens in order, closes in reverse.

Nothing else knows everyone, and nothing here decides anything.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import Route

from bot.config import ServingSettings, SettingsFault
from bot.domain.errors import Unavailable
from bot.domain.ids import GenerationId, RunId, UserId
from bot.errands import Errands
from bot.imaging.courier import Courier
from bot.imaging.decode import Decoder
from bot.imaging.inspector import ZipInspector
from bot.imaging.pack import Packer
from bot.imaging.pictures import ResultFetcher
from bot.imaging.scratch import wipe_leftovers
from bot.runware.client import RunwareAccount, RunwareClient, RunwareImages, RunwareTrainer, connected
from bot.runware.webhooks import Webhooks
from bot.scheduler import Clock
from bot.services.alarms import Alarms
from bot.services.approvals import Approvals
from bot.services.generation import Generations
from bot.services.hints import Hints
from bot.services.homes import Homes
from bot.services.reckoning import Reckoning
from bot.services.reconciler import Pace, Reconciler
from bot.services.reconciler.intake import Intake
from bot.services.reconciler.rendering import GenerationSteps
from bot.services.reconciler.training import RunSteps
from bot.services.recovery import Recovery
from bot.services.relay import Relay, RelayPace
from bot.services.retention import Retention
from bot.services.styles import Styles
from bot.services.training import Training
from bot.slack.client import PacedClient
from bot.slack.faults import error_word
from bot.slack.messenger import SlackMessenger
from bot.slack.shared import SlackFiles
from handlers import actions, alarms, boundary, commands, datasets, home, modals, shortcuts
from handlers.files import files_route
from handlers.web import gauges, health_routes, slack_route
from handlers.webhook import webhook_route
from storage.archives import FolderArchives
from storage.sqlite import SQLiteStore

_log = structlog.get_logger()

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""For ids that people type: nothing that looks like something else."""
UNAUTHORISED = {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
TICK, HOUSEKEEPING, HOURLY = 1.0, 30.0, 3600.0
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
    settings: ServingSettings, *, pace: Pace | None = None, relay_pace: RelayPace = RELAY_PACE
) -> AsyncIterator[Bot]:
    """Run the bot for the length of the block. Raises SettingsFault where Slack refuses its token."""
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(wipe_leftovers, settings.workbench)
        store = await stack.enter_async_context(SQLiteStore(Path(settings.database_path)))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        client = _slack_client(settings, session, settings.slack_bot_token.get_secret_value())
        me = await _introduce(client)
        runware = await stack.enter_async_context(_runware(settings))
        stewards = [UserId(steward) for steward in settings.housestyle_stewards]
        messenger = SlackMessenger(client, clock=_now, bot_id=me.bot_id or "", stewards=stewards)
        nudge, errands, archives = _Nudge(), Errands(most=8), _archives(settings)
        webhooks = Webhooks(settings.public_url, settings.secret)
        trainer = RunwareTrainer(runware, webhooks, namespace=settings.housestyle_air_namespace or "")
        world = _World(settings, trainer, RunwareImages(runware, webhooks), client, messenger, archives)
        reconciler = _reconciler(world, store, pace or _pace(settings), nudge)
        relay = Relay(store, messenger, pace=relay_pace, nudge=nudge)
        stack.push_async_callback(_finish, reconciler, relay, errands)

        bolt = _bolt(settings, _slack_client(settings, session, None), me, store, nudge, errands)
        clock = Clock(
            (reconciler.advance_due, TICK),
            (relay.carry_due, TICK),
            (store.clean_up, HOUSEKEEPING),
            (Recovery(store, messenger, trainer, nudge=nudge).look, HOUSEKEEPING),
            (Retention(store, archives).forget, HOURLY),
            (Reckoning(store, RunwareAccount(runware), trainer).reckon, HOURLY),
        )
        nudge.clock = await stack.enter_async_context(clock)
        routes = [
            *health_routes(store.check, gauges(store.figures, lambda: runware.silent_since)),
            files_route(archives.resolve),
            webhook_route(webhooks.subject_of, Hints(store, nudge=nudge).heard),
            *_slack_routes(settings, bolt),
        ]
        yield Bot(bolt, routes)


@dataclass(frozen=True)
class _World:
    """What the reconciler's adapters are made of."""

    settings: ServingSettings
    trainer: RunwareTrainer
    images: RunwareImages
    slack: AsyncWebClient
    messenger: SlackMessenger
    archives: FolderArchives


def _runware(settings: ServingSettings) -> AbstractAsyncContextManager[RunwareClient]:
    return connected(
        settings.runware_api_key.get_secret_value(),
        settings.runware_api_url,
        places=settings.housestyle_runware_requests,
    )


def _archives(settings: ServingSettings) -> FolderArchives:
    return FolderArchives(
        settings.archives_folder, public_url=settings.public_url, secret=settings.secret, clock=_now
    )


def _pace(settings: ServingSettings) -> Pace:
    return Pace(poll=timedelta(seconds=settings.housestyle_poll_seconds))


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
    intake = Intake(store, inspector, SlackFiles(world.slack), archives, world.trainer, pace)
    return Reconciler(
        store,
        RunSteps(store, intake, world.trainer, pace),
        GenerationSteps(store, world.images, pictures, world.messenger, pace),
        pace=pace,
        nudge=nudge,
    )


def _slack_hosts(api_url: str) -> frozenset[str]:
    """Return where Slack keeps files; an API elsewhere, as the embedded workspace's, keeps its own."""
    host = urlsplit(api_url).hostname or ""
    official = next((top for top in ("slack.com", "slack-gov.com") if host in (top, f"www.{top}")), "")
    return frozenset({f"files.{official}" if official else host})


def _slack_routes(settings: ServingSettings, bolt: AsyncApp) -> list[Route]:
    if settings.slack_signing_secret is None:
        return []
    return [slack_route(bolt, secret=settings.slack_signing_secret.get_secret_value(), clock=_now)]


class _Nudge:
    """Nudges the clock, which is made after those who nudge it."""

    clock: Clock | None = None

    def __call__(self) -> None:
        if self.clock:
            self.clock.nudge()


def _bolt(
    settings: ServingSettings,
    client: AsyncWebClient,
    me: AuthorizeResult,
    store: SQLiteStore,
    nudge: _Nudge,
    errands: Errands,
) -> AsyncApp:
    """Return the Bolt app with everything it listens to."""

    async def authorize() -> AuthorizeResult:
        return me

    app = AsyncApp(
        client=client,
        authorize=authorize,
        process_before_response=True,  # handlers write, then acknowledge: nothing is lost by it
        request_verification_enabled=False,  # ours stands in front, and refuses what makes Bolt's raise
        signing_secret="",
    )
    boundary.register(app, errands)
    _listen(app, settings, store, nudge, errands)
    return app


def _listen(
    app: AsyncApp, settings: ServingSettings, store: SQLiteStore, nudge: _Nudge, errands: Errands
) -> None:
    training = Training(
        store,
        new_id=lambda: RunId(_new_id()),
        nudge=nudge,
        host_is_ready=settings.public_url is not None,
    )
    approvals = Approvals(store, undo=timedelta(seconds=settings.housestyle_undo_seconds), nudge=nudge)
    generations = Generations(store, new_id=lambda: GenerationId(_new_id()), nudge=nudge)
    styles = Styles(store)

    commands.register_train(app, training)
    commands.register_generate(app, generations)
    commands.register_style(app, styles, training, approvals, generations, _now)
    actions.register_votes(app, approvals, styles)
    actions.register_second_thoughts(app, approvals, training)
    actions.register_default(app, styles, errands)
    actions.register_pictures(app, generations)
    actions.register_doubts(app, generations)
    actions.register_openers(app, generations, styles)
    actions.register_training(app, training)
    datasets.register_curation(app, training, styles)
    datasets.register_reuse(app, training, errands)
    datasets.register_details(app, styles)
    shortcuts.register(app, training)
    modals.register(app, training, generations, approvals)
    home.register(app, Homes(store, nudge=nudge))
    alarms.register(app, Alarms(store, nudge=nudge), errands)


def _slack_client(
    settings: ServingSettings, session: aiohttp.ClientSession, token: str | None
) -> PacedClient:
    return PacedClient(token, base_url=settings.slack_api_url, session=session)


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


def _new_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def _now() -> datetime:
    return datetime.now(UTC)
