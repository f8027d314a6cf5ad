"""Pages of surveys: question bank, programs, the wizard that makes one, waves."""

from employee_pulse.surveys.views import programs, questions, waves, wizard
from employee_pulse.surveys.views.pages import blueprint

__all__ = ["blueprint", "programs", "questions", "waves", "wizard"]
