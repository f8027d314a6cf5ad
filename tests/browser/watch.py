"""What a page did that it must not: errors, broken policy, requests to others; and axe-core."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
OVERFLOW = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.querySelectorAll("body *")].filter(
    (element) => element.getBoundingClientRect().right > root.clientWidth + 1);
  return wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
}"""


class Watch:
    """Listens to a page from before its first request and collects ``problems``."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        page.add_init_script(TELL_VIOLATIONS)
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("request", lambda request: self._request(request.url))

    def _console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.problems.append(f"console: {text}")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.problems.append(f"request to another host: {url}")


def check_accessibility(page: Page, *, only: list[str] | None = None) -> list[str]:
    """What axe-core finds, a line each; ``only`` names the rules to run instead of all."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE + "; undefined")
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if only:
        options["runOnly"] = {"type": "rule", "values": only}
    found = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {node['target']} {_why(node)}"
        for violation in found["violations"]
        for node in violation["nodes"][:5]
    ]


def _why(node: dict[str, str]) -> str:
    return " ".join(node["failureSummary"].split())[:200]


def overflow(page: Page) -> list[str]:
    """Elements that make the page scroll sideways; empty if it does not."""
    found: list[str] = page.evaluate(OVERFLOW)
    return found
