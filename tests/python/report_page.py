"""The page of a backtest, opened in headless Chromium: what it shows is what report.json says.

    python3 tests/python/report_page.py DIR SHOTS

DIR has report.html and report.json of one run; screenshots at the widths of a telephone and of a desk,
light and dark, are written to SHOTS. Needs Chromium (`apt-get install chromium`) and nothing else:
it is spoken to over a pipe, in the browser's own protocol.

Checked: no message on the console, no failed and no outside request; nothing sticks out sideways; every
element that says where in the JSON it is from shows that value; every table row and column likewise;
every chart has something drawn in it; each product's button shows its candles.
"""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

# A browser that does not answer is broken; all of it needs a tenth of this.
PATIENCE_SECS = 120
SIZES = {"phone": (360, 780, 2, True), "desktop": (1280, 900, 1, False)}
# Root needs no sandbox, and nothing is looked for outside.
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb",
    "--remote-debugging-pipe",
]

# What the page shows, with where it is from.
SHOWN = r"""
(() => {
  const shown = [];
  const say = (pointer, key, element) => shown.push({pointer, key,
    text: element.textContent.trim(), minus: element.hasAttribute('data-minus')});
  for (const element of document.querySelectorAll('[data-json]')) {
    if (element.tagName !== 'TR') { say(element.dataset.json, null, element); continue; }
    const heads = element.closest('table').querySelectorAll('th');
    [...element.cells].forEach((cell, at) => {
      if (heads[at].dataset.key) say(element.dataset.json, heads[at].dataset.key, cell);
    });
  }
  return shown;
})()
"""

# What the layout came to.
LAYOUT = r"""
(() => {
  // A telephone zooms out until everything fits: what counts is the width that it has.
  const wide = document.documentElement.scrollWidth - WIDTH;
  const culprits = wide > 0 ? [...document.querySelectorAll('body *')].filter(e =>
    e.getBoundingClientRect().right > WIDTH + 1 && !e.closest('.wide, .scroll, nav, svg'))
    .slice(0, 5).map(e => e.tagName + '.' + e.className) : [];
  const charts = [...document.querySelectorAll('svg')].filter(e => e.getClientRects().length).map(e => {
    const box = e.getBoundingClientRect();
    const drawn = [...e.querySelectorAll('path:not(.grid), polyline')].some(p => p.getTotalLength() > 1);
    return {label: e.getAttribute('aria-label'), width: box.width, height: box.height, drawn};
  });
  const small = [...document.querySelectorAll('body *')].filter(e => e.childElementCount === 0 &&
    e.textContent.trim() && e.getClientRects().length && parseFloat(getComputedStyle(e).fontSize) < 10)
    .slice(0, 5).map(e => e.tagName + '.' + e.className);
  return {wide, culprits, charts, small, title: document.title};
})()
"""

# Presses each product's button and says which chart is seen.
PICKS = r"""
[...document.querySelectorAll('.picks label')].map(label => {
  label.click();
  const seen = [...document.querySelectorAll('.charts > div')].filter(e => e.getClientRects().length);
  return [label.firstChild.textContent.trim(),
    seen.map(e => e.querySelector('figcaption').firstChild.textContent.trim())];
})
"""


class Browser:
    """Chromium over its debugging pipe: JSON messages that end with a zero byte."""

    def __init__(self, home):
        name = next(filter(shutil.which, ["chromium", "chromium-browser", "google-chrome"]), None)
        if name is None:
            sys.exit("report_page: no Chromium here; apt-get install chromium")
        to_browser, self.send_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def wire():
            os.dup2(to_browser, 3)
            os.dup2(from_browser, 4)

        for end in (to_browser, from_browser):
            os.set_inheritable(end, True)
        self.process = subprocess.Popen(
            [name, *FLAGS, f"--user-data-dir={home}"],
            preexec_fn=wire, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.buffer, self.number, self.session, self.events = b"", 0, None, []

    def message(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.read_end, 1 << 20)
            if not piece:
                sys.exit(f"report_page: the browser ended with code {self.process.wait()}")
            self.buffer += piece
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **params):
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.send_end, json.dumps(request).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"report_page: {method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def until(self, method):
        while not any(event["method"] == method for event in self.events):
            self.events.append(self.message())

    def run(self, script):
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            sys.exit(f"report_page: {answer['exceptionDetails']}")
        return answer["result"]["value"]


def tell(event):
    """What an event complains of; nothing of most."""
    params, method = event.get("params", {}), event.get("method")
    if method == "Log.entryAdded":
        return f"{params['entry']['level']}: {params['entry']['text']} {params['entry'].get('url', '')}"
    if method == "Runtime.consoleAPICalled":
        return f"console.{params['type']}: {params['args']}"
    if method == "Runtime.exceptionThrown":
        return f"exception: {params['exceptionDetails']}"
    if method == "Network.loadingFailed":
        return f"failed: {params}"
    if method == "Network.requestWillBeSent" and not params["request"]["url"].startswith(("file:", "data:")):
        return f"outside: {params['request']['url']}"
    return None


def found(document, pointer):
    value = document
    for part in pointer.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


