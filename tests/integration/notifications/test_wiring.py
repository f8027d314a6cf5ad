"""How mail leaves is settled when the program starts, not when the first mail fails."""

from pathlib import Path

import pytest

from config import TestConfig
from employee_pulse.app import create_app


@pytest.mark.parametrize("tls", ["tls", "STARTTLS", "", "yes"])
def test_an_unknown_kind_of_encryption_is_not_taken_for_none(tmp_path: Path, tls: str) -> None:
    config = TestConfig(database_url=f"sqlite:///{tmp_path / 'pulse.db'}", key_dir=str(tmp_path))
    config.SMTP_TLS = tls

    with pytest.raises(ValueError, match="PULSE_SMTP_TLS is one of none, starttls, ssl"):
        create_app(config)
