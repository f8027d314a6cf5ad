"""Blind signatures and ballots a second: the mathematics on one processor, and over HTTP.

    python -m benchmarks.ballot_protocol [--people 600] [--workers 3]

Beside signing and verifying stands what the same library does without blinding. Over HTTP people
sign and cast at once against gunicorn as it is shipped, on SQLite and, where TEST_DATABASE_URL
names a server, on PostgreSQL. Who asks shares the processors with who answers.
"""

import argparse
import http.client
import json
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from benchmarks.answering import Answering, answering
from employee_pulse.anonymity import blind_signature
from employee_pulse.anonymity.blind_signature import PrivateKey, PublicKey
from employee_pulse.anonymity.blinding import Blinded, blind, finalize, prepare
from employee_pulse.ballots.protocol import ballot_message, canonical_json
from employee_pulse.demo.letters import Invitation, invitations
from employee_pulse.demo.respondent import Server, Sheet, read_sheet
from tests.conftest import DATABASES
from tests.databases import bare_database

SIGN_TARGET, VERIFY_TARGET = 400, 10_000
MEASURED_S = 2.0
ASKING_AT_ONCE = 8
PSS = padding.PSS(padding.MGF1(hashes.SHA384()), blind_signature.SALT_BYTES)


@dataclass(frozen=True)
class Voter:
    """Somebody who has blinded a message before the clock starts."""

    invitation: Invitation
    public: PublicKey
    prepared: bytes
    blinded: Blinded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--workers", type=int, default=3)
    options = parser.parse_args()
    on_one_processor()
    for kind in DATABASES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with (
                bare_database(kind, folder) as url,
                answering(
                    url, folder, people=options.people, groups=8, workers=options.workers
                ) as place,
            ):
                over_http(kind, place, options.workers)


def on_one_processor() -> None:
    key = blind_signature.generate_key()
    prepared = prepare(ballot_message(1, 1))
    blinded = blind(key.public, prepared)
    answer = blind_signature.sign_blinded(key, blinded.message)
    signature = finalize(key.public, prepared, answer, blinded.inverse)
    plain = _plain(key)
    signs = a_second(lambda: blind_signature.sign_blinded(key, blinded.message))
    plain_signs = a_second(lambda: plain.sign(prepared, PSS, hashes.SHA384()))
    verifies = a_second(lambda: blind_signature.verify(key.public, prepared, signature))
    public = plain.public_key()
    plain_verifies = a_second(lambda: public.verify(signature, prepared, PSS, hashes.SHA384()))
    print("a second on one processor, 2048 bits:")
    tell("sign blindly", signs, plain_signs, SIGN_TARGET)
    tell("verify", verifies, plain_verifies, VERIFY_TARGET)


def _plain(key: PrivateKey) -> rsa.RSAPrivateKey:
    public = rsa.RSAPublicNumbers(key.public.e, key.public.n)
    d = pow(key.public.e, -1, (key.p - 1) * (key.q - 1))
    numbers = (key.p, key.q, d, key.d_p, key.d_q, key.q_inverse)
    return rsa.RSAPrivateNumbers(*numbers, public).private_key()


def a_second(work: Callable[[], object]) -> float:
    """Calls in a second of processor time, so that a busy machine does not count."""
    calls, start = 0, time.process_time()
    while (spent := time.process_time() - start) < MEASURED_S:
        for _ in range(20):
            work()
        calls += 20
    return calls / spent


def tell(name: str, found: float, plain: float, target: int) -> None:
    verdict = "within" if found >= target else "BELOW"
    print(
        f"  {name:<14} {found:9,.0f}   {found / plain:5.0%} of the {plain:,.0f} without blinding; "
        f"{verdict} the target of {target:,}"
    )


def over_http(kind: str, place: Answering, workers: int) -> None:
    found = invitations(place.links)
    server = Server(place.base_url)
    sheet = read_sheet(server, found[0])
    server.close()
    with Pool(os.cpu_count()) as pool:
        voters = pool.map(partial(_prepare, sheet), found, chunksize=20)
    print(f"{kind}, {workers} workers, {ASKING_AT_ONCE} people at a time, {len(voters)} in all:")
    signed = measured(
        "sign", place, f"/register/{sheet.wave_id}/sign", [_request(voter) for voter in voters]
    )
    ballots = [_ballot(voter, place, answer) for voter, answer in zip(voters, signed, strict=True)]
    measured("cast", place, f"/urn/{sheet.wave_id}/cast", ballots)


def _prepare(sheet: Sheet, invitation: Invitation) -> Voter:
    public = sheet.keys[invitation.group_id]
    prepared = prepare(ballot_message(sheet.wave_id, invitation.group_id))
    return Voter(invitation, public, prepared, blind(public, prepared))


def _request(voter: Voter) -> dict[str, Any]:
    return {"token": voter.invitation.token, "blinded": voter.blinded.message.hex()}


def _ballot(voter: Voter, place: Answering, answer: dict[str, Any]) -> dict[str, Any]:
    blind_answer = bytes.fromhex(answer["signature"])
    signature = finalize(voter.public, voter.prepared, blind_answer, voter.blinded.inverse)
    return {
        "group": voter.invitation.group_id,
        "serial": voter.prepared[: blind_signature.SERIAL_BYTES].hex(),
        "signature": signature.hex(),
        "nonce": secrets.token_hex(16),
        "answers": dict.fromkeys(place.scored, 4),
        "comments": {},
    }


class _Asking:
    """Posts JSON on a new connection each time, as the server closes them."""

    def __init__(self, base_url: str) -> None:
        self._host = urlsplit(base_url).netloc

    def post(self, path: str, body: bytes) -> tuple[float, dict[str, Any]]:
        """Seconds it took, and the answer."""
        start = time.perf_counter()
        connection = http.client.HTTPConnection(self._host, timeout=60)
        connection.request("POST", path, body)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        assert response.status == 200, content
        return time.perf_counter() - start, json.loads(content)


def measured(
    name: str, place: Answering, path: str, contents: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    bodies = [canonical_json(content).encode() for content in contents]
    ask = _Asking(place.base_url)
    spent, start = place.spent(), time.perf_counter()
    with ThreadPoolExecutor(ASKING_AT_ONCE) as pool:
        answers = list(pool.map(partial(ask.post, path), bodies))
    whole = time.perf_counter() - start
    each = (place.spent() - spent) / len(bodies)
    times = sorted(seconds for seconds, _ in answers)
    print(
        f"  {name:<5} {len(bodies) / whole:7,.0f} a second; "
        f"median {statistics.median(times) * 1e3:.0f} ms, "
        f"95 % within {times[len(times) * 95 // 100] * 1e3:.0f} ms; "
        f"{each * 1e3:.1f} ms of a processor each, so at most {1 / each:,.0f} a second on one"
    )
    return [answer for _, answer in answers]


if __name__ == "__main__":
    main()
