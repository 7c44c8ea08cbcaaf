"""Runs and generations at every stage, plain and hostile, for the tests of how they are drawn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.assessment import Assessment, Likeness, Outlier, Swatch, Twins
from bot.domain.collecting import Upload
from bot.domain.dataset import Comparison, Dataset, Picture
from bot.domain.facts import Signed, TrainedBefore, TrainingRequest
from bot.domain.generation import Format, Generation, GenerationRequest, Quality
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import Air, ChannelId, FileId, GenerationId, RunId, TaskId, UserId, WorkspaceId
from bot.domain.results import Result
from bot.domain.run import Run, Stage
from bot.domain.style import Version
from bot.domain.task import Failure, Task

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ANN, BEN = UserId("U0ANN00001"), UserId("U0BEN00001")
CHANNEL = ChannelId("C0BRAND0001")
HOSTILE = (
    "<!channel> <@U0BOSS0001> <https://evil.example|safe> *x* `y` &amp; "
    "\u202etxt.exe\u202c \u200b\u0000\u0007 \U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301\n> quote"
)
TASK = Task(TaskId("11111111-2222-4333-8444-555555555555"), "{}")
LINK = "https://ann:pw@assets.acme.example/stellar.zip?X-Amz-Signature=0123456789abcdef"


def dataset(name: str = "fox.png", *, count: int = 24, warnings: tuple[str, ...] = ()) -> Dataset:
    pictures = [Picture(f"{n}-{name}", "PNG", 1024, 1024, 1000, f"{n:064x}") for n in range(count)]
    return Dataset("0" * 64, 61_000_000, tuple(pictures), warnings)


def judged(
    name: str = "fox.png", *, count: int = 24, words: str = "No outline where 23 of 24 have one."
) -> Dataset:
    """Return a kept dataset: picture 7 is an outlier, 9 and 10 are twins of 3; `words` are others'."""
    found = dataset(name, count=count, warnings=(words,))
    names = [picture.name for picture in found.pictures]
    assessment = Assessment(
        82,
        advice=(words, "Leave out 7.", "Add another subject."),
        outliers=(Outlier(names[6], words),),
        twins=(Twins((names[2], names[8]), Likeness.NEAR), Twins((names[2], names[9]), Likeness.EXACT)),
        habits=(f"Every picture is centred: {words}",),
        sizes=(f"2 pictures are small: {words}",),
        palette=(Swatch("#aabbcc", 0.324), Swatch("#102030", 0.2)),
    )
    return replace(found, sha256="1a2b3c4d" + "0" * 56, origin="f" * 64, assessment=assessment, kept=True)


def full(
    stage: Stage = Stage.AWAITING,
    *,
    text: str = "Stellar",
    words: str = "No outline.",
    **changes: Any,  # noqa: ANN401 - what its fields hold
) -> Run:
    """Return a run of whose dataset all is known that can be."""
    known = {
        "dataset": judged(text, words=words),
        "left_out": (f"moss-{text}", f"fern-{text}"),
        "strip": True,
        "compared": Comparison(f"{text}@1", 3, 1),
        "before": TrainedBefore(f"{text}@1", RunId("3F8HZ2K9QW")),
        "rights": Signed(ANN, NOW - timedelta(hours=3)),
        "notice": words,
    }
    return run(stage, text=text, words=words, **{**known, **changes})


def run(stage: Stage, *, text: str = "Stellar", words: str = "It went wrong.", **changes: Any) -> Run:  # noqa: ANN401 - what its fields hold
    """Return a run as it can be at `stage`; `text` and `words` are what others put into it."""
    request = TrainingRequest(WorkspaceId("T0ACME00001"), CHANNEL, ANN, LINK, text, note=words)
    made = Run(RunId("7K2M9QX4TB"), request, NOW - timedelta(hours=3), stage, NOW, version=7)
    if stage is Stage.REFUSED:
        made = replace(made, problems=(words, "Add at least 3 more."))
    elif stage is not Stage.REQUESTED:
        found = dataset(text, warnings=(words, "Two are exact copies."))
        made = replace(made, dataset=found, air=Air("acme:stellar@1"), number=1)
    if stage not in (Stage.REQUESTED, Stage.AWAITING, Stage.REFUSED, Stage.EXPIRED):
        approval = None if stage is Stage.REJECTED else Signed(BEN, NOW)
        made = replace(made, decided_by=BEN, starts_at=NOW + timedelta(seconds=30), approval=approval)
    if stage is Stage.SUBMITTING:
        made = replace(made, task=TASK)
    if stage in (Stage.UNCONFIRMED, Stage.TRAINING, Stage.READY, Stage.FAILED):
        made = replace(made, task=replace(TASK.attempted(NOW), is_taken=stage is not Stage.UNCONFIRMED))
    if stage is Stage.REJECTED:
        made = replace(made, reason=words)
    if stage is Stage.FAILED:
        made = replace(made, failure=Failure("trainingFailed", words))
    return replace(made, **changes)


def generation(
    stage: Drawing,
    *,
    prompt: str = "a red fox on a mossy rock",
    label: str = "Stellar@1",
    count: int = 4,
    quality: Quality = Quality.LOW,
    **changes: Any,  # noqa: ANN401 - what its fields hold
) -> Generation:
    """Return a generation as it can be at `stage`, with `count` pictures once it is done."""
    request = GenerationRequest(
        WorkspaceId("T0ACME00001"), CHANNEL, ANN, prompt[:3000], count=count, quality=quality
    )
    made = Generation(
        GenerationId("3F8HZ2K9QW"), request, Air("acme:stellar@1"), label, NOW, stage, version=5
    )
    if stage is Drawing.DONE:
        results = tuple(Result(str(n), f"https://im.runware.ai/{n}.jpg", 0.0026) for n in range(count))
        uploads = tuple(Upload(str(n), FileId(f"F0PICTURE{n:02}")) for n in range(count))
        made = replace(made, results=results, uploads=uploads)
    if stage is Drawing.FAILED:
        made = replace(made, failure=Failure("contentRefused", prompt[:200]))
    return replace(made, **changes)


def webp(made: Generation) -> Generation:
    """Return a done generation whose originals are WebP files."""
    uploads = tuple(
        replace(upload, original=FileId(f"F0ORIGINA{n:02}")) for n, upload in enumerate(made.uploads)
    )
    return replace(made, uploads=uploads, request=replace(made.request, format=Format.WEBP))


def version(number: int = 1, *, name: str = "Stellar", slug: str = "stellar", ready: bool = True) -> Version:
    return Version(
        WorkspaceId("T0ACME00001"),
        slug,
        number,
        Air(f"acme:{slug}@{number}"),
        RunId("7K2M9QX4TB"),
        name,
        NOW if ready else None,
    )
