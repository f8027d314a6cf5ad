"""How soon the ballot page can be used on a slow phone: from the link to Begin, to the questions.

    python -m benchmarks.ballot_page [--runs 5]

Chromium with a processor slowed down four times and a slow 4G net (1.6 Mbit/s down, 0.75 Mbit/s
up, 150 ms), an empty cache each time. Beside it stands the same page without any brake.
"""

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.answering import answering

TARGET_S = 2.0
SLOWER = 4
NET = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
CLOCK = """
globalThis.shownAt = {};
new MutationObserver((changes) => {
  for (const { target } of changes) if (!target.hidden) shownAt[target.id] ??= performance.now();
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["hidden"] });
"""
"""When each section was shown, in milliseconds since the page was asked for."""


@dataclass(frozen=True)
class Times:
    """Seconds, and what had to come over the net."""

    begin: float
    questions: float
    requests: int
    bytes: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    with (
        tempfile.TemporaryDirectory() as folder,
        answering(f"sqlite:///{Path(folder) / 'pulse.db'}", Path(folder)) as place,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        links = iter(place.links)
        fast = [measure(browser, next(links), slow=False) for _ in range(runs)]
        slow = [measure(browser, next(links), slow=True) for _ in range(runs)]
        browser.close()
    tell("no brake", fast)
    tell("slow phone", slow)
    begin = statistics.median(times.begin for times in slow)
    verdict = "within" if begin <= TARGET_S else "ABOVE"
    print(f"{verdict} the target of {TARGET_S:.1f} s until Begin ({begin / TARGET_S:.0%} of it)")


def measure(browser: Browser, link: str, *, slow: bool) -> Times:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ko-KR")
    page = context.new_page()
    session = context.new_cdp_session(page)
    weight = watch(session)
    if slow:
        session.send("Network.emulateNetworkConditions", NET)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(CLOCK)
    page.goto(link, wait_until="commit")
    begin = shown(page, "intro")
    requests, size = len(weight), sum(weight)
    clicked = page.evaluate("document.getElementById('begin').click() ?? performance.now()")
    asked = shown(page, "questions")
    context.close()
    return Times(begin / 1e3, (asked - clicked) / 1e3, requests, round(size))


def watch(session: CDPSession) -> list[float]:
    """Bytes over the net, one entry a finished request."""
    weight: list[float] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: weight.append(event["encodedDataLength"]))
    return weight


def shown(page: Page, section: str) -> float:
    page.locator(f"#{section}").wait_for(timeout=60_000)
    while not page.evaluate(
        f"shownAt.{section}"
    ):  # The introduction stands there before the scripts.
        page.wait_for_timeout(20)
    moment: float = page.evaluate(f"shownAt.{section}")
    return moment


def tell(name: str, runs: Sequence[Times]) -> None:
    begin = sorted(times.begin for times in runs)
    questions = sorted(times.questions for times in runs)
    print(
        f"{name:<12} Begin after {statistics.median(begin):5.2f} s (worst {begin[-1]:.2f}), "
        f"questions {statistics.median(questions):5.2f} s after it (worst {questions[-1]:.2f}); "
        f"{runs[-1].requests} requests, {runs[-1].bytes / 1e3:,.0f} kB"
    )


if __name__ == "__main__":
    main()
