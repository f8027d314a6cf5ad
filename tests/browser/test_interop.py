"""The library of the ballot page and our own mathematics understand each other, in a Chromium."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Route

from employee_pulse.anonymity import blind_signature, blinding
from employee_pulse.anonymity.blind_signature import PrivateKey, PublicKey
from employee_pulse.ballots.protocol import ballot_message

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "employee_pulse" / "static"
VECTORS = {
    vector["name"]: {name: value.removeprefix("0x") for name, value in vector.items()}
    for vector in json.loads((ROOT / "tests" / "data" / "rfc9474.json").read_text(encoding="utf-8"))
}
WAVE, GROUP = 7, 3

# What chance gives the library is handed in: each number once, in the order in which it is drawn.
TOOLS = """
const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const suites = {
  "RSABSSA-SHA384-PSS-Randomized": blindRSA.RSABSSA.SHA384.PSS.Randomized(),
  "RSABSSA-SHA384-PSS-Deterministic": blindRSA.RSABSSA.SHA384.PSS.Deterministic(),
  "RSABSSA-SHA384-PSSZERO-Randomized": blindRSA.RSABSSA.SHA384.PSSZero.Randomized(),
  "RSABSSA-SHA384-PSSZERO-Deterministic": blindRSA.RSABSSA.SHA384.PSSZero.Deterministic(),
};
const ours = suites["RSABSSA-SHA384-PSS-Randomized"];
async function withChance(drawn, work) {
  const left = drawn.map(fromHex);
  crypto.getRandomValues = (array) => {
    const next = left.shift();
    if (next.length !== array.length) throw new Error(`${array.length} bytes were drawn`);
    array.set(next);
    return array;
  };
  try {
    return await work();
  } finally {
    delete crypto.getRandomValues;
  }
}
const publicKey = (jwk) =>
  crypto.subtle.importKey("jwk", jwk, { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
const pss = { name: "RSA-PSS", saltLength: 48 };
const verifies = async (jwk, signature, message) =>
  crypto.subtle.verify(pss, await publicKey(jwk), fromHex(signature), fromHex(message));
"""


@pytest.fixture(scope="module")
def library(chromium: Browser) -> Iterator[Page]:
    """A page with the scripts of the ballot page that do the mathematics, and no server."""
    page = chromium.new_page()

    def blank(route: Route) -> None:
        route.fulfill(body="<!doctype html><title>interop</title>", content_type="text/html")

    page.route("http://localhost/", blank)
    page.goto("http://localhost/")
    for script in ("vendor/blindrsa/blindrsa.js", "ballot/sheet.js", "ballot/protocol.js"):
        page.add_script_tag(path=STATIC / script)
    page.add_script_tag(content=TOOLS)
    yield page
    page.close()


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return blind_signature.generate_key()


def as_group(public: PublicKey) -> dict[str, Any]:
    """As the sheet names it to the page."""
    return {"id": GROUP, "n": f"{public.n:x}", "e": public.e}


def as_jwk(public: PublicKey) -> dict[str, str]:
    modulus = urlsafe_b64encode(public.n.to_bytes(public.size)).decode().rstrip("=")
    return {"kty": "RSA", "alg": "PS384", "e": "AQAB", "n": modulus}


def verified_in_the_browser(page: Page, public: PublicKey, message: bytes, signed: bytes) -> bool:
    found: bool = page.evaluate(
        "([jwk, signature, message]) => verifies(jwk, signature, message)",
        [as_jwk(public), signed.hex(), message.hex()],
    )
    return found


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_the_library_does_as_the_rfc_does(library: Page, name: str) -> None:
    vector = VECTORS[name]
    modulus = int(vector["n"], 16)
    public = PublicKey(modulus, int(vector["e"], 16))
    factor = pow(int(vector["inv"], 16), -1, modulus)

    done = library.evaluate(
        """async ({ name, jwk, message, prefix, salt, factor, answer }) => {
          const key = await publicKey(jwk);
          const prepared = await withChance([prefix], () => suites[name].prepare(fromHex(message)));
          const blinded = await withChance([salt, factor], () => suites[name].blind(key, prepared));
          const { blindedMsg, inv } = blinded;
          const signature = await suites[name].finalize(key, prepared, fromHex(answer), inv);
          return [prepared, blindedMsg, inv, signature].map(toHex);
        }""",
        {
            "name": name,
            "jwk": as_jwk(public),
            "message": vector["msg"],
            "prefix": vector["msg_prefix"],
            "salt": vector["salt"],
            "factor": f"{factor:0{2 * public.size}x}",
            "answer": vector["blind_sig"],
        },
    )

    inverse = vector["inv"].zfill(2 * public.size)
    assert done == [vector["input_msg"], vector["blinded_msg"], inverse, vector["sig"]]


class TestThePageAndTheServer:
    def test_what_the_page_blinds_the_server_signs_and_both_verify(
        self, library: Page, key: PrivateKey
    ) -> None:
        group = as_group(key.public)

        kept = library.evaluate(
            "([group, wave]) => PulseProtocol.blind(group, wave)", [group, WAVE]
        )
        answer = blind_signature.sign_blinded(key, bytes.fromhex(kept["blinded"]))
        signature = bytes.fromhex(
            library.evaluate(
                "([group, kept, answer]) => PulseProtocol.finalize(group, kept, answer)",
                [group, kept, answer.hex()],
            )
        )

        prepared = bytes.fromhex(kept["prepared"])
        assert prepared[32:] == ballot_message(WAVE, GROUP)
        assert blind_signature.verify(key.public, prepared, signature)
        assert verified_in_the_browser(library, key.public, prepared, signature)

    def test_what_we_blind_and_sign_the_browser_verifies(
        self, library: Page, key: PrivateKey
    ) -> None:
        prepared = blinding.prepare(ballot_message(WAVE, GROUP))
        blinded = blinding.blind(key.public, prepared)

        answer = blind_signature.sign_blinded(key, blinded.message)
        signature = blinding.finalize(key.public, prepared, answer, blinded.inverse)

        assert verified_in_the_browser(library, key.public, prepared, signature)
        assert not verified_in_the_browser(library, key.public, prepared + b"x", signature)

    def test_numbers_that_begin_with_zeros_keep_their_length(
        self, library: Page, key: PrivateKey
    ) -> None:
        """One in 256 does: a ballot in 256 would be lost, and seldom in a test."""
        prepared, answer = self.signed_with_a_leading_zero(key)

        done = library.evaluate(
            """async ([jwk, prepared, salt, factor, answer]) => {
              const key = await publicKey(jwk);
              const message = fromHex(prepared);
              const { inv } = await withChance([salt, factor], () => ours.blind(key, message));
              return [inv, await ours.finalize(key, message, fromHex(answer), inv)].map(toHex);
            }""",
            [as_jwk(key.public), prepared.hex(), "00" * 48, f"{1:0512x}", answer.hex()],
        )

        assert done == [f"{1:0512x}", answer.hex()]
        assert answer[0] == 0
        assert blind_signature.verify(key.public, prepared, answer)

    def signed_with_a_leading_zero(self, key: PrivateKey) -> tuple[bytes, bytes]:
        """By a factor of one nothing is blinded, so that the answer is the signature."""
        while True:
            prepared = blinding.prepare(ballot_message(WAVE, GROUP))
            salt = bytes(48)
            blinded = blinding.blind_with(key.public, prepared, salt=salt, factor=1)
            answer = blind_signature.sign_blinded(key, blinded.message)
            if answer[0] == 0:
                return prepared, answer

    @pytest.mark.parametrize("answer", ["00" * 256, "ab" * 256, "", "ff" * 256, "01" * 255])
    def test_the_page_refuses_what_is_no_signature_of_its_message(
        self, library: Page, key: PrivateKey, answer: str
    ) -> None:
        group = as_group(key.public)
        kept = library.evaluate(
            "([group, wave]) => PulseProtocol.blind(group, wave)", [group, WAVE]
        )

        with pytest.raises(Error, match="signature"):
            library.evaluate(
                "([group, kept, answer]) => PulseProtocol.finalize(group, kept, answer)",
                [group, kept, answer],
            )
