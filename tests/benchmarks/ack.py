"""How long Slack waits for the acknowledgement of a slash command that writes something down.

Run it with `python -m tests.benchmarks.ack [FOLDER]`; the database stands in FOLDER, so that one on a disk
can be told from one in memory. The baseline, in the same run, is Bolt as its documentation sets it up, with
a listener that only acknowledges; `busy` is the bot while a dataset of 50 large pictures is inspected and 20
pictures are fetched, decoded and uploaded. All servers run on uvicorn.
"""

import argparse
import io
import tempfile
import time
import zipfile
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.table import Table

from tests.benchmarks.machinery import Commands, ask, bot_and_sandbox, free_port, percentile, process, sample

WARM_UP, SAMPLES = 200, 3000
BASELINE = """
import sys, uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

async def authorize():
    return AuthorizeResult(enterprise_id=None, team_id="T0000000001", bot_token="xoxb-sandbox")

app = AsyncApp(authorize=authorize, signing_secret="sandbox-signing-secret")

@app.command("/style")
async def style(ack):
    await ack("done")

handler = AsyncSlackRequestHandler(app)

async def events(request):
    return await handler.handle(request)

async def healthz(request):
    return PlainTextResponse("ok")

routes = [Route("/slack/events", events, methods=["POST"]), Route("/healthz", healthz)]
uvicorn.run(Starlette(routes=routes), port=int(sys.argv[1]), log_level="warning")
"""


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.ack",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER")
    with tempfile.TemporaryDirectory(dir=parser.parse_args().folder) as folder:
        baseline = measure_baseline()
        idle, busy = measure_bot(Path(folder))
    table = Table(title=f"acknowledgement of a slash command, {SAMPLES} samples each, milliseconds")
    for column in ("", "p50", "p99", "p50 / baseline", "p99 / idle"):
        table.add_column(column, justify="right")
    for name, samples in (("Bolt's defaults, no write", baseline), ("idle", idle), ("busy", busy)):
        p50, p99 = percentile(samples, 50), percentile(samples, 99)
        ratios = f"{p50 / percentile(baseline, 50):.2f}", f"{p99 / percentile(idle, 99):.2f}"
        table.add_row(name, f"{p50:.2f}", f"{p99:.2f}", *ratios)
    Console().print(table)


def measure_baseline() -> list[float]:
    """Return the samples of Bolt with its defaults."""
    port = free_port()
    with process("-c", BASELINE, str(port), port=port, path="/healthz"):
        commands = Commands(port)
        sample(lambda: commands.send("/style", "use stellar"), count=WARM_UP)
        samples = sample(lambda: commands.send("/style", "use stellar"), count=SAMPLES)
        commands.close()
    return samples


def measure_bot(folder: Path) -> tuple[list[float], list[float]]:
    """Return the samples of the idle and of the busy bot."""
    (folder / "large.zip").write_bytes(large_dataset())
    with bot_and_sandbox(folder) as (sandbox, port, _):
        datasets = ask(sandbox, "world?as=U0000000ANN")["datasets"]
        assert isinstance(datasets, list)
        train_one(sandbox, datasets[0]["url"])
        commands = Commands(port)
        sample(lambda: commands.send("/style", "use stellar"), count=WARM_UP)
        idle = sample(lambda: commands.send("/style", "use stellar"), count=SAMPLES)
        files = free_port()
        serving = ("-m", "http.server", str(files), "--bind", "127.0.0.1", "--directory", str(folder))
        with process(*serving, port=files, path="/", idle=True):
            act(sandbox, "U0000000CAT", "/generate a red fox --count 20")
            act(sandbox, "U0000000ANN", f"/train http://127.0.0.1:{files}/large.zip as Large")
            busy = sample(lambda: commands.send("/style", "use stellar"), count=SAMPLES)
        commands.close()
    return idle, busy


def act(sandbox: int, person: str, text: str) -> None:
    """Type a command in the sandbox."""
    ask(sandbox, "command", {"as": person, "channel": "C0000BRAND", "text": text})


def train_one(sandbox: int, url: str) -> None:
    """Train a first style, so that there is something to write down about."""
    act(sandbox, "U0000000ANN", f"/train {url} as Stellar")
    approve = wait_for_button(sandbox, "run.approve")
    ask(sandbox, "action", {"as": "U0000000BEN", "channel": "C0000BRAND", **approve})
    wait_for_button(sandbox, "run.default")


def wait_for_button(sandbox: int, action_id: str) -> dict[str, object]:
    """Return what to click, as soon as it is there."""
    for _ in range(600):
        messages = ask(sandbox, "messages?as=U0000000ANN&channel=C0000BRAND")["messages"]
        assert isinstance(messages, list)
        for message in messages:
            for block in message["blocks"] or []:
                for element in block.get("elements", []):
                    if element.get("action_id") == action_id:
                        return {
                            "message_ts": message["ts"],
                            "block_id": block["block_id"],
                            "action_id": action_id,
                            "value": element.get("value"),
                        }
        time.sleep(0.1)
    raise TimeoutError(action_id)


def large_dataset() -> bytes:
    """Return a ZIP of 50 JPEGs of 12 megapixels, noisy enough to be worth decoding."""
    noise = Image.effect_noise((4000, 3000), 60).convert("RGB")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        for number in range(50):
            picture = io.BytesIO()
            noise.rotate(90 * (number % 4), expand=True).save(picture, "JPEG", quality=80)
            members.writestr(f"picture-{number:02}.jpg", picture.getvalue())
    return archive.getvalue()


if __name__ == "__main__":
    main()
