"""`padkit-central envelope` on files: seal, open, verify, inspect; what is refused says why and leaves nothing."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import kept
import pytest
from click.testing import CliRunner, Result
from kept import MESSAGES, PLAIN

from padkit_central.cli import main
from padkit_contract import keyfile, pem
from padkit_contract.crypto import Suite
from padkit_contract.profiles import Profile

HOW_TO = Path(__file__).parents[4] / "docs" / "how-to" / "open-a-foreign-message.md"
PROFILES = [profile.value for profile in Profile]
PAYLOAD = b"the month's figures, TEST ONLY\n"


@pytest.fixture
def place(tmp_path: Path, parties: Path) -> Path:
    (tmp_path / "in.txt").write_bytes(PAYLOAD)
    (tmp_path / "raw.bin").write_bytes(b"\xff\xfe")
    (tmp_path / "parties").symlink_to(parties)
    return tmp_path


@pytest.fixture
def run(place: Path, monkeypatch: pytest.MonkeyPatch):
    """Run the command in `place`; K and S stand for the kit's and the service's files."""
    monkeypatch.chdir(place)
    monkeypatch.setenv("PADKIT_KEY_PASSWORD_FILE", "parties/password")

    def call(words: str, stdin: bytes = b"") -> Result:
        parts = words.replace("K/", "parties/kit-1/").replace("S/", "parties/central/").split()
        return CliRunner().invoke(main, ["envelope", *parts], input=stdin)

    return call


SENDER = "--key K/sign.key.pem --cert K/sign.crt.pem --to S/encrypt.crt.pem"
RECEIVER = "--key S/encrypt.key.pem --cert S/encrypt.crt.pem --trust S/trust.pem"


def steps(title: str) -> list[str]:
    """Return the commands of a section of the how-to, as they stand there."""
    section = HOW_TO.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]
    return [line.removeprefix("padkit-central envelope ") for line in re.findall("^padkit-central .*$", section, re.M)]


def test_the_how_to_for_our_own_envelopes_works_as_it_stands(run, place):
    (place / "KIT-0007").symlink_to("parties/kit-1")
    (place / "central").symlink_to("parties/central")
    (place / "report.txt").write_bytes(PAYLOAD)
    done = [run(step) for step in steps("Envelopes of ours")]
    assert [step.exit_code for step in done] == [0, 0, 0], [step.output for step in done]
    assert "signed by  demo/kit-1 (kit)" in done[1].stdout
    assert (place / "back.txt").read_bytes() == PAYLOAD
    assert (place / "report.pem").read_text().startswith("-----BEGIN CMS-----")


def test_the_how_to_for_messages_of_other_makers_works_as_it_stands(run, place, kept_keys):
    (place / "svc.key.pem").rename(place / "encrypt.key.pem")
    (place / "encrypt.crt.pem").write_bytes((kept.PKI / "svc_enc.crt.pem").read_bytes())
    (place / "message.der").write_bytes((kept.FOLDER / "gmssl311_sae.der").read_bytes())
    looked, verified, opened = (run(*steps(title)) for title in ("See what it is", "Verify it", "Open it"))
    assert (looked.exit_code, verified.exit_code, opened.exit_code) == (0, 0, 0), opened.output
    assert (place / "content").read_bytes() == PLAIN
    page = HOW_TO.read_text(encoding="utf-8")
    shown = [line for line in page.splitlines() if line.startswith(("ok  ", "open  ", "  content", "Signed", "DER"))]
    assert len(shown) == 7
    assert [line for line in shown if line not in verified.stdout.splitlines()] == []


def test_pem_under_its_older_name_is_read(run, place):
    raw = (kept.FOLDER / "gmssl311_signed.der").read_bytes()
    (place / "old.pem").write_text(pem.write("PKCS7", raw))
    assert run("inspect old.pem").exit_code == 0


def test_an_envelope_in_pem_says_what_it_claims_and_that_nothing_of_it_is_believed(run):
    run(f"seal {SENDER} --pem in.txt out.pem")
    looked = run("inspect out.pem")
    assert "has the form of our profile A; nothing of it is believed before it is verified" in looked.stdout
    assert '"kit":"kit-1"' in looked.stdout


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_goes_there_and_back(run, place, profile):
    assert run(f"seal {SENDER} --profile {profile} in.txt out.der").exit_code == 0
    opened = run(f"open {RECEIVER} --profile {profile} out.der back.txt")
    assert (opened.exit_code, (place / "back.txt").read_bytes()) == (0, PAYLOAD), opened.output
    told = json.loads(run(f"verify {RECEIVER} --profile {profile} --json out.der").stdout)
    assert (told["profile"], told["signer"], told["role"]) == (profile, "kit-1", "kit")
    assert (told["context"]["business"], told["payload_bytes"]) == ("file", len(PAYLOAD))
    looked = json.loads(run("inspect --json out.der").stdout)
    assert (looked["profile"], looked["signed"]) == (profile, False)
    assert (looked["context"] is not None) is (profile == "A")


def test_the_profile_is_the_openers_choice(run, place):
    run(f"seal {SENDER} --profile C in.txt out.der")
    refused = run(f"open {RECEIVER} out.der back.txt")
    assert refused.exit_code == 1
    assert "envelope.profile: like C; accepted here: A" in refused.stderr
    assert not (place / "back.txt").exists()
    several = run(f"open {RECEIVER} --profile A --profile C out.der back.txt")
    assert several.exit_code == 0


def test_a_service_answers_a_kit(run, place):
    ends = "--key S/sign.key.pem --cert S/sign.crt.pem --to K/encrypt.crt.pem"
    assert run(f"seal {ends} --business reply:file --sequence 0 in.txt out.der").exit_code == 0
    opened = run("open --key K/encrypt.key.pem --cert K/encrypt.crt.pem --trust K/trust.pem out.der back.txt")
    assert opened.exit_code == 0, opened.output
    assert "(service)" in opened.stderr


def test_everything_in_the_context_can_be_said(run):
    words = "--entity demo --kit kit-1 --business ACC-01 --envelope e-1 --sequence 7 --catalogue 3 --valid-minutes 5"
    run(f"seal {SENDER} {words} in.txt out.der")
    context = json.loads(run(f"verify {RECEIVER} --json out.der").stdout)["context"]
    assert (context["envelope"], context["sequence"], context["catalogue"]) == ("e-1", 7, 3)
    run(f"seal {SENDER} --kit kit-2 --force in.txt out.der")
    assert "context.kit" in run(f"verify {RECEIVER} out.der").stderr


def test_standard_input_and_output(run):
    sealed = run(f"seal {SENDER} - -", stdin=PAYLOAD)
    assert sealed.exit_code == 0, sealed.output
    opened = run(f"open {RECEIVER} - -", stdin=sealed.stdout_bytes)
    assert opened.stdout_bytes == PAYLOAD
    assert json.loads(run("inspect --json -", stdin=sealed.stdout_bytes).stdout)["profile"] == "A"


def test_what_is_opened_only_its_owner_can_read(run, place):
    run(f"seal {SENDER} in.txt out.der")
    (place / "back.txt").write_text("old")
    (place / "back.txt").chmod(0o644)
    assert run(f"open {RECEIVER} --force out.der back.txt").exit_code == 0
    assert stat.S_IMODE((place / "back.txt").stat().st_mode) == 0o600
    assert stat.S_IMODE((place / "out.der").stat().st_mode) == 0o644


def test_nothing_is_overwritten_unasked(run, place):
    (place / "out.der").write_text("precious")
    refused = run(f"seal {SENDER} in.txt out.der")
    assert refused.exit_code == 1
    assert "out.der exists already and is left as it is; take another name or say --force" in refused.stderr
    assert (place / "out.der").read_text() == "precious"
    assert run(f"seal {SENDER} --force in.txt out.der").exit_code == 0


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (f"seal {SENDER} nothing.txt out.der", 1, "No such file"),
        ("seal --to S/encrypt.crt.pem in.txt out.der", 2, "name --key and --cert"),
        ("seal --key K/sign.key.pem --to S/encrypt.crt.pem in.txt out.der", 2, "belong together"),
        ("seal --key K/sign.key.pem --cert S/sign.crt.pem --to S/encrypt.crt.pem in.txt out.der", 1, "key.pair"),
        ("seal --key K/sign.key.pem --cert K/sign.crt.pem --to S/sign.crt.pem in.txt out.der", 1, "certificate.usage"),
        ("seal --key K/sign.key.pem --cert K/sign.crt.pem --to in.txt in.txt out.der", 1, "pem.blocks"),
        (f"seal {SENDER} --profile X in.txt out.der", 2, "'X' is not one of"),
        (f"seal {SENDER} --libcrypto libnothing.so in.txt out.der", 1, "policy forbids"),
        (f"seal {SENDER} --business {'x' * 1024} in.txt out.der", 1, "context.size"),
        ("open --key S/encrypt.key.pem --cert S/encrypt.crt.pem in.txt out.der", 2, "whom to believe with --trust"),
        ("open --trust S/trust.pem in.txt out.der", 2, "name --key and --cert"),
        (f"open {RECEIVER} in.txt out.der", 1, "envelope.form"),
        (
            "open --key S/encrypt.key.pem --cert S/encrypt.crt.pem --trust raw.bin in.txt out.der",
            1,
            "raw.bin is no PEM",
        ),
        ("inspect in.txt", 1, "foreign.form"),
        ("inspect K/sign.crt.pem", 1, "parties/kit-1/sign.crt.pem: 0 blocks 'CMS'"),
        (f"open {RECEIVER} --foreign --profile A in.txt out.der", 2, "one of them"),
        (f"seal {SENDER} in.txt nowhere/out.der", 1, "nowhere is no folder; make it first"),
        ("seal --key K/sign.crt.pem --cert K/sign.crt.pem --to S/encrypt.crt.pem in.txt out.der", 1, "key.mode"),
        ("verify --foreign in.txt", 1, "foreign.form"),
    ],
)
def test_what_cannot_be_done_is_explained_and_leaves_nothing(run, place, words, code, says):
    before = sorted(place.iterdir())
    result = run(words)
    assert (result.exit_code, says in result.stderr) == (code, True), result.output
    assert sorted(place.iterdir()) == before


def test_a_receiver_that_is_not_vouched_for_gets_nothing(run, place, tmp_path_factory):
    stranger = tmp_path_factory.mktemp("stranger") / "trust.pem"
    stranger.write_text((kept.PKI / "ca.crt.pem").read_text())
    refused = run(f"seal {SENDER} --trust {stranger} in.txt out.der")
    assert (refused.exit_code, "certificate.chain" in refused.stderr) == (1, True)


# ---- messages of other makers ---------------------------------------------------------------------------------------


@pytest.fixture
def kept_keys(place: Path, suite: Suite) -> str:
    """The kept messages' receiver as this program wants it: an encrypted key, mode 0600, and one file of whom to trust."""
    key = kept.private_key("svc_enc", suite)
    (raw,) = pem.read(pem.ENCRYPTED_KEY, pem.write(pem.ENCRYPTED_KEY, keyfile.wrap_key(key, b"TEST ONLY", bytes_of)))
    keyfile.write_private(place / "svc.key.pem", pem.write(pem.ENCRYPTED_KEY, raw, "TEST ONLY"))
    trust = "".join((kept.PKI / f"{name}.crt.pem").read_text() for name in ("ca", "sub"))
    lists = [pem.write(pem.REVOCATION_LIST, (kept.PKI / f"{name}.crl.der").read_bytes()) for name in ("ca", "sub")]
    (place / "trust.pem").write_text(trust + "".join(lists))
    return f"--key svc.key.pem --cert {kept.PKI}/svc_enc.crt.pem"


