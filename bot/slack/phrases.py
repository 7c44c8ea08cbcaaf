"""Numbers and stages as people read them: money, sizes, times, progress. Pure, and free of Block Kit."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.domain.dataset import Comparison, Dataset
from bot.domain.facts import TrainingRequest
from bot.domain.money import Estimate
from bot.domain.run import Run, Stage
from bot.domain.visible import shortened
from bot.slack.blocks import channel_mark, clamp, code, esc

STAGE_WORDS = {
    Stage.REQUESTED: "requested",
    Stage.AWAITING: "waiting for approval",
    Stage.APPROVED: "approved",
    Stage.SUBMITTING: "starting",
    Stage.UNCONFIRMED: "needs a look",
    Stage.TRAINING: "training",
    Stage.READY: "ready",
    Stage.REFUSED: "refused",
    Stage.REJECTED: "rejected",
    Stage.CANCELLED: "cancelled",
    Stage.FAILED: "failed",
    Stage.EXPIRED: "expired",
}

_DONE = 100
_LEAST_SHOWN = 0.0001
_LONGEST_VALUE = 80
_TENTH = 100_000
"""Bytes of a tenth of a megabyte."""
_HOUR, _DAY = 60, 24
"""Minutes and hours of them."""
_PHASES = ("dataset", "approval", "training", "ready")
_PHASE_OF = {
    Stage.REQUESTED: (0, "now"),
    Stage.AWAITING: (1, "now"),
    Stage.APPROVED: (2, "next"),
    Stage.SUBMITTING: (2, "next"),
    Stage.UNCONFIRMED: (2, "in doubt"),
    Stage.TRAINING: (2, "now"),
    Stage.READY: (4, ""),
}


def counted(number: int, thing: str) -> str:
    """Return `1 picture`, `2 pictures`."""
    return f"{number} {thing}{'s' * (number != 1)}"


def money(dollars: float | None) -> str:
    """Return a cost in US dollars; what was not stated, or is stated as nothing, is never called free."""
    if dollars is None or dollars <= 0:
        return "cost not stated"
    if dollars < _LEAST_SHOWN:
        return f"cost below ${_LEAST_SHOWN}"
    whole, _, rest = f"{dollars:.4f}".partition(".")
    return f"cost ${whole}.{rest.rstrip('0'):0<2}"


def amount(dollars: float) -> str:
    """Return US dollars without their sign, as short as is exact enough: `12`, `10.50`, `0.0104`."""
    least = max(dollars, _LEAST_SHOWN) if dollars > 0 else 0.0
    whole, _, rest = f"{least:,.{2 if least >= 1 else 4}f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest:0<2}" if rest else whole


def price(estimate: Estimate | None, thing: str) -> str:
    """Return what it will cost and how that is known; `thing` is what past ones of it are called."""
    if estimate is None:
        return "not known yet, for nothing was measured"
    low, high = amount(estimate.low), amount(estimate.high)
    span = f"about ${low}" if low == high else f"about ${low}\N{EN DASH}{high}"
    if estimate.is_measured:
        measured_by = "request" if thing == "picture" else thing  # one may be for several pictures
        return f"{span}, by {counted(estimate.runs, f'past {measured_by}')}"
    if estimate.is_of_others:
        return f"{span}, as the dearest {thing} of this quality: none of this size was drawn yet"
    return f"{span}, as an admin set it"


def payload_value(word: str, value: str) -> str:
    """Return one value of what is asked, in mrkdwn: a channel by its name, long fingerprints in short."""
    if word == "channel":
        return channel_mark(value)
    return clamp(esc(shortened(value)), _LONGEST_VALUE)


def ended(words: str) -> str:
    """Return somebody's words as the end of a sentence."""
    if not words:
        return "no reason given."
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def measured(dataset: Dataset) -> str:
    """Return `24 pictures, 61 MB`."""
    return f"{counted(len(dataset.pictures), 'picture')}, {megabytes(dataset.size)}"


