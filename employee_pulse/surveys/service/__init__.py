"""Changing questions, programs and waves: one function per thing a person or the clock can do."""

from employee_pulse.surveys.service.history import add_imported_wave
from employee_pulse.surveys.service.programs import (
    create_program,
    discard_draft,
    draft_program,
    end_program,
    launch,
    set_audience,
    set_messages,
    set_questions,
    set_reminders,
    set_schedule,
)
from employee_pulse.surveys.service.question_bank import (
    add_question,
    load_question_bank,
    revise_question,
)
from employee_pulse.surveys.service.waves import (
    close_wave,
    hold_wave,
    move_closing,
    open_wave,
    plan_waves,
)

__all__ = [
    "add_imported_wave",
    "add_question",
    "close_wave",
    "create_program",
    "discard_draft",
    "draft_program",
    "end_program",
    "hold_wave",
    "launch",
    "load_question_bank",
    "move_closing",
    "open_wave",
    "plan_waves",
    "revise_question",
    "set_audience",
    "set_messages",
    "set_questions",
    "set_reminders",
    "set_schedule",
]
