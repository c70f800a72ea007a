"""Receipts: good ones are told as good by all who check, and no other one is."""

import json
import re
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.receipts import compact, page, text
from archive.receipts.annex import Annex
from archive.receipts.checking import Fault
from archive.receipts.entries import BadReceiptError
from archive.receipts.presented import verify
from archive.receipts.receipt import Receipt
from archive.receipts.verdicts import fault_in, verdict
from archive.telling.tongues import LANGUAGES, tongue
from consent.acts import Answered, Capped, Changed, Given, Withdrawn
from consent.levels import Level
from consent.terms import SILENCE
from storage.signed_notes import VerifierKey
from storage.tlog_proof import TlogProof
from tests.archive.paper import (
    ACTS,
    DAY,
    EVERYTHING,
    NAMES,
    NOTICE,
    ORIGIN,
    TESTIMONY,
    Paper,
    key,
    receipt_of,
    witness,
)
from tests.conftest import need

pytestmark = pytest.mark.slow

NODE = Path(__file__).parents[1] / "node"
DOCS = Path(__file__).parents[2] / "docs"
ES, EN = tongue("es"), tongue("en")
FORMS = {
    "page": lambda receipt: page.page(receipt, ES),
    "text": lambda receipt: text.text(receipt, ES),
    "json": lambda receipt: receipt.to_json(),
    "digits": compact.whole,
}


@pytest.fixture(scope="module")
def receipt():
    return receipt_of(Given(EVERYTHING, NOTICE, DAY))


def key_of(receipt):
    return VerifierKey.parse(receipt.key)


def salted_as(receipt, other):
    salt = TlogProof.parse(other.proof).extra
    return str(replace(TlogProof.parse(receipt.proof), extra=salt))


def spoilt(written, at):
    """Change one character for another of the same kind."""
    old = written[at]
    new = {"0": "1", "a": "b", "A": "B", " ": "x"}.get(old)
    if new is None:
        new = chr(ord(old) ^ 1)
    return written[:at] + new + written[at + 1 :]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("act", ACTS, ids=NAMES)
def test_every_act_has_a_good_receipt_in_every_form(act, form):
    receipt = receipt_of(act)
    finding = verify(FORMS[form](receipt), key_of(receipt))

    assert finding.fault is None
    assert finding.receipt == receipt
    assert finding.receipt.entry.act == act


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("before", "after"), [(0, 0), (0, 1), (1, 0), (6, 0), (300, 77)]
)
def test_it_is_good_wherever_it_stands_in_the_ledger(form, before, after):
    receipt = receipt_of(Withdrawn("n1"), before=before, after=after)

    assert verify(FORMS[form](receipt)).fault is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_are_good(receipt, language):
    say = tongue(language)

    assert verify(page.page(receipt, say)).fault is None
    assert verify(text.text(receipt, say).replace("\n", "\r\n")).fault is None


@pytest.mark.parametrize("form", FORMS)
def test_whatever_is_changed_in_it_is_found(receipt, form):
    written = FORMS[form](receipt).rstrip("\n")
    step = max(1, len(written) // 60)

    for at in range(0, len(written), step):
        changed = spoilt(written, at)
        fault = verify(changed, key_of(receipt)).fault
        if form == "json" and written[at].isspace():
            # White space between fields says nothing.
            continue
        assert fault is not None, (at, written[max(0, at - 30) : at + 30])


def test_every_character_of_the_proof_is_looked_at(receipt):
    for field, value in receipt.evidence().items():
        for at in range(len(value)):
            changed = {**receipt.evidence(), field: spoilt(value, at)}
            written = json.dumps({**receipt.document(), "proof": changed})
            assert verify(written, key_of(receipt)).fault is not None, (field, at)


def test_every_field_of_the_record_is_looked_at(receipt):
    def paths(found, path=()):
        if isinstance(found, dict | list):
            items = found.items() if isinstance(found, dict) else enumerate(found)
            for each, value in items:
                yield (*path, each)
                yield from paths(value, (*path, each))

    document = receipt.document()
    for path in list(paths(document)):
        changed = json.loads(json.dumps(document))
        place = changed
        for each in path[:-1]:
            place = place[each]
        place[path[-1]] = "another"
        assert verify(json.dumps(changed)).fault is not None, path
        del place[path[-1]]
        assert verify(json.dumps(changed)).fault is not None, path


def test_a_field_too_many_is_found(receipt):
    assert verify(json.dumps({**receipt.document(), "more": 1})).fault is Fault.RECORD
    doubled = receipt.to_json().replace("{", '{"receipt_id": "urn:sha256:00",', 1)
    assert verify(doubled).fault is Fault.UNREADABLE


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{}",
        "[]",
        "null",
        "hello",
        "1" * 60,
        "9" * 9000,
        "<!doctype html>",
        "{" * 9999,
    ],
)
def test_what_is_no_receipt_is_said_to_be_none(written):
    assert verify(written).fault is Fault.UNREADABLE


