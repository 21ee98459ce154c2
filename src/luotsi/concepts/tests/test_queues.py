"""Time limits by worked examples of the calendar and by random ones; how an item moves; faults of a queue's file."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luotsi.concepts.calendar import is_working_day
from luotsi.concepts.checking import check
from luotsi.concepts.queues import HERE, MOVES, OPEN, STATES, Queue, Within, due, pairs, until
from luotsi.concepts.reading import read_county
from luotsi.concepts.records import Label
from luotsi.concepts.shipped import shipped

WORD = Label(fi="Jono", sv="Kö", en="Queue")
TEXT = "{fi: Jono, sv: Kö, en: Queue}"


def at(text: str) -> datetime.datetime:
    return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=HERE)


def queue(**said: object) -> Queue:
    whole = {"queue": "q", "label": WORD, "answer": WORD, "sector": "social", "units": ("1",), "owner": "Me"}
    return Queue.model_validate({**whole, "promise": {"amount": 0, "of": "working_days"}, **said})


@pytest.mark.parametrize(
    ("amount", "of", "closes", "since", "expected"),
    [
        (0, "working_days", 16, "2024-03-05 09:00", "2024-03-05 16:00"),
        (0, "working_days", 16, "2024-03-05 16:00", "2024-03-06 16:00"),
        (0, "working_days", 16, "2024-03-08 17:00", "2024-03-11 16:00"),
        (2, "working_days", 16, "2024-03-09 10:00", "2024-03-13 16:00"),
        (1, "working_days", 16, "2024-03-28 09:00", "2024-04-02 16:00"),
        (7, "working_days", None, "2024-03-05 09:00", "2024-03-14 23:59"),
        (7, "working_days", None, "2024-03-05 23:00", "2024-03-14 23:59"),
        (7, "working_days", None, "2024-05-06 12:00", "2024-05-16 23:59"),
        (0, "working_days", None, "2024-06-21 12:00", "2024-06-24 23:59"),
        (1, "hours", 16, "2024-03-31 02:30", "2024-03-31 04:30"),
        (3, "days", None, "2024-02-27 12:00", "2024-03-01 23:59"),
        (3, "months", None, "2024-11-30 12:00", "2025-02-28 23:59"),
        (1, "months", None, "2024-12-31 12:00", "2025-01-31 23:59"),
        (12, "months", None, "2024-02-29 12:00", "2025-02-28 23:59"),
    ],
)
def test_a_time_limit_ends_when_the_calendar_says(
    amount: int, of: str, closes: int | None, since: str, expected: str
) -> None:
    within = Within.model_validate({"amount": amount, "of": of})
    assert until(within, at(since), closes=closes) == at(expected)


@given(
    since=st.datetimes(datetime.datetime(2000, 1, 1), datetime.datetime(2050, 1, 1), timezones=st.just(datetime.UTC)),
    amount=st.integers(0, 40),
    of=st.sampled_from(["hours", "working_days", "days", "months"]),
    closes=st.none() | st.integers(1, 23),
)
def test_a_limit_never_ends_before_it_begins_and_one_of_working_days_ends_on_one(
    since: datetime.datetime, amount: int, of: str, closes: int | None
) -> None:
    within = Within.model_validate({"amount": amount, "of": of})
    end = until(within, since, closes=closes)
    longer = until(within.model_copy(update={"amount": amount + 1}), since, closes=closes)
    assert end >= since.replace(second=0, microsecond=0)
    assert longer >= end
    if of == "working_days":
        assert is_working_day(end.date())
        passed = (since.astimezone(HERE).date() + datetime.timedelta(days=n) for n in range(1, 200))
        assert sum(is_working_day(day) for day in passed if day <= end.date()) >= amount


def test_the_earlier_of_promise_and_statute_holds_and_says_which_it_is() -> None:
    limited = queue(limit={"within": {"amount": 7, "of": "working_days"}, "source": "Act 1301/2014 section 36"})
    tuesday = at("2024-03-05 09:00")
    assert due(limited, "today", tuesday) == (at("2024-03-05 16:00"), "promise")
    assert due(limited, "today", tuesday, Within(amount=2, of="months")) == (at("2024-03-14 23:59"), "statute")
    assert due(queue(), "today", tuesday, Within(amount=1, of="days")).by == "promise"


def test_a_promise_of_its_own_urgency_goes_before_the_common_one() -> None:
    urgent = queue(promises={"now": {"amount": 1, "of": "hours"}})
    assert due(urgent, "now", at("2024-03-05 09:00")).at == at("2024-03-05 10:00")
    assert due(urgent, "days", at("2024-03-05 09:00")).at == at("2024-03-05 16:00")


def test_an_item_begins_once_ends_for_good_and_every_state_is_reached() -> None:
    following = set(pairs())
    assert {after for _before, after in following} == set(STATES)
    assert {before for before, _after in following} == {"", *OPEN}
    assert [after for before, after in following if before == ""] == ["new"]
    assert all(set(move.before) <= set(OPEN) for move in MOVES.values())


def test_the_states_are_those_of_the_code_list() -> None:
    county, _faults = read_county(shipped())
    assert tuple(county.codes["work_item_state"].rows) == STATES


GOOD = f"""\
queue: calls
label: {TEXT}
answer: {TEXT}
sector: health
units: ['1', '2']
promise: {{amount: 1, of: days}}
promises: {{now: {{amount: 1, of: hours}}}}
owner: Head of services
"""
PLANTED = {
    "no unit": ("['1', '2']", "[]", "no unit serves the queue"),
    "a unit twice": ("['1', '2']", "['1', '1']", "the unit 1 stands twice"),
    "an unknown urgency": ("now:", "soon:", "'soon' is not in code list work_urgency"),
    "a wrong span": ("of: hours", "of: weeks", "promises.now.of is 'weeks'"),
    "a limit below nothing": ("amount: 1, of: days", "amount: -1, of: days", "promise.amount is '-1'"),
    "an empty owner": ("owner: Head of services", "owner: ''", "owner is empty"),
    "an empty name": ("sv: Kö", "sv: ''", "label.sv is empty"),
}


@pytest.mark.parametrize("planted", [None, *PLANTED])
def test_a_fault_in_a_queue_is_told_with_its_file(tmp_path, planted: str | None) -> None:
    old, new, told = PLANTED.get(planted or "", ("", "", ""))
    (tmp_path / "queues").mkdir()
    (tmp_path / "queues" / "calls.yaml").write_text(GOOD.replace(old, new, 1) if planted else GOOD, "utf-8")
    county, faults = read_county(shipped(), tmp_path)
    faults = [*faults, *check(county)]
    assert [each.what for each in faults] == ([told] if planted else [])
    assert all(each.file.endswith("calls.yaml") for each in faults)
