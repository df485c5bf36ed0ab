"""What the stories have in common: `runner venue serve`, and a complaint that ends the run."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time

RUNNER = os.environ.get("TRADER_RUNNER", "target/debug/runner")


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
    """The command's own venue on free ports, with its keys and certificate in a directory that goes
    with it."""

    def __init__(self, *more):
        self.dir = tempfile.TemporaryDirectory(prefix="venue-")
        ports = ["--port", "0", "--tls-port", "0"]
        command = [RUNNER, "venue", "serve", *ports, "--dir", self.dir.name, "--format", "json"]
        self.process = subprocess.Popen([*command, *more], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        check(line, f"the venue ended with {self.process.poll()} before it began")
        self.place = json.loads(line)

    def host(self, name):
        """Host and port of `http`, `https`, `ws` or `wss`, as clients that bring the scheme want."""
        return self.place[name].partition("://")[2]

    def key(self, at):
        """Name and secret of a key: 0 ES256, 1 Ed25519, 2 may only view, 3 may do everything."""
        with open(self.place["keys"][at]["file"], encoding="utf-8") as file:
            key = json.load(file)
        check(key["name"] == self.place["keys"][at]["name"], "a key file with another name")
        return key["name"], key["privateKey"]

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        self.dir.cleanup()
        if failed is None:
            check(code == 0, f"Ctrl-C ended the venue with {code}")


def tell(story):
    """Runs a story; its outcome is the exit code."""
    try:
        lines = story()
    except Mismatch as mismatch:
        print(f"MISMATCH: {mismatch}", file=sys.stderr)
        sys.exit(1)
    print(f"ok: {lines}")
