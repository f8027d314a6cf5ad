"""The application, for gunicorn and the ``flask`` command."""

from config import Config
from employee_pulse.app import create_app

app = create_app(Config())
