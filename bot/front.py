"""The front of the house: the Bolt app with all that it listens to, on the services that answer people."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.clerk import Clerk
from bot.config import ServingSettings
from bot.domain.ids import GenerationId, ProposalId, RunId, UserId
from bot.errands import Errands
from bot.ports import Directory, Messenger
from bot.services.alarms import Alarms
from bot.services.approvals import Approvals
from bot.services.audits import Audits
from bot.services.budgets import Budgets
from bot.services.deciders import Deciders
from bot.services.generation import Generations
from bot.services.homes import Homes
from bot.services.proposals import Proposals
from bot.services.stopping import Stopping
from bot.services.styles import Styles
from bot.services.switches import Switches
from bot.services.training import Training
from bot.slack.client import PacedClient
from handlers import actions, alarms, boundary, commands, datasets, home, modals, shortcuts, voting
from handlers.charts import Charts
from handlers.decisions import Deciding
from handlers.gate import Gate
from handlers.governance import Governance
from handlers.replies import Replies
from storage.sqlite import SQLiteStore, utc_now

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""For ids that people type: nothing that looks like something else."""


def _new_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


@dataclass(frozen=True)
class House:
    """What the services that answer people are made of."""

    settings: ServingSettings
    store: SQLiteStore
    clerk: Clerk
    directory: Directory
    messenger: Messenger
    nudge: Callable[[], None]
    errands: Errands
    new_id: Callable[[], str] = _new_id


def bolt_app(house: House, client: PacedClient, me: AuthorizeResult) -> AsyncApp:
    """Return the Bolt app with everything it listens to; listeners speak to Slack by `client` alone."""

    async def authorize() -> AuthorizeResult:
        return me

    app = AsyncApp(
        client=AsyncWebClient(),  # of this Bolt hands out copies, which no listener takes
        authorize=authorize,
        process_before_response=True,  # handlers write, then acknowledge: nothing is lost by it
        request_verification_enabled=False,  # ours stands in front, and refuses what makes Bolt's raise
        signing_secret="",
    )
    policy, audits = house.clerk.policy, Audits(house.store)
    stewards = [UserId(steward) for steward in house.settings.housestyle_stewards]
    gate = Gate(house.directory, audits, policy=policy, stewards=stewards)
    replies = Replies(client, house.errands)
    boundary.register(app, gate, replies, house.errands)
    _listen(app, gate, replies, house, audits)
    return app


def _listen(app: AsyncApp, gate: Gate, replies: Replies, house: House, audits: Audits) -> None:
    settings, store, clerk = house.settings, house.store, house.clerk
    nudge, policy = house.nudge, clerk.policy
    training = Training(
        store,
        clerk,
        new_id=lambda: RunId(house.new_id()),
        nudge=nudge,
        host_is_ready=settings.public_url is not None,
    )
    proposal_id, undo = (
        lambda: ProposalId(house.new_id()),
        timedelta(seconds=settings.housestyle_undo_seconds),
    )
    approvals = Approvals(store, clerk, undo=undo, new_id=proposal_id, nudge=nudge)
    proposals = Proposals(store, clerk, new_id=proposal_id, nudge=nudge)
    generations = Generations(store, clerk, new_id=lambda: GenerationId(house.new_id()), nudge=nudge)
    stopping, styles = Stopping(store, policy=policy, nudge=nudge), Styles(store)
    charts = Charts(Budgets(store, policy=policy), house.messenger, replies, utc_now)
    mending = Alarms(store, nudge=nudge)
    rules = Governance(gate, audits, Switches(store, nudge=nudge), Deciders(clerk), mending, policy, utc_now)
    desk = commands.Desk(
        gate, styles, training, generations, Deciding(gate, approvals, stopping, proposals), utc_now
    )

    commands.register_train(app, gate, training, replies)
    commands.register_generate(app, gate, generations, replies)
    commands.register_style(app, desk, rules, house.errands, charts.show)
    voting.register(app, gate, approvals, stopping, replies)
    voting.register_forms(app, gate, approvals, replies)
    _listen_to_cards(app, gate, replies, house, audits, (training, generations, proposals, styles))
    home.register(app, gate, Homes(store, nudge=nudge))
    alarms.register(app, gate, mending, replies)


def _listen_to_cards(
    app: AsyncApp,
    gate: Gate,
    replies: Replies,
    house: House,
    audits: Audits,
    services: tuple[Training, Generations, Proposals, Styles],
) -> None:
    training, generations, proposals, styles = services
    actions.register_requests(app, gate, training)
    actions.register_default(app, gate, proposals, replies)
    actions.register_library(app, gate, proposals, generations, replies)
    actions.register_pictures(app, gate, generations)
    actions.register_doubts(app, gate, generations)
    actions.register_openers(app, gate, generations, styles, replies)
    actions.register_training(app, gate, training, replies)
    datasets.register_curation(app, gate, training, styles, replies)
    datasets.register_reuse(app, gate, training, replies)
    datasets.register_details(app, gate, styles, audits, replies, house.errands)
    shortcuts.register(app, gate, training, replies)
    modals.register(app, gate, training, generations)
