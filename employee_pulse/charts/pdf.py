"""A chart as PDF, drawn by a process of its own that ends with it.

Embedding the fonts takes 27 MB that a web worker would keep for good, for a download that is rare.
"""

import pickle
import subprocess
import sys
from pathlib import Path

from employee_pulse.charts import draw, export
from employee_pulse.charts.specs import Chart

_ROOT = Path(__file__).parents[2]
_TIMEOUT_SECONDS = 60


def draw_apart(chart: Chart) -> bytes:
    """The same bytes as ``export.to_pdf``; raises CalledProcessError if the process fails."""
    drawn = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", __name__],
        input=pickle.dumps(chart),
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        timeout=_TIMEOUT_SECONDS,
        check=True,
    )
    return drawn.stdout


if __name__ == "__main__":
    asked: Chart = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from draw_apart alone
    sys.stdout.buffer.write(export.to_pdf(draw.draw(asked)))
