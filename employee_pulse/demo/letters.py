"""Links in mails."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_LINK = re.compile(r"https?://[^\s<>\"]+")
_INVITATION = re.compile(
    r"https?://[^\s/]+/ballot/(?P<wave>\d+)#"
    r"t=(?P<token>(?P<group>\d+)-[\w-]+)&h=(?P<sheet>[0-9a-f]{64})(?:&l=(?P<language>ko|en))?"
)


@dataclass(frozen=True)
class Invitation:
    """What the link of an invitation holds."""

    wave_id: int
    group_id: int
    token: str
    sheet_hash: str
    language: str


def with_links(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is a web address."""
    end = 0
    for found in _LINK.finditer(text):
        yield text[end : found.start()], False
        yield found[0], True
        end = found.end()
    yield text[end:], False


def invitations(texts: Iterable[str]) -> Sequence[Invitation]:
    """Every invitation that stands in these mails; a reminder repeats it and counts once."""
    found = {}
    for text in texts:
        for link in _INVITATION.finditer(text):
            found[link["token"]] = Invitation(
                wave_id=int(link["wave"]),
                group_id=int(link["group"]),
                token=link["token"],
                sheet_hash=link["sheet"],
                language=link["language"] or "ko",
            )
    return list(found.values())
