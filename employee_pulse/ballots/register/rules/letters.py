"""Mails that are written once for each language and then only addressed."""

from dataclasses import dataclass

LINK = "[[ballot-link]]"
"""Stands where the personal link goes."""


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str
    html: str

    def body_with(self, link: str) -> str:
        return self.body.replace(LINK, link)

    def html_with(self, link: str) -> str:
        return self.html.replace(LINK, link.replace("&", "&amp;"))
