"""Changing results: publish a wave, or import the history of an earlier tool."""

from employee_pulse.results.service.history import (
    Imported,
    check_history,
    import_history,
    import_upload,
    keep_upload,
)
from employee_pulse.results.service.opening import Counted, count_ballots, key_name
from employee_pulse.results.service.publishing import (
    Letter,
    claim_wave,
    halt_wave,
    note_keys_destroyed,
    publish_wave,
    resume_wave,
)

__all__ = [
    "Counted",
    "Imported",
    "Letter",
    "check_history",
    "claim_wave",
    "count_ballots",
    "halt_wave",
    "import_history",
    "import_upload",
    "keep_upload",
    "key_name",
    "note_keys_destroyed",
    "publish_wave",
    "resume_wave",
]
