"""The sandbox as a program of its own, killed without a warning."""

import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.sandbox.slack_lab import ANN, BRAND, free_socket

TOKEN = {"Authorization": "Bearer xoxb-sandbox"}
STARTS_WITHIN, STOPS_WITHIN = 60.0, 30.0
"""Seconds, on a machine however busy: only a failure takes so long."""


def start(port: int, state: Path) -> subprocess.Popen[bytes]:
    """Start the program and wait until it answers."""
    options = ["--port", str(port), "--state", str(state), "--training-seconds", "1"]
    program = subprocess.Popen([sys.executable, "-m", "bot.sandbox", *options])
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        try:
            httpx.get(f"http://127.0.0.1:{port}/sandbox/ledger", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return program
    program.kill()
    program.wait()
    raise TimeoutError("the sandbox did not start")


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    held, url = free_socket()
    port = int(url.rpartition(":")[2])
    program = start(port, tmp_path)
    said = {"channel": BRAND, "text": "still here"}
    posted = httpx.post(f"{url}/slack/api/chat.postMessage", json=said, headers=TOKEN, trust_env=False)
    program.kill()
    program.wait()
    program = start(port, tmp_path)
    try:
        asked = {"as": ANN, "channel": BRAND}
        seen = httpx.get(f"{url}/sandbox/messages", params=asked, trust_env=False).json()["messages"]
        told = httpx.get(f"{url}/sandbox/ledger", trust_env=False).json()
    finally:
        program.terminate()
        program.wait(STOPS_WITHIN)
        held.close()
    assert [(message["ts"], message["text"]) for message in seen] == [(posted.json()["ts"], "still here")]
    assert [entry["method"] for entry in told["slack"]] == ["chat.postMessage"]