def judged(dataset: Dataset) -> str:
    """Return `24 pictures, 61 MB · score 82 of 100 · 1 outlier, 2 twins`."""
    found = dataset.assessment
    if found is None:
        return measured(dataset)
    spare = sum(len(twins.pictures) - 1 for twins in found.twins)
    odd = [counted(n, what) for n, what in ((len(found.outliers), "outlier"), (spare, "twin")) if n]
    parts = [measured(dataset), scored(dataset), ", ".join(odd) or "no outlier, no twin"]
    return " · ".join(parts)


def scored(dataset: Dataset | None) -> str:
    """Return `score 82 of 100`; empty where nothing judged it."""
    found = dataset.assessment if dataset else None
    return f"score {found.score} of 100" if found else ""


def differing(comparison: Comparison) -> str:
    """Return `against Stellar@1: 3 new, 1 gone`, as mrkdwn."""
    if not comparison.new and not comparison.gone:
        return f"the same pictures as {esc(comparison.label)}"
    return f"against {esc(comparison.label)}: {comparison.new} new, {comparison.gone} gone"


def fingerprint(dataset: Dataset) -> str:
    """Return `dataset 1a2b3c4d`, by which `/style show` finds it."""
    return f"dataset {code(dataset.sha256[:8])}"


def origin(request: TrainingRequest) -> str:
    """Return where the pictures come from, as mrkdwn: the hosts of links, and what was posted in Slack."""
    places = list(dict.fromkeys(host_of(link) for link in request.links))
    if request.files:
        places.append(f"{counted(len(request.files), 'file')} in Slack")
    if request.thread:
        places.append("a thread in Slack")
    return f"Pictures from {_joined(places)}" if places else "Pictures from an unreadable link"


def bar(percent: int) -> str:
    """Return ten cells and the number; only a finished training fills the last cell."""
    cells = 10 if percent >= _DONE else min(9, round(max(percent, 0) / 10))
    return f"{'▓' * cells}{'░' * (10 - cells)} {percent} %"


def lasting(time: timedelta) -> str:
    """Return `1 h 05 min` or `12 min`."""
    hours, minutes = divmod(round(time.total_seconds() / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def roughly(time: timedelta) -> str:
    """Return a wait in its largest unit: `40 min`, `6 h`, `2 days`."""
    minutes = max(round(time.total_seconds() / 60), 1)
    if minutes < _HOUR:
        return f"{minutes} min"
    hours = round(minutes / _HOUR)
    return f"{hours} h" if hours < 2 * _DAY else counted(round(hours / _DAY), "day")


def remaining(run: Run, *, now: datetime) -> str:
    """Return how long a training still takes, in words; empty where it is not training, or in trouble.

    In trouble the last progress is old, and what is reckoned from it grows with the outage.
    """
    left = run.time_left(at=now)
    if left is None or run.trouble:
        return ""
    if left >= timedelta(minutes=1):
        return f"about {lasting(left)} left"
    if not run.percent:
        return "longer than the usual two hours"
    return "nearly done" if run.percent == _DONE else "less than a minute left"


def progress(run: Run, *, now: datetime) -> str:
    """Return the progress bar with what is left; Runware does not always say a number."""
    done = "Runware is working on it" if run.percent is None else bar(run.percent)
    left = remaining(run, now=now)
    return f"{done} · {left}" if left else done


def phases(run: Run) -> str:
    """Return the way of a run with where it stands, in words; empty where it left the way."""
    if run.stage not in _PHASE_OF:
        return ""
    at, word = _PHASE_OF[run.stage]
    marks = (
        f"✓ {phase}" if place < at else f"▸ *{phase}: {word}*" if place == at else phase
        for place, phase in enumerate(_PHASES)
    )
    return "  ·  ".join(marks)


def host_of(link: str) -> str:
    """Return only the host of a link: the rest may hold a signature, which is a secret."""
    try:
        return esc(urlsplit(link).hostname or "") or "an unreadable link"
    except ValueError:
        return "an unreadable link"


def megabytes(size: int) -> str:
    """Return `61 MB`, tenths for less than ten, below a tenth `20 kB`, and never nothing."""
    if size < _TENTH:
        return f"{max(round(size / 1000), 1)} kB"
    tenths = round(size / _TENTH)
    return f"{round(tenths / 10) if tenths >= _DONE else tenths / 10} MB"


def _joined(parts: list[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
