"""A scheduler process whose clock ticks every second; ends with its standard input.

Everything is as in ``flask scheduler run`` but the rhythm, so that a test need not wait.
"""

import sys
from dataclasses import replace
from datetime import timedelta

from employee_pulse.scheduler import runner
from employee_pulse.scheduler.schedule import SCHEDULE
from wsgi import app

_TICK = timedelta(seconds=1)

if __name__ == "__main__":
    scheduler = runner.start(app, [replace(job, every=_TICK) for job in SCHEDULE])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    scheduler.shutdown(wait=True)
