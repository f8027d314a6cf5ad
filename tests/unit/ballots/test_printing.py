"""Sheets are drawn by a process of their own, and everything on them can be read."""

from dataclasses import fields

import pypdfium2
import zxingcpp

from employee_pulse.ballots.printing.draw import draw
from employee_pulse.ballots.printing.sheets import Both, Letters, LetterWords, Slips, draw_apart
from employee_pulse.ballots.register.letters import PersonalLetter

LINK = (
    "https://pulse.example.co.kr/ballot/12#t=345-abcdefghijklmnopqrstuvwx&h=" + "0f" * 32 + "&l=ko"
)
LETTER = PersonalLetter("김지호", "2015-0012", "물류팀", "ko", LINK, "ABCD-EFGH-JKMN")
WORDS = LetterWords(**{field.name: f"{field.name} 말" for field in fields(LetterWords)})
SLIPS = Slips(
    survey=Both("설문", "Survey"),
    group=Both("물류팀", "Logistics"),
    codes=[f"AAAAA-BBBBB-CCCCC-DDD{number:02}" for number in range(11)],
    address="https://pulse.example.co.kr/urn/12/paper",
    closes=Both("금요일까지", "Until Friday"),
    how=Both("이렇게", "Like this"),
    list_title="명단",
    list_how="표시하세요",
    people=[(f"N{number}", f"사람{number}") for number in range(31)],
)


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


class TestDrawApart:
    def test_gives_what_is_drawn_here(self) -> None:
        letters = Letters([LETTER], {"ko": WORDS})

        assert texts(draw_apart(letters)) == texts(draw(letters))


class TestLetters:
    def test_name_outside_everything_else_inside(self) -> None:
        document = pypdfium2.PdfDocument(draw(Letters([LETTER], {"ko": WORDS})))
        page = document[0]
        height = page.get_height()
        text = page.get_textpage()
        outside = text.get_text_bounded(bottom=height * 2 / 3)
        inside = text.get_text_bounded(top=height * 2 / 3)
        document.close()

        assert LETTER.name in outside
        assert LETTER.department in outside
        for secret in (LETTER.kiosk_code, LETTER.number, "345-abc"):
            assert secret not in outside
            assert secret in inside
        assert LETTER.name not in inside

    def test_every_word_is_printed(self) -> None:
        (page,) = texts(draw(Letters([LETTER], {"ko": WORDS})))

        assert [field.name for field in fields(LetterWords) if f"{field.name} 말" not in page] == []


class TestSlips:
    def test_names_and_codes_stand_on_different_sheets(self) -> None:
        found = texts(draw(SLIPS))

        assert len(found) == 4
        assert "사람29" in found[0]
        assert "사람30" in found[1]
        assert [page.count("AAAAA-") for page in found] == [0, 0, 10, 1]
        assert not any("사람" in page for page in found[2:])

    def test_the_square_holds_the_address_and_no_code(self) -> None:
        document = pypdfium2.PdfDocument(draw(SLIPS))
        read = zxingcpp.read_barcodes(document[2].render(scale=2).to_pil())
        document.close()

        assert {each.text for each in read} == {SLIPS.address}
        assert len(read) == 10
