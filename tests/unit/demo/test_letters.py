"""Links in the mails of the demo mailbox."""

from employee_pulse.demo.letters import Invitation, invitations, with_links

HASH = "ab" * 32
LINK = f"http://127.0.0.1:8000/ballot/7#t=12-AbC_d-e&h={HASH}&l=en"


class TestInvitations:
    def test_reads_everything_that_the_link_holds(self) -> None:
        assert invitations([f"Begin here:\n{LINK}\nBye."]) == [
            Invitation(7, 12, "12-AbC_d-e", HASH, "en")
        ]

    def test_counts_an_invitation_and_its_reminder_once(self) -> None:
        assert len(invitations([LINK, f"Reminder: {LINK}", LINK.replace("AbC", "XyZ")])) == 2

    def test_leaves_other_links_alone(self) -> None:
        assert invitations(["http://127.0.0.1:8000/results/" + HASH]) == []


class TestWithLinks:
    def test_cuts_the_text_at_web_addresses(self) -> None:
        pieces = list(with_links(f"Begin: {LINK}\nBye."))

        assert pieces == [("Begin: ", False), (LINK, True), ("\nBye.", False)]

    def test_does_not_take_markup_into_an_address(self) -> None:
        assert ("https://a.example", True) in list(with_links('<a href="https://a.example">x'))
