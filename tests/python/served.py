"""What the stories have in common: a served venue, and a complaint that ends the run."""

import json
import os
import subprocess
import sys
import tempfile
import time

SERVE = os.environ.get("VENUE_SERVE", "target/debug/examples/serve")


class Mismatch(Exception):
    """The venue said something else than its protocol has it say."""


def check(holds, what):
    """Ends the story with `what` unless it holds."""
    if not holds:
        raise Mismatch(what)


def wait_for(what, condition, secs=60):
    """The first true value of `condition`, within so many seconds."""
    end = time.monotonic() + secs
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise Mismatch(f"waited {secs} s for {what}")


class Venue:
    """A venue of our own, served from a directory with its keys and certificate."""

    def __init__(self, scenario=None):
        self.dir = tempfile.TemporaryDirectory(prefix="venue-")
        command = [SERVE, self.dir.name] + ([scenario] if scenario else [])
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        path = os.path.join(self.dir.name, "venue.json")
        self.place = wait_for("the venue", lambda: self._place(path))

    def _place(self, path):
        check(self.process.poll() is None, "the venue ended before it began")
        try:
            with open(path, encoding="utf-8") as file:
                return json.load(file)
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    def key(self, at):
        """Name and secret of a key: 0 ES256, 1 Ed25519, 2 may only view, 3 may do everything."""
        with open(self.place["keys"][at], encoding="utf-8") as file:
            key = json.load(file)
        return key["name"], key["privateKey"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.dir.cleanup()


def tell(story):
    """Runs a story; its outcome is the exit code."""
    try:
        lines = story()
    except Mismatch as mismatch:
        print(f"MISMATCH: {mismatch}", file=sys.stderr)
        sys.exit(1)
    print(f"ok: {lines}")
