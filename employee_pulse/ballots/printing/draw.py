"""Letters and slips as PDF on A4; lengths are millimeters."""

import logging
import pickle
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import segno
from fpdf import FPDF
from fpdf.enums import WrapMode

from employee_pulse.ballots.printing.sheets import Letters, LetterWords, Slips
from employee_pulse.ballots.register.letters import PersonalLetter

_FONTS = Path(__file__).parents[2] / "charts" / "fonts"
_WIDTH, _HEIGHT, _MARGIN = 210, 297, 22
_TEXT_WIDTH = _WIDTH - 2 * _MARGIN
_FOLD_1, _FOLD_2 = 99, 198
_INK, _SOFT, _ACCENT, _LINE = (23, 25, 26), (90, 96, 99), (11, 106, 114), (200, 200, 196)
_QR_SIDE, _QR_MASK = 48, 0
_COLUMNS, _ROWS = 2, 5
_SLIP_WIDTH, _SLIP_HEIGHT = _WIDTH / _COLUMNS, _HEIGHT / _ROWS
_NAMES_A_PAGE = 30


def draw(sheets: Letters | Slips) -> bytes:
    paper = _Paper()
    if isinstance(sheets, Letters):
        for letter in sheets.letters:
            _letter(paper, letter, sheets.words[letter.language])
    else:
        _names(paper, sheets)
        _slips(paper, sheets)
    return bytes(paper.output())


class _Paper(FPDF):
    def __init__(self) -> None:
        super().__init__(unit="mm", format="A4")
        self.set_auto_page_break(auto=False)
        self.set_margin(0)
        self.c_margin = 0
        for style, name in (("", "Regular"), ("B", "Bold")):
            self.add_font("Pretendard", style, _FONTS / f"Pretendard-{name}.ttf")

    def say(
        self,
        text: str,
        at: tuple[float, float],
        width: float = _TEXT_WIDTH,
        *,
        size: float = 10.5,
        bold: bool = False,
        color: tuple[int, int, int] = _INK,
        break_anywhere: bool = False,
    ) -> float:
        """Write a paragraph; where the next one may begin."""
        self.set_font("Pretendard", "B" if bold else "", size)
        self.set_text_color(*color)
        self.set_xy(*at)
        self.multi_cell(
            width,
            size * 0.53,
            text,
            align="L",
            new_x="LEFT",
            new_y="NEXT",
            wrapmode=WrapMode.CHAR if break_anywhere else WrapMode.WORD,
        )
        return float(self.get_y())

    def qr(self, content: str, at: tuple[float, float], side: float) -> None:
        """As lines of vectors, sharp on every printer; ``side`` is without the quiet zone."""
        # The mask is fixed: to look for the prettiest takes longer than all the rest.
        code = segno.make(content, error="m", mask=_QR_MASK, micro=False)
        rows = [list(row) for row in code.matrix]
        module = side / len(rows)
        self.set_fill_color(0)
        for number, row in enumerate(rows):
            for start, length in _dark_runs(row):
                x, y = at[0] + start * module, at[1] + number * module
                self.rect(x, y, length * module, module * 1.02, style="F")


def _dark_runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    place = 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            yield place, length
        place += length


def _letter(paper: _Paper, letter: PersonalLetter, words: LetterWords) -> None:
    """The name is outside once the lowest third is folded up and the first one back."""
    paper.add_page()
    _outside(paper, letter, words)
    _fold_mark(paper, _FOLD_1, words.fold_second)
    _fold_mark(paper, _FOLD_2, words.fold_first)
    y = paper.say(words.title, (_MARGIN, _FOLD_1 + 12), size=19, bold=True)
    y = paper.say(words.question, (_MARGIN, y + 3), size=10.5)
    _phone(paper, letter, words, y + 6)
    _kiosk(paper, letter, words)


def _outside(paper: _Paper, letter: PersonalLetter, words: LetterWords) -> None:
    paper.say("Employee Pulse", (_MARGIN, 18), size=9, bold=True, color=_ACCENT)
    paper.say(words.survey, (_MARGIN, 23), size=9, color=_SOFT)
    y = paper.say(letter.department, (_MARGIN, 46), size=11, color=_SOFT)
    paper.say(letter.name, (_MARGIN, y + 1.5), size=20, bold=True)
    paper.say(words.personal, (_MARGIN, 84), size=9, color=_SOFT)


def _fold_mark(paper: _Paper, y: float, text: str) -> None:
    paper.set_draw_color(*_LINE)
    paper.set_line_width(0.2)
    paper.line(0, y, 8, y)
    paper.line(_WIDTH - 8, y, _WIDTH, y)
    paper.say(text, (10, y - 1.6), size=6.5, color=_SOFT)


