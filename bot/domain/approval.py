"""Who may decide on a run: four eyes, so never the one who asked."""

from bot.domain.errors import NotAllowed, Refused
from bot.domain.ids import UserId, WorkspaceId
from bot.domain.run import Run


def check_same_workspace(run: Run, workspace: WorkspaceId) -> None:
    """Raise Refused, as for an id that does not exist, where the run is another workspace's."""
    if run.request.workspace != workspace:
        raise Refused(f"There is no run `{run.id}`; `/style runs` lists them.")


def check_may_decide(run: Run, who: UserId) -> None:
    """Raise NotAllowed where `who` asked for this run: a colleague has to decide."""
    if who == run.request.requester:
        raise NotAllowed(f"You asked for {run.request.name}, so someone else has to decide.")


def check_may_stop(run: Run, who: UserId) -> None:
    """Raise NotAllowed unless `who` asked for this run or approved it."""
    if who not in (run.request.requester, run.decided_by):
        raise NotAllowed(f"Only who asked for {run.request.name}, or approved it, can cancel it.")
