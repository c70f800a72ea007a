"""Who may do what: opening needs the narrator, closing needs anyone with standing."""

from dataclasses import replace
from itertools import chain, combinations

import pytest

from consent.actors import Anyone, Narrator, Person, Renderer, Transcriber
from consent.audiences import CARETAKERS, COMMUNITY, RESEARCHERS
from consent.delegation import Attestor, Delegate, Power
from consent.powers import (
    Deed,
    attestor_of,
    holder_of,
    is_caretaker,
    may,
    powers_of,
)
from consent.standing import Consent, Standing
from tests.consent.conftest import DAY, NOON, member

ALL = frozenset(Deed)
OF_CARETAKERS = {Deed.CAP, Deed.SORT_REQUESTS, Deed.ATTEST, Deed.DISPUTE}
WIDENING = {Deed.CHANGE, Deed.REOPEN, Deed.APPROVE, Deed.ANSWER}
NARRATORS_ALONE = {Deed.DELEGATE, Deed.INVITE, Deed.ERASE}
CARETAKER = member(CARETAKERS, person="ca", until=NOON + DAY)
FRIEND, SISTER = Person("f1"), Narrator("s")
HOLDERS = {"person:f1": FRIEND, "narrator:s": SISTER}


def deeds_of(actor, consent=None, now=NOON, **said):
    consent = consent or Consent(narrator_id="a")
    standing = Standing(testimony_id="t", consents=(consent,), **said)
    return {deed for deed in Deed if may(standing, "a", actor, deed, now)}


def trusting(*powers, holder="person:f1", incapable=False):
    given = (Delegate(holder, frozenset(powers)),)
    return Consent(narrator_id="a", delegates=given, incapable=incapable)


def test_a_narrator_may_do_all_but_what_is_the_caretakers():
    assert deeds_of(Narrator("a")) == ALL - {Deed.CAP, Deed.SORT_REQUESTS, Deed.ATTEST}


@pytest.mark.parametrize(
    "actor",
    [
        Anyone(),
        Narrator("b"),
        FRIEND,
        Transcriber(),
        Renderer(),
        member(RESEARCHERS),
        member(COMMUNITY),
        member(CARETAKERS, until=NOON),
    ],
)
def test_whoever_was_given_no_power_may_do_nothing(actor):
    assert deeds_of(actor) == set()
    assert attestor_of(Standing(testimony_id="t"), "a", actor, NOON) is None


def test_caretakers_narrow_sort_and_attest_and_never_widen():
    assert deeds_of(CARETAKER) == OF_CARETAKERS
    assert not deeds_of(CARETAKER) & (WIDENING | NARRATORS_ALONE | {Deed.CLOSE})


def test_a_caretaker_is_one_only_while_attested_also_when_the_clock_is_set_back():
    end = NOON + DAY
    standing = Standing(testimony_id="t")

    assert is_caretaker(standing, CARETAKER, NOON)
    assert not is_caretaker(standing, CARETAKER, end)
    recorded = replace(standing, recorded_to=end)
    assert not is_caretaker(recorded, CARETAKER, NOON)
    assert is_caretaker(replace(standing, recorded_to=NOON - DAY), CARETAKER, NOON)
    assert deeds_of(CARETAKER, recorded_to=end) == set()


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize(
    ("powers", "incapable", "expected"),
    [
        ({Power.CLOSE}, False, {Deed.CLOSE, Deed.ATTEST, Deed.DISPUTE}),
        ({Power.CLOSE}, True, {Deed.CLOSE, Deed.ATTEST, Deed.DISPUTE}),
        ({Power.ANSWER}, False, {Deed.ANSWER, Deed.ATTEST, Deed.DISPUTE}),
        ({Power.ANSWER}, True, {Deed.ANSWER, Deed.ATTEST, Deed.DISPUTE}),
        ({Power.DECIDE}, False, {Deed.CLOSE, Deed.ATTEST, Deed.DISPUTE}),
        (
            {Power.DECIDE},
            True,
            {
                *(Deed.CLOSE, Deed.ANSWER, Deed.CHANGE, Deed.REOPEN, Deed.APPROVE),
                *(Deed.ATTEST, Deed.DISPUTE),
            },
        ),
        (set(), True, set()),
    ],
)
def test_a_delegate_may_do_what_they_were_given(holder, powers, incapable, expected):
    consent = trusting(*powers, holder=holder, incapable=incapable)

    assert deeds_of(HOLDERS[holder], consent) == expected
    for other in HOLDERS.values():
        if other != HOLDERS[holder]:
            assert deeds_of(other, consent) == set()


def test_no_delegate_widens_before_the_narrator_no_longer_can():
    every = chain.from_iterable(combinations(Power, size) for size in range(4))
    for powers in every:
        deeds = deeds_of(FRIEND, trusting(*powers))
        assert not deeds & (NARRATORS_ALONE | {Deed.CHANGE, Deed.REOPEN, Deed.APPROVE})
        assert not deeds & {Deed.CAP, Deed.SORT_REQUESTS}
        assert not deeds_of(FRIEND, trusting(*powers, incapable=True)) & NARRATORS_ALONE


def test_powers_add_up_over_what_was_given_at_different_times():
    consent = Consent(
        narrator_id="a",
        delegates=(
            Delegate("person:f1", frozenset({Power.CLOSE})),
            Delegate("narrator:s", frozenset({Power.DECIDE})),
            Delegate("person:f1", frozenset({Power.ANSWER})),
        ),
    )

    assert powers_of(consent, FRIEND) == {Power.CLOSE, Power.ANSWER}
    assert powers_of(consent, SISTER) == {Power.CLOSE}
    assert powers_of(replace(consent, incapable=True), SISTER) == {Power.DECIDE}


def test_who_cannot_hold_a_power_has_none_even_of_a_nameless_delegate():
    consent = trusting(*Power, holder="", incapable=True)

    for actor in (Anyone(), Transcriber(), Renderer()):
        assert holder_of(actor) == ""
        assert powers_of(consent, actor) == frozenset()
    assert holder_of(FRIEND) == "person:f1"
    assert holder_of(SISTER) == "narrator:s"


@pytest.mark.parametrize("actor", [Narrator("a"), FRIEND, CARETAKER])
def test_nothing_can_be_done_about_what_was_erased_or_left_or_never_was(actor):
    trusted = trusting(*Power, incapable=True)

    assert deeds_of(actor, trusted, erased=True) == set()
    assert deeds_of(actor, replace(trusted, left=True)) == set()
    standing = Standing(testimony_id="t", consents=(trusted,))
    assert not any(may(standing, "b", actor, deed, NOON) for deed in Deed)
    assert attestor_of(standing, "b", actor, NOON) is None


def test_a_delegate_attests_as_a_delegate_and_a_caretaker_as_a_caretaker():
    def attests(actor, *powers):
        consent = trusting(*powers, holder=holder_of(actor))
        standing = Standing(testimony_id="t", consents=(consent,))
        return attestor_of(standing, "a", actor, NOON)

    assert attests(FRIEND, Power.DECIDE) is Attestor.DELEGATE
    assert attests(CARETAKER) is Attestor.CARETAKER
    assert attests(Narrator("a")) is None
    assert attests(FRIEND) is None


def test_a_delegate_who_is_a_caretaker_too_is_still_one_of_the_two():
    standing = Standing(
        testimony_id="t", consents=(trusting(Power.DECIDE, holder="person:ca"),)
    )

    assert attestor_of(standing, "a", CARETAKER, NOON) is Attestor.DELEGATE
