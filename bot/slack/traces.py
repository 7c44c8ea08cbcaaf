"""The answer to `/style show`: how a version came to be and what was drawn in it, readable from either end.

Pure, and one message: the newest steps are told in full, the rest in a line each.
"""

from datetime import datetime

from bot.domain.generation import Generation
from bot.domain.run import Run, Stage
from bot.domain.trace import Step, Trace
from bot.slack import voting
from bot.slack.blocks import FALLBACK_MOST, clamp, code, esc, mention, moment
from bot.slack.clauses import few
from bot.slack.phrases import STAGE_WORDS, differing, fingerprint, judged, money, origin, progress
from bot.slack.waiting import confirmed, left_out

IN_FULL, MOST_STEPS, MOST_DRAWN = 3, 12, 5
FOR_THE_REST, LONGEST_LINE, LONGEST_PROMPT = 900, 300, 70


def traced(trace: Trace, *, now: datetime) -> str:
    """Tell dataset, approval, run, version and pictures of each step, the newest version first."""
    steps = trace.steps[:MOST_STEPS]
    full, rest = steps[:IN_FULL], [_in_short(step, now) for step in steps[IN_FULL:]]
    room = (FALLBACK_MOST - (FOR_THE_REST if rest else 0)) // max(len(full), 1) - 10
    told = [_fitting(_in_full(step, now), room) for step in full]
    more = len(trace.steps) - len(steps)
    told += ["\n".join(rest)] if rest else []
    told += [f"and {more} more; name one, such as `stellar@1`"] if more > 0 else []
    return clamp("\n\n".join(told), FALLBACK_MOST)


def dataset_lines(run: Run) -> list[str]:
    """Return what is known of a run's dataset, a mrkdwn line each: for here and for `/style status`."""
    dataset = run.dataset
    found = [judged(dataset), fingerprint(dataset)] if dataset else []
    if not dataset and not run.is_over:
        found = ["not looked at yet"]
    compared = [differing(run.compared)] if run.compared else []
    return [
        " · ".join([origin(run.request), *found, *compared]),
        left_out(run),
        confirmed(run.rights.by, run.rights.at) if run.rights else "",
    ]


def decision(run: Run, *, approved: bool = True) -> str:
    """Return who approved (unless that was said), and who ended it, in mrkdwn; empty where nobody has."""
    by = _approval(run) if approved else ""
    ended = ""
    if run.decided_by and run.stage in (Stage.REJECTED, Stage.CANCELLED):
        ended = f"{STAGE_WORDS[run.stage].capitalize()} by {mention(run.decided_by)}"
    return " · ".join(part for part in (by, ended) if part)


def _approval(run: Run) -> str:
    """Return all who approved, and since when it is; empty where it is not approved."""
    if run.approval is None:
        return ""
    votes = run.ballot.votes if run.ballot else ()
    by = list(dict.fromkeys([*(vote.by for vote in votes), run.approval.by]))
    who = few(by, " and ", lambda one: voting.completed_by(run.ballot, one))
    return f"Approved by {who} {moment(run.approval.at)}"


def _in_full(step: Step, now: datetime) -> list[str]:
    run = step.run
    past_rules = voting.deeds(run.ballot) if run.ballot else []
    lines = [*dataset_lines(run), decision(run), *past_rules, _run(run, now)]
    told = [clamp(line, LONGEST_LINE) for line in lines if line]
    return [_version(step), *(f"• {line}" for line in told), *_drawn(step)]


def _in_short(step: Step, now: datetime) -> str:
    return clamp(
        f"• {_version(step)} · {_standing(step.run, now)}", FOR_THE_REST // (MOST_STEPS - IN_FULL) - 1
    )


def _fitting(lines: list[str], room: int) -> str:
    """Return the first of `lines` that fit, whole, into `room` characters."""
    kept: list[str] = []
    for line in lines:
        room -= len(line.encode("utf-16-le")) // 2 + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join(kept)


def _version(step: Step) -> str:
    if step.version is None:
        return f"*{esc(step.run.request.name)}* · no version yet"
    mark = " · this channel's default" if step.is_default else ""
    return f"*{clamp(esc(step.version.label), 120)}* · {code(clamp(step.version.air, 120))}{mark}"


def _run(run: Run, now: datetime) -> str:
    asked = f"asked by {mention(run.request.requester)} {moment(run.requested_at)}"
    task = f" · task {code(run.task.id)}" if run.task else ""
    return f"Run {code(run.id)}, {asked}{task} · {_standing(run, now)}"


def _standing(run: Run, now: datetime) -> str:
    standing = f"training {progress(run, now=now)}" if run.stage is Stage.TRAINING else STAGE_WORDS[run.stage]
    cost = f" · {money(run.cost)}" if run.stage is Stage.READY else ""
    return f"{standing}{cost}"


def _drawn(step: Step) -> list[str]:
    if not step.generations:
        return ["• Nothing drawn in it yet"] if step.run.stage is Stage.READY else []
    return ["• Drawn in it, newest first:", *(_one(made) for made in step.generations[:MOST_DRAWN])]


def _one(made: Generation) -> str:
    prompt = clamp(esc(made.request.prompt), LONGEST_PROMPT)
    count = len(made.uploads) or made.request.count
    asked = f"{mention(made.request.requester)} {moment(made.requested_at)}"
    cost = f" · {money(made.cost)}" if made.cost else ""
    return f"    ◦ {code(made.id)} {count} x “{prompt}” · {asked}{cost}"
