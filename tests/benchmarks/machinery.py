"""What the benchmarks share: our programs as processes, signed requests over one connection, percentiles."""

import contextlib
import hashlib
import hmac
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bot.sandbox.dataset import demo_dataset

SECRET = "sandbox-signing-secret"


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextlib.contextmanager
def process(
    *command: str,
    port: int,
    path: str,
    idle: bool = False,
    environment: dict[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python program until the block ends; it begins when `path` on `port` answers.

    `idle` is for what would run on another machine: it gives way to what is measured.
    """
    running = subprocess.Popen(
        [*(("chrt", "--idle", "0") if idle else ()), sys.executable, *command],
        env=os.environ | (environment or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}{path}", running)
        yield running
    finally:
        running.terminate()
        running.wait(30)
        if running.stderr:
            running.stderr.close()


def wait_for(url: str, running: subprocess.Popen[bytes]) -> None:
    """Return when `url` answers at all; raise where the program ended before it did."""
    for _ in range(300):
        if running.poll() is not None:
            raise RuntimeError((running.stderr.read() if running.stderr else b"").decode())
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=1).close()
            return
        time.sleep(0.1)
    raise TimeoutError(url)


@contextlib.contextmanager
def bot_and_sandbox(folder: Path, **environment: str) -> Iterator[tuple[int, int, subprocess.Popen[bytes]]]:
    """Run the sandbox and the bot as two processes; yields their ports and the bot's process."""
    sandbox, bot = free_port(), free_port()
    url = f"http://127.0.0.1:{sandbox}"
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{url}/slack/api/",
        "RUNWARE_API_KEY": "sandbox-key",
        "RUNWARE_API_URL": f"{url}/runware/v1",
        "DATABASE_URL": f"sqlite:///{folder / 'housestyle.db'}",
        "HOUSESTYLE_FETCH_ALLOW": "127.0.0.0/8",
        "HOUSESTYLE_RESULT_HOSTS": "127.0.0.1",
        "HOUSESTYLE_POLL_SECONDS": "1",
        "HOUSESTYLE_UNDO_SECONDS": "0",
        "HOST": "127.0.0.1",
        "PORT": str(bot),
        **environment,
    }
    events = f"http://127.0.0.1:{bot}/slack/events"
    dataset = folder / "stellar.zip"
    dataset.write_bytes(demo_dataset())
    arguments = ("--port", str(sandbox), "--events-url", events, "--training-seconds", "2")
    with (
        process(
            *("-m", "bot.sandbox", *arguments, "--dataset", str(dataset)), port=sandbox, path="/", idle=True
        ),
        process("-m", "bot.cli", "serve", port=bot, path="/healthz", environment=settings) as running,
    ):
        yield sandbox, bot, running


def ask(port: int, what: str, body: dict[str, object] | None = None) -> dict[str, object]:
    """Call the sandbox's page API."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/sandbox/{what}", data)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        answered: dict[str, object] = json.load(answer)
    return answered


class Commands:
    """Sends signed slash commands to the bot on `port` over one kept connection, each in one piece."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sent = 0

    def send(self, command: str, text: str) -> float:
        """Send one and return the milliseconds until its acknowledgement was read."""
        self._sent += 1
        request = signed(command, text, trigger=f"{time.time_ns()}.{self._sent}")
        started = time.perf_counter()
        self._socket.sendall(request)
        answer = self._read()
        took = (time.perf_counter() - started) * 1000
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer.decode())
        return took

    def _read(self) -> bytes:
        head, _, body = self._socket.recv(65536).partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        while len(body) < length:
            body += self._socket.recv(65536)
        return head

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


def signed(command: str, text: str, *, trigger: str) -> bytes:
    """Return a whole HTTP request as Slack sends it for a command."""
    form = {
        "command": command,
        "text": text,
        "team_id": "T0000000001",
        "user_id": "U0000000ANN",
        "channel_id": "C0000BRAND",
        "trigger_id": trigger,
        "response_url": "http://127.0.0.1:9/none",
    }
    body = urllib.parse.urlencode(form)
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nX-Slack-Request-Timestamp: {stamp}\r\n"
        f"X-Slack-Signature: v0={signature}\r\n\r\n"
    )
    return (head + body).encode()


def sample(send: Callable[[], float], *, count: int) -> list[float]:
    """Return `count` samples, one after the other."""
    return [send() for _ in range(count)]


def percentile(samples: Sequence[float], percent: int) -> float:
    """Return a percentile of `samples`."""
    return statistics.quantiles(samples, n=100, method="inclusive")[percent - 1]
