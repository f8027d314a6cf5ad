"""How gunicorn serves the application: few sync workers, quiet about those who answer."""

import os

bind = os.environ.get("PULSE_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("PULSE_WEB_WORKERS", "3"))
accesslog = "-"
logger_class = "employee_pulse.foundation.access_log.QuietLogger"
control_socket_disable = True
limit_request_line = 4094
