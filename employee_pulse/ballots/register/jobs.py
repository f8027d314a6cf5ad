"""What the clock does for the register: draw rolls, invite, remind."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app, render_template
from flask_babel import force_locale, gettext

from employee_pulse.anonymity.blind_signature import generate_keys
from employee_pulse.ballots.register import queries, service
from employee_pulse.ballots.register.queries import OpenRoll
from employee_pulse.ballots.register.rules.grouping import TooFewEligible
from employee_pulse.ballots.register.rules.letters import LINK, Letter
from employee_pulse.ballots.register.rules.reminders import reminder_days, reminder_due
from employee_pulse.ballots.wording import closing_words
from employee_pulse.foundation.db import db, transaction
from employee_pulse.foundation.failures import one_by_one
from employee_pulse.org import queries as org
from employee_pulse.surveys.models import Program, Wave

_CHUNK = 500
"""Invitations written at once: short enough that ballots cast meanwhile do not wait."""


def draw_rolls(now: datetime) -> int:
    """Draw the roll of every open wave that has none."""
    return one_by_one(queries.waves_without_roll(now), lambda wave_id: _draw_roll(wave_id, now))


def invite(now: datetime) -> int:
    """Queue an invitation for everybody on the roll of an open wave who has none."""
    rolls = {roll.wave_id: roll for roll in queries.open_rolls(now)}
    return one_by_one(rolls, lambda wave_id: _invite(rolls[wave_id], now))


def remind(now: datetime) -> int:
    """Queue today's reminder to those who have not taken a ballot."""
    rolls = {roll.wave_id: roll for roll in queries.open_rolls(now)}
    return one_by_one(rolls, lambda wave_id: _remind(rolls[wave_id], now))


def _draw_roll(wave_id: int, now: datetime) -> bool:
    policy = current_app.config["POLICY"]
    wave = db.session.get_one(Wave, wave_id)
    zone = ZoneInfo(db.session.get_one(Program, wave.program_id).timezone)
    try:
        plan = service.plan_roll(
            wave_id,
            on=now.astimezone(zone).date(),
            minimum=policy.min_group_eligible,
            min_company=policy.min_company,
            rest=_rest_names(),
        )
    except TooFewEligible as refusal:
        current_app.logger.warning("Wave %s has no roll: %s", wave_id, refusal)
        return False
    groups = sorted(plan.labels)
    keys = dict(zip(groups, generate_keys(len(groups)), strict=True))
    with transaction():
        return service.draw_roll(plan, keys=keys, secret=current_app.config["SECRET_KEY"], now=now)


def _invite(roll: OpenRoll, now: datetime) -> int:
    post = _post("invitation", roll)
    queued = 0
    while True:
        with transaction():
            count = service.invite(roll.wave_id, post=post, limit=_CHUNK, now=now)
        queued += count
        if count < _CHUNK:
            return queued


def _remind(roll: OpenRoll, now: datetime) -> int:
    day = timedelta(days=1)
    days = reminder_days(
        opened_at=roll.opened_at,
        closes_at=roll.closes_at,
        plan=roll.reminder_days,
        timezone=roll.timezone,
        holidays=org.holidays((roll.opened_at - day).date(), (roll.closes_at + day).date()),
    )
    due = reminder_due(days, now=now, timezone=roll.timezone)
    if due is None or queries.was_reminded(roll.wave_id, due):
        return 0
    with transaction():
        return service.remind(roll.wave_id, day=due, post=_post("reminder", roll), now=now)


def _post(kind: str, roll: OpenRoll) -> service.Post:
    return service.Post(
        letters={language: _letter(kind, roll, language) for language in ("ko", "en")},
        base_url=current_app.config["BASE_URL"],
        secret=current_app.config["SECRET_KEY"],
    )


def _letter(kind: str, roll: OpenRoll, language: str) -> Letter:
    with force_locale(language):
        words = {
            "program": roll.program_ko if language == "ko" else roll.program_en,
            "closes": closing_words(roll.closes_at, roll.timezone, language),
            "link": LINK,
            "language": language,
            "sheet_hash": roll.sheet_hash,
        }
        subject, body, html = (
            render_template(f"ballots/mail/{kind}.{part}", **words)
            for part in ("subject.txt", "txt", "html")
        )
    return Letter(subject.strip(), body, html)


def _rest_names() -> service.Names:
    names = {}
    for language in ("ko", "en"):
        with force_locale(language):
            names[language] = gettext(
                "%(department)s, leads and small teams", department="%(department)s"
            )
    return service.Names(**names)
