"""People who answer over HTTP, one after the other; what they know is the truth of the staging."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random  # noqa: TID251 - seeded: a staging can be repeated
from typing import Any

from employee_pulse.ballots.protocol import canonical_json
from employee_pulse.ballots.urn.rules import MAX_COMMENT_CHARACTERS, Ballot
from employee_pulse.demo.letters import Invitation, invitations
from employee_pulse.demo.respondent import Server, Taken, cast, fill_in, read_sheet, take
from employee_pulse.linkage.company import ANSWERED, COMMENTED
from employee_pulse.linkage.mailserver import KeptMail
from employee_pulse.linkage.rules.contents import Needles
from employee_pulse.linkage.rules.evidence import Says

_ENPS = "ENPS"
_FIRST_LETTER, _LETTERS = 0x20000, 42_720
"""Han characters that take most bytes: four."""
_TELLING_CHARACTERS = 12
"""So much of a comment belongs to nobody else's."""
_TELLING_HEX = 64
_SHORTEST = 20


@dataclass(frozen=True, repr=False)
class Respondent:
    """Somebody with an invitation and something to say."""

    email: str
    address: str
    invitation: Invitation
    answers: Mapping[str, int]
    comments: Mapping[str, str]

    @property
    def says(self) -> Says:
        return said(self.answers, self.comments)


@dataclass(frozen=True, repr=False)
class Answered:
    """A respondent whose ballot is in, with everything their device knows of it."""

    respondent: Respondent
    taken: Taken
    ballot: Ballot


def said(answers: Mapping[str, Any], comments: Mapping[str, str]) -> Says:
    """What a ballot says, without the numbers that only make it valid."""
    return canonical_json({"answers": answers, "comments": comments})


def respondents(mails: Sequence[KeptMail], random: Random) -> list[Respondent]:
    """Everybody who got an invitation, in the order of the roster."""
    found = {
        mail.recipient: invitation for mail in mails for invitation in invitations([mail.text])
    }
    members: dict[int, list[str]] = {}
    for email in sorted(found):
        members.setdefault(found[email].group_id, []).append(email)
    answers = _different_answers(len(found), random)
    return [
        Respondent(
            email=email,
            address=_address(random),
            invitation=found[email],
            answers=answers.pop(),
            comments=_comments(rank / (len(group) - 1), random),
        )
        for group in members.values()
        for email, rank in zip(group, random.sample(range(len(group)), len(group)), strict=True)
    ]


def answer_in_turn(
    people: Sequence[Respondent], base_url: str, random: Random, *, at_once: int
) -> Iterator[Answered]:
    """One at once: each takes a ballot and casts it before the next, the easiest to link.

    Several: so many take their ballots, then cast them in an order of chance.
    """
    plain = Server(base_url)
    sheet = read_sheet(plain, people[0].invitation)
    plain.close()
    for start in range(0, len(people), at_once):
        together = people[start : start + at_once]
        servers = [Server(base_url, headers=_headers(person)) for person in together]
        papers = [
            (server, person, take(server, person.invitation, sheet))
            for server, person in zip(servers, together, strict=True)
        ]
        for server, person, taken in random.sample(papers, len(papers)):
            ballot = fill_in(taken, answers=person.answers, comments=person.comments)
            cast(server, ballot)
            server.close()
            yield Answered(person, taken, ballot)


def needles(answered: Sequence[Answered]) -> Needles:
    """What only devices know, in the forms in which it might have been written down."""
    found = Needles()
    for one in answered:
        person, taken, ballot = one.respondent, one.taken, one.ballot
        for secret in (taken.blinded, taken.blind_signature):
            found.people.update(dict.fromkeys(_forms(secret), person.email))
        for name in (person.address, person.invitation.token):
            found.people[name.encode()] = person.email
        told = [
            form
            for secret in (ballot.serial, ballot.nonce, ballot.signature)
            for form in _forms(secret)
        ]
        told.append(canonical_json(person.answers).encode())
        told += [text[:_TELLING_CHARACTERS].encode() for text in person.comments.values()]
        found.ballots.update(dict.fromkeys(told, (ballot.serial_hash.hex(), person.says)))
    return found


def _different_answers(count: int, random: Random) -> list[dict[str, int]]:
    """No two people answer alike, so that a ballot is known again by its answers."""
    highest = [10 if code.startswith(_ENPS) else 5 for code in ANSWERED]
    different: set[tuple[int, ...]] = set()
    while len(different) < count:
        different.add(tuple(random.randint(1, most) for most in highest))
    chosen = random.sample(sorted(different), count)
    return [dict(zip(ANSWERED, values, strict=True)) for values in chosen]


def _comments(length: float, random: Random) -> dict[str, str]:
    """``length``: 0 for the shortest ones, up to 1."""
    characters = round(_SHORTEST + length * (MAX_COMMENT_CHARACTERS - _SHORTEST))
    return {code: _comment(characters, random) for code in COMMENTED}


def _address(random: Random) -> str:
    return ".".join(["10", *(str(random.randint(100, 199)) for _ in range(3))])


def _comment(characters: int, random: Random) -> str:
    """Letters by chance: no two comments are alike, and no compression makes them shorter."""
    return "".join(chr(_FIRST_LETTER + random.randrange(_LETTERS)) for _ in range(characters))


def _headers(person: Respondent) -> dict[str, str]:
    return {"X-Forwarded-For": person.address, "User-Agent": f"Device of {person.email}"}


def _forms(secret: bytes) -> tuple[bytes, bytes]:
    return secret, secret.hex()[:_TELLING_HEX].encode()
