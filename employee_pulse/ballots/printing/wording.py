"""What letters and slips say, in the language of who reads them."""

from collections.abc import Callable, Sequence

from flask_babel import force_locale
from flask_babel import gettext as _

from employee_pulse.ballots.codes import in_groups
from employee_pulse.ballots.printing.sheets import Both, Letters, LetterWords, Slips
from employee_pulse.ballots.register.letters import PersonalLetter
from employee_pulse.ballots.register.models import Roll
from employee_pulse.ballots.register.paper import PaperGroup
from employee_pulse.ballots.wording import closing_words
from employee_pulse.foundation.db import db
from employee_pulse.foundation.translation import LANGUAGES, current_language
from employee_pulse.surveys.models import Program, Wave


def letter_sheets(wave: Wave, letters: Sequence[PersonalLetter], *, kiosk_address: str) -> Letters:
    sheet_hash = db.session.get_one(Roll, wave.id).sheet_hash
    words = {}
    for language in LANGUAGES:
        with force_locale(language):
            words[language] = _letter_words(wave, language, sheet_hash, kiosk_address)
    return Letters(letters, words)


def slip_sheets(wave: Wave, group: PaperGroup, codes: Sequence[str], *, address: str) -> Slips:
    """The list is for HR and in their language; the slips are in both."""
    return Slips(
        survey=_in_both(lambda language: _survey(wave, language)),
        group=Both(group.label_ko, group.label_en),
        codes=[in_groups(code, of=5) for code in codes],
        address=address,
        closes=_in_both(lambda language: _closes(wave, language)),
        how=_in_both(
            lambda _language: _(
                "Drawn by chance: nobody knows whose it is. Open this address and type it in; it "
                "counts once."
            )
        ),
        list_title=_(
            "%(group)s: who has drawn a slip",
            group=group.label_ko if current_language() == "ko" else group.label_en,
        ),
        list_how=_(
            "Cut the slips, fold them, mix them in a box. Each person draws one and is ticked here "
            "by hand. Do not note who draws which slip. Destroy this list when the survey closes."
        ),
        people=group.people,
    )


def _letter_words(wave: Wave, language: str, sheet_hash: str, kiosk_address: str) -> LetterWords:
    return LetterWords(
        survey=_survey(wave, language),
        personal=_("Personal. Please open this yourself, and keep it to yourself."),
        fold_first=_("Fold first: upwards"),
        fold_second=_("Fold second: backwards"),
        title=_("How is work these days?"),
        question=_(
            "A few short questions, answered anonymously. This letter is your invitation; "
            "answer in one of two ways."
        ),
        phone=_("With your own phone: point its camera at the square and open the page."),
        kiosk=_("At a shared device, open this page and type your number and code:"),
        kiosk_address=kiosk_address,
        number=_("Employee number"),
        code=_("One-time code"),
        closes=_closes(wave, language),
        once=_("The letter works once. Who has it can answer in your place."),
        promise=_(
            "Your browser makes the ballot number and we sign it without seeing it, so nobody can "
            "work out which answers are yours once the survey has closed. We cannot hide you from "
            "somebody who watches the device, or from what you write in comments."
        ),
        compare=_(
            "Value to compare. It is the same in every letter and on the page; if not, stop and "
            "tell your works council."
        ),
        fingerprint=" ".join(sheet_hash[at : at + 8] for at in range(0, len(sheet_hash), 8)),
    )


def _closes(wave: Wave, language: str) -> str:
    timezone = db.session.get_one(Program, wave.program_id).timezone
    return str(_("Open until %(day)s", day=closing_words(wave.closes_at, timezone, language)))


def _survey(wave: Wave, language: str) -> str:
    program = db.session.get_one(Program, wave.program_id)
    return f"{program.name_ko if language == 'ko' else program.name_en} {wave.period}"


def _in_both(say: Callable[[str], str]) -> Both:
    said = {}
    for language in LANGUAGES:
        with force_locale(language):
            said[language] = str(say(language))
    return Both(**said)