def test_a_forged_receipt_is_refused(receipt):
    forger = Paper(signer=key(ORIGIN))
    forged = forger.receipt(forger.record(Given(SILENCE, NOTICE)))

    # Its own key vouches for it: only the archive's key tells.
    assert verify(forged.to_json()).fault is None
    assert verify(forged.to_json(), key_of(receipt)).fault is Fault.OTHER_ARCHIVE
    dressed = replace(forged, key=receipt.key)
    assert verify(dressed.to_json(), key_of(receipt)).fault is Fault.SIGNATURE
    assert verify(dressed.to_json()).fault is Fault.SIGNATURE


@pytest.mark.parametrize("form", FORMS)
def test_the_receipt_of_another_archive_is_refused(receipt, form):
    elsewhere = key("elsewhere").verifier

    finding = verify(FORMS[form](receipt), elsewhere)
    assert finding.fault is Fault.OTHER_ARCHIVE
    assert verify(compact.bare(receipt), elsewhere).fault is Fault.SIGNATURE


def test_the_proof_of_another_act_is_refused():
    paper = Paper()
    first = paper.record(Given(SILENCE, NOTICE))
    second = paper.record(Changed(EVERYTHING))
    of_first, of_second = paper.receipt(first), paper.receipt(second)

    replayed = replace(of_second, proof=of_first.proof)
    assert verify(replayed.to_json()).fault is Fault.NOT_RECORDED
    lent = replace(of_second, proof=salted_as(of_second, of_first))
    assert verify(lent.to_json()).fault is Fault.NOT_RECORDED


def test_the_receipt_of_one_story_cannot_be_given_for_another(receipt):
    other = receipt.entry.text.replace(TESTIMONY, "b2" * 16)
    evidence = {**receipt.evidence(), "entry": other}

    relabelled = Receipt.from_evidence(evidence)
    assert relabelled.entry.testimony_id == "b2" * 16
    assert verify(relabelled.to_json()).fault is Fault.NOT_RECORDED


def test_an_old_receipt_stays_true_of_its_day_and_says_no_more():
    paper = Paper()
    old = paper.receipt(paper.record(Given(EVERYTHING, NOTICE)))
    paper.record(Changed(SILENCE), day=DAY + timedelta(days=9))

    said = verdict(EN, verify(old.to_json(), key_of(old)))
    assert said[0] == "The receipt is good."
    assert "November 24, 2026: You gave your story to the archive." in said
    assert "It was so on that day. Something later may have changed it." in said
    assert "It does not prove that the archive does what it says." in said


def test_without_a_key_one_is_told_to_compare(receipt):
    said = verdict(EN, verify(receipt.to_json()))

    assert said[-2:] == [
        "The key came with the receipt. Compare it with the archive's own:",
        receipt.key,
    ]
    assert receipt.key not in verdict(EN, verify(receipt.to_json(), key_of(receipt)))


def test_witnesses_are_asked_for_by_their_keys(receipt):
    seer, stranger = witness(), witness("stranger.example")
    seen = receipt_of(Withdrawn(), witnesses=[seer])

    for written in (seen.to_json(), page.page(seen, ES)):
        finding = verify(written, witnesses=(seer.verifier,))
        assert (finding.fault, finding.witnesses) == (None, ("witness.example",))
        assert verify(written, witnesses=(stranger.verifier,)).fault is Fault.WITNESS
    bare = compact.bare(seen)
    assert verify(bare, key_of(seen), (seer.verifier,)).fault is None
    assert verify(bare, key_of(seen), (stranger.verifier,)).fault is Fault.WITNESS
    assert verify(receipt.to_json(), witnesses=(seer.verifier,)).fault is Fault.WITNESS