def bytes_of(size: int) -> bytes:
    return bytes(range(size))


@pytest.mark.parametrize("name", [message["file"] for message in MESSAGES])
def test_a_kept_message_is_opened_verified_and_shown(run, place, kept_keys, name):
    message = next(each for each in MESSAGES if each["file"] == name)
    opened = run(f"open --foreign {kept_keys} --trust trust.pem {kept.FOLDER}/{name} back.txt")
    assert (opened.exit_code, (place / "back.txt").read_bytes()) == (0, PLAIN), opened.output
    verified = run(f"verify --foreign {kept_keys} --trust trust.pem --json {kept.FOLDER}/{name}")
    told = json.loads(verified.stdout)
    assert [layer["structure"] for layer in told["layers"]] == message["layers"]
    rules = [check["rule"] for check in told["checks"] if (check["what"], check["verdict"]) == ("signature", "holds")]
    assert rules == ([message["rule"]] if "rule" in message else [])
    assert verified.exit_code == (0 if "rule" in message else 1)
    looked = run(f"inspect {kept.FOLDER}/{name}")
    assert (looked.exit_code, message["layers"][0] in looked.stdout) == (0, True)


def test_the_report_names_what_was_not_verified(run, kept_keys):
    name = kept.FOLDER / "gmssl311_env.der"
    refused = run(f"verify --foreign {kept_keys} {name}")
    assert refused.exit_code == 1
    assert "open  signature: nobody signed it: anybody can have made it" in refused.stdout
    assert "foreign.unsigned: " in refused.stderr
    closed = run(f"open --foreign {name} back.txt")
    assert (closed.exit_code, "foreign.closed: content key: no key given" in closed.stderr) == (1, True)


