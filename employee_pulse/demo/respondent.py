"""Colleagues who answer: the ballot protocol over HTTP, as the ballot page does it."""

import http.client
import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from random import Random  # noqa: TID251 - seeded: believable answers, nothing secret
from typing import Any
from urllib.parse import urlsplit

from employee_pulse.anonymity.blind_signature import SERIAL_BYTES, PublicKey
from employee_pulse.anonymity.blinding import blind, finalize, prepare
from employee_pulse.ballots.protocol import ballot_message
from employee_pulse.ballots.urn.rules import Ballot
from employee_pulse.demo import opinions
from employee_pulse.demo.letters import Invitation
from employee_pulse.surveys.rules.questions import CHOICE_KINDS, QuestionKind

TRIES = 4
_FIRST_PAUSE_SECONDS = 0.2
_KEY_BITS, _EXPONENT = 2048, 65537
_NONCE_BYTES = 16


class Untrustworthy(Exception):
    """The server shows something else than the invitation promised; nothing is sent to it."""


class Unanswered(Exception):
    """The server did not answer, or answered with a refusal that trying again will not change."""

    def __init__(self, status: int | None) -> None:
        super().__init__("no answer" if status is None else f"HTTP {status}")
        self.status = status


class Result(StrEnum):
    """What became of an invitation."""

    CAST = "cast"
    TAKEN = "taken"
    """Somebody has answered by this invitation before."""
    FAILED = "failed"


@dataclass(frozen=True)
class AskedQuestion:
    """A question as the wave asks it."""

    code: str
    kind: QuestionKind
    reverse: bool
    choices: Sequence[str]


@dataclass(frozen=True)
class Sheet:
    """The sheet of a wave, once its hash was compared with the invitation's."""

    wave_id: int
    questions_hash: str
    keys: Mapping[int, PublicKey]


@dataclass(frozen=True, repr=False)
class Taken:
    """A ballot that was signed and is not cast yet: what the respondent's device knows."""

    wave_id: int
    group: int
    serial: bytes
    blinded: bytes
    blind_signature: bytes
    signature: bytes


class Server:
    """One connection that sends neither cookie nor referrer. Not to be shared by threads.

    ``headers`` go with every request: what a proxy would add about the sender.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout_seconds: float = 30,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._parts = urlsplit(base_url)
        self._timeout_seconds = timeout_seconds
        self._headers = headers or {}
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> bytes:
        return self._ask("GET", path, None)

    def post(self, path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps(fields, ensure_ascii=False).encode()
        answer: dict[str, Any] = json.loads(self._ask("POST", path, body))
        return answer

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: bytes | None) -> bytes:
        """Ask again after a lost connection or a fault of the server: each step may be repeated."""
        pause, status = _FIRST_PAUSE_SECONDS, None
        for attempt in range(TRIES):
            if attempt:
                time.sleep(pause)
                pause *= 2
            try:
                status, answer = self._ask_once(method, path, body)
            except (OSError, http.client.HTTPException):
                self.close()
                continue
            if status < 400:
                return answer
            if status < 500 and status != 429:
                break
        raise Unanswered(status)

    def _ask_once(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        if self._connection is None:
            kind = (
                http.client.HTTPSConnection
                if self._parts.scheme == "https"
                else http.client.HTTPConnection
            )
            self._connection = kind(self._parts.netloc, timeout=self._timeout_seconds)
        headers = dict(self._headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        self._connection.request(method, self._parts.path.rstrip("/") + path, body, headers)
        response = self._connection.getresponse()
        return response.status, response.read()


def read_sheet(server: Server, invitation: Invitation) -> Sheet:
    """Fetch the sheet; refuse another one than everybody's, and keys of unusual make."""
    text = server.get(f"/ballot/{invitation.wave_id}/sheet.json")
    if sha256(text).hexdigest() != invitation.sheet_hash:
        raise Untrustworthy("the sheet is not the one that the invitation names")
    sheet = json.loads(text)
    keys = {group["id"]: PublicKey(int(group["n"], 16), group["e"]) for group in sheet["groups"]}
    if any(key.e != _EXPONENT or key.n.bit_length() != _KEY_BITS for key in keys.values()):
        raise Untrustworthy("a key has an unusual exponent or length")
    return Sheet(sheet["wave"], sheet["questions"], keys)


def respond(
    server: Server,
    invitation: Invitation,
    sheet: Sheet,
    *,
    answers: Mapping[str, Any],
    comments: Mapping[str, str],
) -> Result:
    """Take a ballot blindly, fill it in, cast it, and compare the receipt."""
    try:
        taken = take(server, invitation, sheet)
    except Unanswered as refusal:
        if refusal.status == http.client.CONFLICT:
            return Result.TAKEN
        raise
    cast(server, fill_in(taken, answers=answers, comments=comments))
    return Result.CAST


def take(server: Server, invitation: Invitation, sheet: Sheet) -> Taken:
    """Have a message of our own making signed blindly, and unblind the signature."""
    public = sheet.keys[invitation.group_id]
    prepared = prepare(ballot_message(sheet.wave_id, invitation.group_id))
    blinded = blind(public, prepared)
    signed = server.post(
        f"/register/{sheet.wave_id}/sign",
        {"token": invitation.token, "blinded": blinded.message.hex()},
    )
    blind_signature = bytes.fromhex(signed["signature"])
    return Taken(
        wave_id=sheet.wave_id,
        group=invitation.group_id,
        serial=prepared[:SERIAL_BYTES],
        blinded=blinded.message,
        blind_signature=blind_signature,
        signature=finalize(public, prepared, blind_signature, blinded.inverse),
    )


def fill_in(taken: Taken, *, answers: Mapping[str, Any], comments: Mapping[str, str]) -> Ballot:
    return Ballot(
        wave_id=taken.wave_id,
        group=taken.group,
        serial=taken.serial,
        signature=taken.signature,
        nonce=secrets.token_bytes(_NONCE_BYTES),
        answers=answers,
        comments=comments,
    )


def cast(server: Server, ballot: Ballot) -> None:
    """Hand a ballot in, and compare the receipt."""
    receipt = server.post(f"/urn/{ballot.wave_id}/cast", _fields(ballot))["receipt"]
    if receipt != ballot.receipt.hex():
        raise Untrustworthy("the receipt does not belong to what was sent")


def make_answers(
    questions: Sequence[AskedQuestion], levels: Mapping[str, float], language: str, random: Random
) -> tuple[dict[str, Any], dict[str, str]]:
    """Answers and comments of one person; ``levels`` is what the department thinks, by code."""
    person = random.gauss(0, 1)
    answers: dict[str, Any] = {}
    comments: dict[str, str] = {}
    for question in questions:
        if question.kind is QuestionKind.FREE_TEXT:
            if text := opinions.comment(language, random):
                comments[question.code] = text
            continue
        answers[question.code] = _answer(question, levels[question.code], person, random)
    return answers, comments


def _answer(question: AskedQuestion, level: float, person: float, random: Random) -> Any:
    value = opinions.answer(
        question.kind,
        level,
        person,
        random,
        reverse=question.reverse,
        choices=len(question.choices),
    )
    if value is None or question.kind not in CHOICE_KINDS:
        return value
    if isinstance(value, list):
        return [question.choices[place] for place in value]
    return question.choices[value]


def _fields(ballot: Ballot) -> dict[str, Any]:
    return {
        "group": ballot.group,
        "serial": ballot.serial.hex(),
        "signature": ballot.signature.hex(),
        "nonce": ballot.nonce.hex(),
        "answers": ballot.answers,
        "comments": ballot.comments,
    }