NUMBER = re.compile(r"[-+]?[\d,]*\.?\d+")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
# A key whose value is shown in another unit.
HUNDREDTHS = {"worst_use_bps"}


def duration(secs):
    days, hours, minutes = secs // 86400, secs // 3600 % 24, secs // 60 % 60
    return f"{days}d {hours:02}:{minutes:02}" if days else f"{hours:02}:{minutes:02}"


def agrees(value, text, key, minus):
    """Whether a text shows a value of the JSON."""
    text = text.replace("\u2212", "-")
    if value is None:
        return text in {"n/a", "never", "open", "yes or no", ""} or text.startswith("n/a")
    if isinstance(value, dict):
        return set(value) == {"na"} and text.startswith("n/a") and (text == "n/a" or value["na"] in text)
    if isinstance(value, bool):
        return text == str(value).lower()
    if isinstance(value, str) and DATE.match(value):
        text, value = text.replace("T", " ")[:16], value.replace("T", " ")[:16]
        return text == value or f"{text} 00:00" == value
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        return text == value
    if key and key.endswith("_secs"):
        return text == duration(value)
    number = NUMBER.match(text)
    if number is None:
        return False
    digits = number.group().replace(",", "")
    shown, exact = Decimal(digits), Decimal(str(value))
    exact = exact / 100 if key in HUNDREDTHS else exact
    exact = -exact if minus else exact
    places = len(digits.partition(".")[2])
    return abs(shown - exact) <= Decimal("0.500001") * Decimal(10) ** -places


def judge(browser, document):
    problems = []
    shown = browser.run(SHOWN)
    for one in shown:
        value = found(document, one["pointer"])
        value = value[one["key"]] if one["key"] else value
        key = one["key"] or one["pointer"].rpartition("/")[2]
        if not agrees(value, one["text"], key, one["minus"]):
            problems.append(f"{one['pointer']} {one['key'] or ''}: shows {one['text']!r}, JSON has {value!r}")
    # So that nothing passes by showing nothing.
    rows = sum(len(document[name]) for name in ("by_product", "by_trigger", "by_exit", "months", "days"))
    closed = min(500, sum(not row["is_open"] for row in document["trades"]))
    if len(shown) < 100 + 5 * rows + 10 * closed:
        problems.append(f"only {len(shown)} figures are shown")
    return len(shown), problems


def laid_out(browser, size, scheme):
    name = f"{size} {scheme}"
    layout = browser.run(LAYOUT.replace("WIDTH", str(SIZES[size][0])))
    problems = [] if layout["wide"] <= 0 else [f"{name}: {layout['wide']} px too wide: {layout['culprits']}"]
    problems += [f"{name}: too small to read: {one}" for one in layout["small"]]
    for chart in layout["charts"]:
        if not chart["drawn"] or chart["height"] < 80 or chart["width"] < 200:
            problems.append(f"{name}: an empty chart: {chart}")
    if len(layout["charts"]) < 3:
        problems.append(f"{name}: {len(layout['charts'])} charts")
    return len(layout["charts"]), problems


def photograph(browser, path):
    size = browser.ask("Page.getLayoutMetrics")["cssContentSize"]
    # A picture has a bottom, even of a long page.
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 12000), "scale": 1}
    shot = browser.ask("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
    path.write_bytes(base64.b64decode(shot["data"]))


def opened(browser, page, size, scheme):
    width, height, scale, mobile = SIZES[size]
    browser.ask(
        "Emulation.setDeviceMetricsOverride",
        width=width, height=height, deviceScaleFactor=scale, mobile=mobile,
    )
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.ask("Emulation.setEmulatedMedia", media="screen", features=[feature])
    browser.events.clear()
    browser.ask("Page.navigate", url=page.as_uri())
    browser.until("Page.loadEventFired")
    return [told for told in map(tell, browser.events) if told]


def main():
    signal.alarm(PATIENCE_SECS)
    place, shots = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    shots.mkdir(parents=True, exist_ok=True)
    document = json.loads((place / "report.json").read_text())
    problems = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        browser = Browser(home)
        try:
            target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
            attached = browser.ask("Target.attachToTarget", targetId=target, flatten=True)
            browser.session = attached["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                browser.ask(f"{domain}.enable")
            for size in SIZES:
                for scheme in ("light", "dark"):
                    problems += opened(browser, place / "report.html", size, scheme)
                    charts, wrong = laid_out(browser, size, scheme)
                    problems += wrong
                    photograph(browser, shots / f"{size}-{scheme}.png")
            figures, wrong = judge(browser, document)
            problems += wrong
            picks = browser.run(PICKS)
            problems += [f"{name}: its button shows {seen}" for name, seen in picks if seen != [name]]
            if len(picks) != len(document["charts"]):
                problems.append(f"{len(picks)} buttons for {len(document['charts'])} charts")
            problems += [told for told in map(tell, browser.events) if told]
            browser.session = None
            browser.ask("Browser.close")
        finally:
            browser.process.kill()
            browser.process.wait()
    for problem in problems:
        print(f"report_page: {problem}", file=sys.stderr)
    if not problems:
        print(f"{figures} figures equal the JSON, {charts} charts, {len(picks)} products, 4 screenshots in {shots}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