def test_a_changed_message_gives_no_content(run, place, kept_keys):
    raw = bytearray((kept.FOLDER / "gmssl311_sae.der").read_bytes())
    raw[1000] ^= 1
    (place / "changed.der").write_bytes(raw)
    refused = run(f"open --foreign {kept_keys} --trust trust.pem changed.der back.txt")
    assert (refused.exit_code, "FAIL  signature: by none of the rules" in refused.stderr) == (1, True)
    assert not (place / "back.txt").exists()


def test_a_kept_message_is_none_of_ours(run, kept_keys):
    every = " ".join(f"--profile {profile}" for profile in PROFILES)
    refused = run(f"open {kept_keys} --trust trust.pem {every} {kept.FOLDER}/py_A_auth_gcm_attrs.der back.txt")
    assert (refused.exit_code, "Error: " in refused.stderr) == (1, True)


def test_a_name_that_would_move_the_cursor_does_not(run, place):
    """In an issuer's name, in a certificate's, in a context: nothing of a stranger's reaches the terminal as it is."""
    raw = (kept.FOLDER / "gmssl311_signed.der").read_bytes().replace(b"PAD Test Bank", b"PAD \xc2\x9b2JxBank")
    (place / "evil.der").write_bytes(raw)
    for words in ("inspect evil.der", f"verify --foreign --trust {kept.PKI}/ca.crt.pem evil.der"):
        told = run(words)
        assert "Bank/PAD-000001" in told.output
        assert not {"\x1b", "\x9b"} & set(told.output)
    run(f"seal {SENDER} --business \u202eelif in.txt out.der")
    for words in ("inspect out.der", f"verify {RECEIVER} out.der"):
        assert "\u202e" not in run(words).output


def test_an_envelope_of_another_version_is_still_shown(run, place):
    run(f"seal {SENDER} in.txt out.der")
    raw = (place / "out.der").read_bytes().replace(b'{"version":', b'{"Version":')
    (place / "old.der").write_bytes(raw)
    told = json.loads(run("inspect --json old.der").stdout)
    assert (told["profile"], told["context"]) == ("A", None)


def test_what_is_not_understood_is_shown_as_such(run, place):
    """A recipient of another kind, and a certificate that is none of ours."""
    raw = bytearray((kept.FOLDER / "gmssl311_sae.der").read_bytes())
    other = raw.replace(b"\x02\x01\x02\x02\x10\x13\x19", b"\x02\x01\x01\x02\x10\x13\x19")  # its version
    other[30] = 0xA1  # the recipient becomes one by key agreement
    (place / "other.der").write_bytes(other)
    looked = run("inspect other.der")
    assert "for        by key agreement, not understood; no key for us" in looked.stdout
    assert "beside     a certificate of 464 bytes that is not understood" in looked.stdout
