"""What the clock does: publish closed waves and destroy their keys."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from flask import current_app, render_template
from flask_babel import force_locale, gettext
from sqlalchemy.exc import OperationalError

from employee_pulse.anonymity.keyring import KeyFolderUnusable, KeyMissing, Keyring
from employee_pulse.foundation.db import db, rewrite_tables, transaction
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.failures import one_by_one
from employee_pulse.foundation.translation import LANGUAGES
from employee_pulse.results import queries, service
from employee_pulse.results.service import Letter
from employee_pulse.surveys.models import Wave

_TABLES_OF_BALLOTS = (
    "sealed_ballot",
    "paper_code",
    "paper_box",
    "roll_entry",
    "roll",
    "blind_key",
    "outbox_message",
    "delivery_attempt",
)


def publish_closed_waves(now: datetime) -> int:
    """Publish every closed wave; finish what an earlier run began. Counts published waves."""
    keyring = Keyring(Path(current_app.config["KEY_DIR"]))
    try:
        # Left by a run that died: first of all.
        one_by_one(queries.waves_with_keys(), lambda wave_id: _destroy(wave_id, keyring, now))
    finally:  # What cannot be destroyed keeps no other wave from being published.
        published = one_by_one(
            queries.waves_to_publish(), lambda wave_id: _finish(wave_id, keyring, now)
        )
    return published


def _finish(wave_id: int, keyring: Keyring, now: datetime) -> bool:
    published = _publish(wave_id, keyring, now)
    if published:
        _destroy(wave_id, keyring, now)
    return published


def _publish(wave_id: int, keyring: Keyring, now: datetime) -> bool:
    with transaction():
        claimed = service.claim_wave(wave_id, now=now)
    if not claimed:
        return False
    try:
        counted = service.count_ballots(wave_id, keyring=keyring)
    except Refused as refusal:
        current_app.logger.error("Wave %s is not published: %s", wave_id, refusal)
        if isinstance(refusal, KeyFolderUnusable) and not isinstance(refusal, KeyMissing):
            return False  # The folder may come back: tried again when the claim runs out.
        letters = _halted_letters(wave_id, refusal)
        with transaction():
            service.halt_wave(wave_id, reason=refusal.phrase, letters=letters, now=now)
        return False
    kind = "results" if counted.shows_company else "too_few"
    letters, event = _results_letters(kind, wave_id), _event(wave_id)
    with transaction():
        return service.publish_wave(counted, letters=letters, event=event, now=now)


def _destroy(wave_id: int, keyring: Keyring, now: datetime) -> None:
    """The file first: from then on no copy of the database can be opened either."""
    try:
        keyring.destroy(service.key_name(wave_id))
        rewrite_tables(*_TABLES_OF_BALLOTS)
    except (KeyFolderUnusable, OperationalError) as error:
        current_app.logger.warning(
            "Wave %s: its key or the traces of its ballots are still there (%s); tried again",
            wave_id,
            type(error).__name__,
        )
        return
    with transaction():
        service.note_keys_destroyed(wave_id, now=now)


def _results_letters(kind: str, wave_id: int) -> Mapping[str, Letter]:
    base, sheet = current_app.config["BASE_URL"], queries.sheet_hash(wave_id)
    return {
        language: _letter(kind, wave_id, language, f"{base}/results/{sheet}?lang={language}")
        for language in LANGUAGES
    }


def _halted_letters(wave_id: int, refusal: Refused) -> Mapping[str, Letter]:
    link = f"{current_app.config['BASE_URL']}/app/results/"
    return {language: _letter("halted", wave_id, language, link, refusal) for language in LANGUAGES}


def _letter(
    kind: str, wave_id: int, language: str, link: str, refusal: Refused | None = None
) -> Letter:
    program, wave = queries.program_of(wave_id), db.session.get_one(Wave, wave_id)
    with force_locale(language):
        words = {
            "program": program.name_ko if language == "ko" else program.name_en,
            "period": wave.period,
            "language": language,
            "link": link,
            "reason": gettext(refusal.phrase.msgid, **refusal.phrase.params) if refusal else "",
        }
        subject, body, html = (
            render_template(f"results/mail/{kind}.{part}", **words)
            for part in ("subject.txt", "txt", "html")
        )
    return Letter(subject.strip(), body, html)


def _event(wave_id: int) -> dict[str, object]:
    wave = db.session.get_one(Wave, wave_id)
    return {
        "wave": wave_id,
        "program": wave.program_id,
        "period": wave.period,
        "sheet_hash": queries.sheet_hash(wave_id),
    }