def test_a_false_cosignature_is_found():
    seer = witness()
    seen = receipt_of(Withdrawn(), witnesses=[seer])
    head, _, last = seen.proof.rpartition(" ")
    forged = replace(seen, proof=f"{head} {last[:40]}{'AAAA'}{last[44:]}")

    assert verify(forged.to_json(), witnesses=(seer.verifier,)).fault is Fault.WITNESS


def test_words_that_were_changed_are_found_and_the_true_ones_told(receipt):
    lie = page.page(receipt, EN).replace("title and topics", "words, voice and image")
    finding = verify(lie)

    assert finding.fault is Fault.WORDS
    said = verdict(EN, finding)
    assert said[:2] == [
        "Its words are not those that this program writes.",
        "Believe only this, which was recorded:",
    ]
    assert "The people who care for the archive: title and topics." in said


@pytest.mark.parametrize("form", [page.page, text.text])
def test_the_list_beside_a_closing_is_not_of_the_proof_and_cannot_act(form):
    closing = receipt_of(Withdrawn())
    annex = Annex(("Ana <script>alert(1)</script> heard it.",), ("~ --- no",))
    written = form(closing, EN, annex)

    assert verify(written).fault is None
    assert "<script>alert" not in page.page(closing, EN, annex)
    bent = written.replace("no", "yes</li><meta>\n", 1)
    assert bent == written or verify(bent).fault is Fault.WORDS


def test_every_fault_has_words():
    for say in (ES, EN):
        assert len({fault_in(say, each) for each in Fault}) == len(Fault)


def test_no_receipt_tells_a_time_finer_than_a_day():
    for act in ACTS:
        document = receipt_of(act).document()
        document |= {"proof": receipt_of(act).entry.text, "receipt_id": ""}
        # Midnights only: the bounds that terms set.
        assert set(re.findall(r"\d\d:\d\d", json.dumps(document))) <= {"00:00"}


def test_the_discreet_forms_name_nothing(receipt):
    for say in (ES, EN):
        for written in (
            page.discreet_page(receipt, say),
            text.discreet_text(receipt, say),
        ):
            seen = re.sub(
                r"<style>.*?</style>|<svg.*?</svg>|<meta[^>]*>",
                "",
                written,
                flags=re.DOTALL,
            )
            words = set(re.findall(r"[A-Za-zÀ-ÿ]{4,}", re.sub(r"<[^>]+>", " ", seen)))
            assert words <= {
                "Recibo",
                "palabras",
                "guardadas",
                "aparte",
                "Receipt",
                "words",
                "kept",
                "elsewhere",
            }
            for secret in ("resguardo", "http", "//", ORIGIN, TESTIMONY, "archiv"):
                assert secret not in seen.lower(), secret


def test_the_discreet_forms_can_be_checked_with_the_key(receipt):
    for written in (
        page.discreet_page(receipt, ES),
        text.discreet_text(receipt, ES),
        json.dumps({"receipt": compact.bare(receipt)}),
    ):
        assert verify(written).fault is Fault.NEEDS_KEY
        finding = verify(written, key_of(receipt))
        assert (finding.fault, finding.number) == (None, receipt.entry.sequence)
        said = " ".join(verdict(EN, finding))
        assert f"It proves record number {finding.number}, not what that says." in said


def test_the_discreet_digits_are_looked_at_to_the_last(receipt):
    written = compact.bare(receipt)

    for at in range(len(written)):
        changed = written[:at] + str((int(written[at]) + 1) % 10) + written[at + 1 :]
        assert verify(changed, key_of(receipt)).fault is not None


@given(st.binary(max_size=300))
def test_digits_hold_any_bytes(data):
    assert compact.from_digits(compact.to_digits(data)) == data


@given(st.text("0123456789", max_size=80))
def test_digits_are_read_in_one_way_only(digits):
    try:
        found = compact.from_digits(digits)
    except BadReceiptError:
        return
    assert compact.to_digits(found) == digits


