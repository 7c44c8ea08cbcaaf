"""The README's picture of a run, drawn from the table that the code obeys, so that neither can lie alone.

It draws; what a stage or an event means is said in `bot.domain.run`.
"""

from bot.domain.run import TRANSITIONS, Stage


def diagram() -> str:
    """Return a run's life as a Mermaid `stateDiagram-v2`, without fences: an arrow names its events."""
    named = [f'state "{stage}" as {_id(stage)}' for stage in Stage if _id(stage) != stage]
    arrows = [arrow for stage in TRANSITIONS for arrow in _arrows(stage)]
    lines = (*named, f"[*] --> {_id(Stage.REQUESTED)}", *arrows)
    return "\n    ".join(("stateDiagram-v2", *lines))


def _arrows(stage: Stage) -> list[str]:
    """Return an arrow for each stage that may follow, or the one to the end."""
    moves = TRANSITIONS[stage]
    if not moves:
        return [f"{_id(stage)} --> [*]"]
    drawn = []
    for target in dict.fromkeys(moves.values()):
        events = ", ".join(event.__name__ for event, leads_to in moves.items() if leads_to is target)
        drawn.append(f"{_id(stage)} --> {_id(target)}: {events}")
    return drawn


def _id(stage: Stage) -> str:
    return stage.replace(" ", "_")
