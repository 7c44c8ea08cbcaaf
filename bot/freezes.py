"""What an admin has stopped: asked before anything is written down, approved or handed over."""

from bot.domain.errors import Frozen
from bot.domain.ids import WorkspaceId
from bot.domain.policy import Action
from bot.ports import Freeze, Transaction

FREEZES = {Action.TRAIN: ("train", "all"), Action.GENERATE: ("generate", "all")}
"""By which switches an action is stopped; what is not here is stopped by `all` alone."""
FROZEN = {"train": "training", "generate": "drawing pictures", "all": "everything"}


def check_not_frozen(tx: Transaction, workspace: WorkspaceId, action: Action) -> None:
    """Raise Frozen, with the reason, where an admin has stopped the action."""
    if freeze := frozen(tx, workspace, action):
        it, why = FROZEN[freeze.what], f"{freeze.reason} (@{freeze.by})"
        raise Frozen(f"An admin has frozen {it} here: {why}. Nothing was done; ask again once it is lifted.")


def frozen(tx: Transaction, workspace: WorkspaceId, action: Action) -> Freeze | None:
    """Return what stops the action for now, None where nothing does."""
    stopping = FREEZES.get(action, ("all",))
    return next((freeze for freeze in tx.freezes.standing(workspace) if freeze.what in stopping), None)
