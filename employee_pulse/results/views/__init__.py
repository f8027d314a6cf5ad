"""Pages and files of results."""

from employee_pulse.results.views import files, history
from employee_pulse.results.views.pages import blueprint

__all__ = ["blueprint", "files", "history"]
