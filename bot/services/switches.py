"""What an admin stops and lets go on, and who is away: written down, and into the audit."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from bot.asked import Click
from bot.domain.audit import Deed, Did
from bot.domain.errors import NotUnderstood, Refused
from bot.domain.ids import UserId
from bot.domain.people import Absence
from bot.freezes import FROZEN
from bot.inbox import Inbox
from bot.ports import Freeze, Store, Transaction

WHAT = ("train", "generate", "all")
LONGEST_AWAY = timedelta(days=366)


class Switches:
    """Freezes and absences; who may set them was asked before."""

    def __init__(self, store: Store, *, nudge: Callable[[], None]) -> None:
        self._inbox = Inbox(store, nudge)

    async def freeze(self, what: str, reason: str, click: Click) -> str:
        """Stop `train`, `generate` or `all`; the reason is told with every refusal. Raises NotUnderstood."""
        if what not in WHAT or not reason.strip():
            raise NotUnderstood(
                "Say what (train, generate, all) and why: `/style freeze train we move house`."
            )

        def work(tx: Transaction) -> str:
            tx.freezes.put(click.workspace, Freeze(what, reason.strip(), click.by.id, tx.now))
            tx.audit.add(Deed(click.workspace, click.by.id, Did.FROZE, what, words=reason.strip()))
            return (
                f"{FROZEN[what].capitalize()} is frozen. Nothing new is asked for, approved or handed over; "
                f"what Runware is at goes on. `/style unfreeze {what}` ends it."
            )

        return await self._inbox.answer(click.delivery, work)

    async def unfreeze(self, what: str, click: Click) -> str:
        """Let it go on. Raises Refused where it was not stopped."""

        def work(tx: Transaction) -> str:
            if not tx.freezes.lift(click.workspace, what):
                raise Refused(_not_frozen(what, [one.what for one in tx.freezes.standing(click.workspace)]))
            tx.audit.add(Deed(click.workspace, click.by.id, Did.UNFROZE, what))
            return f"{FROZEN[what].capitalize()} is no longer frozen."

        return await self._inbox.answer(click.delivery, work)

    async def away(self, until: date, delegate: UserId | None, click: Click) -> str:
        """Note that who clicks is away until then, and who stands in. Raises NotUnderstood."""

        def work(tx: Transaction) -> str:
            today = tx.now.date()
            if not today < until <= today + LONGEST_AWAY:
                raise NotUnderstood("Give the first day you are back: `/style away 2026-12-01`.")
            if delegate == click.by.id:
                raise NotUnderstood("Name somebody else to stand in for you.")
            tx.absences.put(click.workspace, Absence(click.by.id, until.isoformat(), delegate))
            stands_in = f"@{delegate} stands in" if delegate else ""  # words, for they can be erased
            tx.audit.add(Deed(click.workspace, click.by.id, Did.WENT_AWAY, "away", words=stands_in))
            theirs = tx.absences.now(click.workspace).get(delegate) if delegate else None
            ending = _who_decides(delegate, theirs)
            return f"You are away until {until.isoformat()}: you are not reminded{ending}"

        return await self._inbox.answer(click.delivery, work)

    async def back(self, click: Click) -> str:
        """Note that who clicks is back."""

        def work(tx: Transaction) -> str:
            if not tx.absences.end(click.workspace, click.by.id):
                return "You were not away."
            tx.audit.add(Deed(click.workspace, click.by.id, Did.CAME_BACK, ""))
            return "Welcome back: you decide for yourself again."

        return await self._inbox.answer(click.delivery, work)


def _who_decides(delegate: UserId | None, away: Absence | None) -> str:
    """Return how the answer to who goes away ends; `away`: that who is to stand in is away as well."""
    if delegate is None:
        return ", and nobody stands in for you."
    if away is None:
        return f", and @{delegate} may decide in your place, where they may decide at all."
    return (
        f". @{delegate} is away too, until {away.until}: before that nobody is reminded in your place, so "
        "name somebody else where it cannot wait."
    )


def _not_frozen(what: str, frozen: Sequence[str]) -> str:
    """Return what is frozen instead of `what`: `all` may be meant by who named nothing."""
    if not frozen:
        return "Nothing is frozen."
    if what == "all":
        ends = " or ".join(f"`/style unfreeze {one}`" for one in frozen)
        return f"Not everything is frozen. Say what goes on: {ends}."
    return f"`{what}` is not frozen; frozen is: {', '.join(frozen)}."