def _phone(paper: _Paper, letter: PersonalLetter, words: LetterWords, y: float) -> None:
    paper.qr(letter.link, (_MARGIN, y), _QR_SIDE)
    x, width = _MARGIN + _QR_SIDE + 9, _TEXT_WIDTH - _QR_SIDE - 9
    below = paper.say(words.phone, (x, y), width, size=10.5)
    below = paper.say(
        letter.link, (x, below + 2.5), width, size=7, color=_SOFT, break_anywhere=True
    )
    paper.say(words.closes, (x, below + 3.5), width, size=10.5, bold=True)


def _kiosk(paper: _Paper, letter: PersonalLetter, words: LetterWords) -> None:
    y = paper.say(words.kiosk, (_MARGIN, _FOLD_2 + 9))
    y = paper.say(words.kiosk_address, (_MARGIN, y + 1), bold=True) + 4
    for label, value, x in ((words.number, letter.number, 0), (words.code, letter.kiosk_code, 62)):
        below = paper.say(label, (_MARGIN + x, y), 60, size=8.5, color=_SOFT)
        paper.say(value, (_MARGIN + x, below + 0.5), 105, size=17, bold=True)
    y = paper.say(words.once, (_MARGIN, y + 17), size=9, color=_SOFT)
    y = paper.say(words.promise, (_MARGIN, y + 3), size=9)
    y = paper.say(words.compare, (_MARGIN, y + 3), size=7.5, color=_SOFT)
    paper.say(words.fingerprint, (_MARGIN, y + 0.5), size=7.5, color=_SOFT)


def _names(paper: _Paper, slips: Slips) -> None:
    people = slips.people
    for first in range(0, len(people), _NAMES_A_PAGE):
        paper.add_page()
        y = paper.say(slips.list_title, (_MARGIN, 20), size=16, bold=True)
        y = paper.say(slips.list_how, (_MARGIN, y + 2), size=9.5, color=_SOFT) + 5
        paper.set_draw_color(*_LINE)
        paper.set_line_width(0.3)
        for place, (number, name) in enumerate(people[first : first + _NAMES_A_PAGE]):
            line = y + place * 7
            paper.rect(_MARGIN, line, 4.2, 4.2)
            paper.say(name, (_MARGIN + 9, line - 0.4), 90, size=10.5)
            paper.say(number, (_MARGIN + 110, line - 0.4), 50, size=10.5, color=_SOFT)


def _slips(paper: _Paper, slips: Slips) -> None:
    for place, code in enumerate(slips.codes):
        row, column = divmod(place % (_COLUMNS * _ROWS), _COLUMNS)
        if row == column == 0:
            paper.add_page()
            _cutting_lines(paper)
        _slip(paper, slips, code, (column * _SLIP_WIDTH, row * _SLIP_HEIGHT))


def _cutting_lines(paper: _Paper) -> None:
    paper.set_draw_color(*_LINE)
    paper.set_line_width(0.2)
    paper.set_dash_pattern(dash=1.5, gap=1.5)
    for row in range(1, _ROWS):
        paper.line(0, row * _SLIP_HEIGHT, _WIDTH, row * _SLIP_HEIGHT)
    paper.line(_SLIP_WIDTH, 0, _SLIP_WIDTH, _HEIGHT)
    paper.set_dash_pattern()


def _slip(paper: _Paper, slips: Slips, code: str, at: tuple[float, float]) -> None:
    """All of a group look alike but for the code."""
    x, width = at[0] + 9, _SLIP_WIDTH - 18
    y = paper.say(
        f"{slips.survey.ko} · {slips.survey.en}",
        (x, at[1] + 6),
        width,
        size=8,
        bold=True,
        color=_ACCENT,
    )
    y = paper.say(f"{slips.group.ko} · {slips.group.en}", (x, y), width, size=8, color=_SOFT)
    y = paper.say(code, (x, y + 2), width, size=13, bold=True)
    paper.qr(slips.address, (x + width - 17, y + 3), 17)
    y = paper.say(slips.address, (x, y + 1.5), width - 21, size=8.5, bold=True, break_anywhere=True)
    y = paper.say(slips.how.ko, (x, y + 1), width - 21, size=7, color=_SOFT)
    y = paper.say(slips.how.en, (x, y + 0.5), width - 21, size=7, color=_SOFT)
    lowest = at[1] + _SLIP_HEIGHT - 8
    paper.say(f"{slips.closes.ko} · {slips.closes.en}", (x, max(y + 1, lowest)), width, size=7)


if __name__ == "__main__":
    # It would write the letters of a name that the font lacks into the log.
    logging.getLogger("fpdf").setLevel(logging.ERROR)
    asked: Letters | Slips = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from draw_apart
    sys.stdout.buffer.write(draw(asked))
