"""A process to talk with in tests: it does what it is told, also badly."""

import json
import os
import sys
import time
from typing import Any


def main() -> None:
    """Do what the request names, and write what comes of it."""
    request: dict[str, Any] = json.loads(sys.stdin.readline())
    DEEDS[request["do"]](request)


def say(line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def echo(_: dict[str, Any]) -> None:
    for line in sys.stdin:
        say(json.loads(line))


def mumble(_: dict[str, Any]) -> None:
    sys.stdout.write('"words"\n[1]\nnot json\n{"a": 1}\n\n{"b": 2}\n{"torn":')


def nest(_: dict[str, Any]) -> None:
    sys.stdout.write("[" * 100_000 + '\n{"a": 1}\n')


def shout(_: dict[str, Any]) -> None:
    while True:
        say({"x": "x" * 1000})


def tell(request: dict[str, Any]) -> None:
    say({"x": "x" * request["size"]})


def sleep(_: dict[str, Any]) -> None:
    say({"pid": os.getpid()})
    time.sleep(60)


def leave_a_child(_: dict[str, Any]) -> None:
    if os.fork():
        say({})
    else:
        time.sleep(60)


def fall(request: dict[str, Any]) -> None:
    raise RuntimeError(request["why"])


def look_around(_: dict[str, Any]) -> None:
    say({"environment": dict(os.environ), "policy": os.sched_getscheduler(0)})


DEEDS = {
    deed.__name__: deed for deed in (echo, mumble, nest, shout, tell, sleep, leave_a_child, fall, look_around)
}
