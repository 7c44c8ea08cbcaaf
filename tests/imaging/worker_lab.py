"""A worker for tests that says it is not offline, and then has nothing to say."""

import json
import sys


def main() -> None:
    sys.stdout.write(json.dumps({"offline": False}) + "\n")
