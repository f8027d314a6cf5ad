"""What the clock does: plan, open and close waves."""

from datetime import datetime
from pathlib import Path

from flask import current_app

from employee_pulse.anonymity.keyring import Keyring
from employee_pulse.foundation.db import db, transaction
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.failures import one_by_one
from employee_pulse.surveys import queries, service
from employee_pulse.surveys.models import Program
from employee_pulse.surveys.rules.thresholds import Thresholds


def plan_next_waves(now: datetime) -> int:
    """Keep the coming waves of every running program stored; counts new ones."""
    programs = [program.id for program in queries.running_programs()]
    return one_by_one(programs, lambda program_id: _plan(program_id, now), what="Program")


def open_due_waves(now: datetime) -> int:
    """Open every wave whose time has come; one that must wait keeps the reason for HR."""
    return one_by_one(queries.due_waves(now), lambda wave_id: _open(wave_id, now))


def close_due_waves(now: datetime) -> int:
    """Close every wave whose time is over."""
    return one_by_one(queries.waves_past_closing(now), lambda wave_id: _close(wave_id, now))


def _plan(program_id: int, now: datetime) -> int:
    with transaction():
        program = db.session.get_one(Program, program_id)
        return service.plan_waves(program, now=now, holidays=queries.planning_holidays(now))


def _close(wave_id: int, now: datetime) -> bool:
    with transaction():
        return service.close_wave(wave_id=wave_id, now=now)


def _open(wave_id: int, now: datetime) -> bool:
    policy = current_app.config["POLICY"]
    try:
        with transaction():
            return service.open_wave(
                wave_id=wave_id,
                now=now,
                keyring=Keyring(Path(current_app.config["KEY_DIR"])),
                thresholds=Thresholds(
                    scores=policy.min_scores,
                    distributions=policy.min_distributions,
                    comments=policy.min_comments,
                    participation=policy.min_participation,
                    drivers=policy.min_drivers,
                ),
                min_company=policy.min_company,
                burden_days=policy.burden_days,
            )
    except Refused as refusal:
        with transaction():
            service.hold_wave(wave_id=wave_id, reason=refusal.phrase)
        return False
