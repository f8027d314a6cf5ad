"""SCHEDULE: every job that runs by itself, its rhythm, in relay order."""

from collections.abc import Sequence
from datetime import timedelta

from employee_pulse.ballots.register.jobs import draw_rolls, invite, remind
from employee_pulse.notifications.jobs import deliver_outbox
from employee_pulse.org.jobs import forget_rosters, free_posts
from employee_pulse.results.jobs import publish_closed_waves
from employee_pulse.scheduler.rules import Job
from employee_pulse.surveys.jobs import close_due_waves, open_due_waves, plan_next_waves

SCHEDULE: Sequence[Job] = (
    Job("plan-next-waves", plan_next_waves, timedelta(minutes=10)),
    Job("open-due-waves", open_due_waves, timedelta(seconds=30)),
    Job("draw-rolls", draw_rolls, timedelta(seconds=30)),
    Job("invite", invite, timedelta(seconds=30)),
    Job("remind", remind, timedelta(minutes=5)),
    Job("close-due-waves", close_due_waves, timedelta(seconds=30)),
    Job("publish-closed-waves", publish_closed_waves, timedelta(minutes=1)),
    Job("deliver-outbox", deliver_outbox, timedelta(seconds=20)),
    Job("forget-rosters", forget_rosters, timedelta(hours=1)),
    Job("free-posts", free_posts, timedelta(hours=1)),
)