def test_the_square_carries_all_of_a_plain_receipt_and_the_proof_of_a_long_one():
    plain = receipt_of(Given(SILENCE, NOTICE), before=5000)
    long = receipt_of(
        Given(replace(EVERYTHING, passages=EVERYTHING.passages * 30), NOTICE)
    )

    assert page.square(plain)[1]
    assert page.square(long)[1]  # it repeats itself, so it packs well
    assert "As a number" not in page.page(plain, EN)


def test_a_page_is_bound_to_its_own_style_and_script(receipt):
    written = page.page(receipt, ES)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', written)

    assert unescape(policy).startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert re.findall(r"""(?:src|href)=["']""", written) == []
    assert "http" not in re.sub(r'xmlns="[^"]+"', "", written).replace("http-equiv", "")


@pytest.mark.parametrize("act", ACTS, ids=NAMES)
def test_the_record_for_machines_is_of_the_published_schema(act):
    schema = json.loads((DOCS / "receipt.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)

    validator.validate(receipt_of(act).document())
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**receipt_of(act).document(), "name": "Ana"})


@pytest.mark.parametrize(
    ("act", "status", "by"),
    [
        (Withdrawn("n1"), "dpv:ConsentWithdrawn", "urn:resguardo:narrator:n1"),
        (
            next(a for a in ACTS if isinstance(a, Capped)),
            "dpv:ConsentRevoked",
            "urn:resguardo:caretakers",
        ),
    ],
)
def test_withdrawn_is_by_the_narrator_and_revoked_by_someone_else(act, status, by):
    event = receipt_of(act).document()["events"][0]

    assert (event["event_state"], event["entity_id"]) == (status, by)


def test_an_answer_that_ends_says_when_it_expires():
    events = receipt_of(Answered("r", "aa", Level.WORDS, date(2027, 2, 1))).document()[
        "events"
    ]

    assert [(e["event_state"], e["event_time"]) for e in events] == [
        ("dpv:ConsentGiven", "2026-11-24"),
        ("dpv:ConsentExpired", "2027-02-01"),
    ]


class OfflinePage:
    """The page's own script, run by node."""

    def __init__(self, node) -> None:
        self._process = subprocess.Popen(
            [node, NODE / "receipt.mjs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def check(self, written, *, without=False, **changed):
        (script,) = re.findall(r"<script>(.*?)</script>", written, re.DOTALL)
        carried = {**page.carried_by(written), **changed}
        asked = {"script": script, "receipt": carried, "without": without}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self):
        self._process.communicate(timeout=20)


@pytest.fixture(scope="module")
def offline():
    found = OfflinePage(
        need("node", "18 or newer; on Debian and Ubuntu apt-get install nodejs")
    )
    yield found
    found.close()


@pytest.mark.parametrize(
    ("before", "after"), [(0, 0), (0, 1), (1, 0), (6, 0), (300, 77)]
)
def test_the_page_checks_itself_without_a_network(offline, before, after):
    good = receipt_of(Withdrawn("n1"), before=before, after=after)

    found = offline.check(page.page(good, ES))
    assert (found["result"], found["entry"]["day"]) == ("good", "2026-11-24")


def test_the_page_finds_every_change_in_what_it_carries(offline, receipt):
    written = page.page(receipt, EN)

    for field, value in receipt.evidence().items():
        for at in range(0, len(value), 3):
            found = offline.check(written, **{field: spoilt(value, at)})
            assert found["result"] == "bad", (field, at)


def test_the_page_refuses_what_is_not_of_its_archive(offline, receipt):
    written, stranger = page.page(receipt, ES), key(ORIGIN)

    found = offline.check(written, verifier_key=str(stranger.verifier))
    assert found == {"result": "bad", "why": "signature"}
    other = receipt_of(Given(SILENCE, NOTICE))
    assert offline.check(written, entry=other.entry.text)["why"] == "tree"
    assert offline.check(written, tlog_proof=other.proof)["result"] == "bad"


def test_a_browser_that_knows_no_ed25519_says_that_it_cannot_check(offline, receipt):
    written = page.page(receipt, ES)

    assert offline.check(written, without=True)["result"] == "cannot"
    # What it can check it does.
    changed = receipt.entry.text.replace("given", "erased")
    assert offline.check(written, without=True, entry=changed)["result"] == "bad"
    assert "resguardo verify-receipt" in written
