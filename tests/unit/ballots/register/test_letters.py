"""A letter is written once and then only addressed."""

from employee_pulse.ballots.register.rules.letters import LINK, Letter

LETTER = Letter("Open", f"Begin: {LINK}", f'<a href="{LINK}">Begin</a>')


class TestLetter:
    def test_puts_the_link_where_it_belongs(self) -> None:
        assert LETTER.body_with("http://x/#t=1&h=2") == "Begin: http://x/#t=1&h=2"

    def test_escapes_it_for_a_page(self) -> None:
        assert LETTER.html_with("http://x/#t=1&h=2") == (
            '<a href="http://x/#t=1&amp;h=2">Begin</a>'
        )
