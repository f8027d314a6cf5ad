"""Employee Pulse: anonymous pulse surveys of a company's internal customers."""

__version__ = "0.1.0"
