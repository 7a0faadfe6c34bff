"""The results store: one computation for all who ask, kept within a budget, dropped where nobody needs it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.analyses.pitch import PitchSettings
from core.analyses.registry import TABLE
from core.faults import Cancelled, Fault
from core.processes.latest_wins import Jobs
from core.processes.praat_pool import InlinePool
from core.processes.requests import ResultRequest, analysis_of
from core.processes.results import (
    AROUND_BYTES,
    BROKEN,
    PENDING,
    Failed,
    Known,
    Refused,
    ResultStore,
    Urgency,
    size_of,
)
from core.provenance import Origin
from core.signals.axis import TimeAxis
from core.signals.track import Track

AWAITED, TABLE_ROW = Urgency.AWAITED, Urgency.TABLE


@dataclass(eq=False)
class Handed:
    """A job as the pool was given it."""

    names: list[str]
    single: bool
    patient: bool
    future: Future[Any] = field(default_factory=Future)

    def answer(self, *answers: Any) -> None:
        self.future.set_result(answers[0] if self.single else answers)


class HandDrivenPool:
    """A pool that answers when the test says so."""

    def __init__(self) -> None:
        self.jobs: list[Handed] = []
        self.restarts = 0

    def submit(self, name, track, settings=None, key=""):
        return self._take(Handed([name], True, False))

    def submit_many(self, asks, key="", patient=False):
        return self._take(Handed([name for name, _, _ in asks], False, patient))

    def _take(self, job):
        self.jobs.append(job)
        return job.future

    @property
    def waiting(self) -> list[list[str]]:
        return [job.names for job in self.jobs if not job.future.done()]

    def warm(self) -> None: ...

    def restart(self) -> None:
        self.restarts += 1

    def close(self) -> None: ...


def store_with(pool, budget_bytes=1 << 20, bugs=None):
    faults: list[Fault] = []
    jobs = Jobs(lambda call: call(), faults.append, (bugs if bugs is not None else []).append)
    made = ResultStore(pool, jobs, budget_bytes)
    told: list[frozenset[Origin]] = []
    made.arrived.connect(told.append)
    return made, told


@pytest.fixture
def pool():
    return HandDrivenPool()


def buzz(n: int = 16384, sound: str = "buzz") -> Track:
    samples = (np.arange(n) % 128 == 0).astype(np.float32)
    return Track("out", samples, TimeAxis.of_sound(16000.0, n), origin=Origin(drive=sound))


def request(name: str, parts: int = 1, part: object = None) -> ResultRequest:
    """A made-up request whose asks are called after it."""
    asks = tuple((name, buzz(), None) for _ in range(parts))
    join = (lambda answers: np.concatenate(answers)) if parts > 1 else (lambda answers: answers[0])
    return ResultRequest(Origin(layer=name), part, asks, join)


PITCH, FORMANTS, INTENSITY = request("pitch"), request("formants"), request("intensity")


# --- asked once ----------------------------------------------------------------------------------


def test_two_askers_share_one_computation(pool):
    store, told = store_with(pool)
    assert store.need("lane", [PITCH]) == (PENDING,)
    assert store.need("table", [request("pitch")], TABLE_ROW) == (PENDING,)
    assert pool.waiting == [["pitch"]]
    value = np.ones(3)
    pool.jobs[0].answer(value)
    assert told == [frozenset({PITCH.origin})]
    for asker in ("lane", "table", "somebody else"):
        (state,) = store.need(asker, [request("pitch")])
        assert isinstance(state, Known)
        assert state.value is value
    assert len(pool.jobs) == 1


def test_what_is_asked_together_arrives_together(pool):
    store, told = store_with(pool)
    store.need("lane", [PITCH, FORMANTS])
    assert pool.waiting == [["pitch", "formants"]]
    pool.jobs[0].answer(np.ones(1), np.ones(2))
    assert told == [frozenset({PITCH.origin, FORMANTS.origin})]
    assert [state.value.size for state in store.need("lane", [PITCH, FORMANTS])] == [1, 2]


def test_only_what_is_unknown_is_computed(pool):
    store, _ = store_with(pool)
    store.need("lane", [PITCH])
    store.need("other", [PITCH, FORMANTS, FORMANTS])
    assert pool.waiting == [["pitch"], ["formants"]]


def test_a_result_may_be_joined_of_several_answers(pool):
    store, _ = store_with(pool)
    whole = request("formants", parts=2)
    store.need("lane", [PITCH, whole, INTENSITY])
    pool.jobs[0].answer(np.ones(1), np.ones(2), np.ones(3), np.ones(4))
    assert [store.look(one).value.size for one in (PITCH, whole, INTENSITY)] == [1, 5, 4]


def test_parts_of_one_origin_are_apart(pool):
    store, _ = store_with(pool)
    store.need("lane", [request("pitch", part=0), request("pitch", part=60)])
    pool.jobs[0].answer(np.zeros(1), np.ones(1))
    assert store.look(request("pitch", part=60)).value == 1
    assert store.look(request("pitch")) is None


@pytest.mark.parametrize("urgency", list(Urgency))
def test_real_analyses_come_as_they_are_computed_alone(urgency):
    store, told = store_with(InlinePool())
    track, used = buzz(), PitchSettings(time_step_s=0.005)
    requests = [analysis_of(track, "pitch", used), analysis_of(track, "intensity", None)]
    states = store.need("lane", requests, urgency)
    for name, own, state in zip(("pitch", "intensity"), (used, None), states, strict=True):
        (found,), (alone,) = state.value, TABLE[name].run(track, own)
        np.testing.assert_array_equal(found.samples, alone.samples)
        assert found.origin == alone.origin
    assert frozenset().union(*told) == {one.origin for one in requests}


def test_a_stretch_of_a_track_is_not_taken_for_the_whole():
    track = buzz()
    part = Track("out", track.samples[:8000], TimeAxis.of_sound(16000.0, 8000), origin=track.origin)
    whole, cut = analysis_of(track, "ltas", None), analysis_of(part, "ltas", None)
    assert whole.origin == cut.origin
    assert whole.key != cut.key


def test_what_a_track_cannot_carry_is_refused_and_not_computed(pool):
    store, _ = store_with(pool)
    (state,) = store.need("lane", [analysis_of(buzz(100), "pitch", None)])
    assert isinstance(state, Refused)
    assert state.sentence.startswith("No pitch: a window of 3 periods")
    assert pool.jobs == []


# --- failures ------------------------------------------------------------------------------------


def test_a_failure_is_kept_until_somebody_asks_anew(pool):
    store, told = store_with(pool)
    store.need("lane", [PITCH, FORMANTS])
    fault = Fault("Pitch did not finish.")
    pool.jobs[0].answer(fault, np.ones(1))
    assert told == [frozenset({PITCH.origin, FORMANTS.origin})]
    assert store.need("lane", [PITCH, FORMANTS])[0] == Failed(fault)
    assert store.need("table", [PITCH], TABLE_ROW) == (Failed(fault),)
    assert len(pool.jobs) == 1
    store.allow_retry([PITCH])
    assert store.need("lane", [PITCH, FORMANTS])[0] == PENDING
    pool.jobs[1].answer(np.ones(2))
    assert store.look(PITCH).value.size == 2


def test_starting_again_restarts_the_workers_and_forgets_every_failure(pool):
    store, _ = store_with(pool)
    store.need("lane", [PITCH, FORMANTS])
    pool.jobs[0].answer(Fault("Pitch did not finish."), Fault("Formants did not finish."))
    store.start_again()
    assert pool.restarts == 1
    assert store.need("lane", [PITCH, FORMANTS]) == (PENDING, PENDING)


def test_a_failure_of_what_is_awaited_alone_is_kept_as_well(pool):
    store, _ = store_with(pool)
    store.need("query", [PITCH], AWAITED)
    fault = Fault("Pitch did not finish.")
    pool.jobs[0].future.set_exception(fault)
    assert store.look(PITCH) == Failed(fault)


def test_a_bug_is_reported_and_leaves_nobody_waiting(pool):
    bugs = []
    store, told = store_with(pool, bugs=bugs)
    store.need("lane", [PITCH])
    pool.jobs[0].future.set_exception(ZeroDivisionError())
    assert [type(bug) for bug in bugs] == [ZeroDivisionError]
    assert store.look(PITCH) == Failed(BROKEN)
    assert told == [frozenset({PITCH.origin})]


def test_what_the_pool_drops_may_be_asked_again(pool):
    store, told = store_with(pool)
    store.need("lane", [PITCH])
    pool.jobs[0].future.set_exception(Cancelled())
    assert store.look(PITCH) is None
    assert told == []
    store.need("lane", [PITCH])
    assert pool.waiting == [["pitch"]]


# --- what nobody needs ---------------------------------------------------------------------------


def test_what_nobody_needs_any_more_is_cancelled_where_it_waits(pool):
    store, _ = store_with(pool)
    store.need("lane", [PITCH])
    store.need("lane", [FORMANTS])
    assert pool.jobs[0].future.cancelled()
    assert pool.waiting == [["formants"]]
    assert not store.waits("table")
    assert store.waits("lane")
    store.drop("lane")
    assert pool.waiting == []
    assert not store.waits("lane")


def test_what_another_asker_needs_is_not_cancelled(pool):
    store, _ = store_with(pool)
    store.need("lane", [PITCH])
    store.need("table", [PITCH], TABLE_ROW)
    store.drop("lane")
    assert pool.waiting == [["pitch"]]


def test_a_late_answer_is_kept_though_nobody_waits(pool):
    store, told = store_with(pool)
    store.need("lane", [PITCH])
    pool.jobs[0].future.set_running_or_notify_cancel()  # a worker has begun
    store.drop("lane")
    pool.jobs[0].answer(np.ones(4))
    assert store.look(PITCH).value.size == 4
    assert told == [frozenset({PITCH.origin})]


def test_a_table_that_is_left_drops_all_that_waits(pool):
    store, _ = store_with(pool)
    store.need("table", [PITCH, FORMANTS, INTENSITY], TABLE_ROW)
    pool.jobs[0].future.set_running_or_notify_cancel()
    store.drop("table")
    pool.jobs[0].answer(np.ones(1))
    assert len(pool.jobs) == 1
    assert store.look(FORMANTS) is None


# --- who goes first ------------------------------------------------------------------------------


def test_a_table_is_computed_one_by_one_in_the_order_of_the_last_wish(pool):
    store, _ = store_with(pool)
    store.need("table", [PITCH, FORMANTS, INTENSITY], TABLE_ROW)
    assert pool.waiting == [["pitch"]]
    store.need("table", [PITCH, INTENSITY, FORMANTS], TABLE_ROW)
    for names in (["pitch"], ["intensity"], ["formants"]):
        assert pool.waiting == [names]
        pool.jobs[-1].answer(np.ones(1))
    assert pool.waiting == []


def test_what_is_shown_waits_for_no_table(pool):
    store, _ = store_with(pool)
    store.need("table", [PITCH, FORMANTS], TABLE_ROW)
    store.need("lane", [FORMANTS, INTENSITY])
    assert pool.waiting == [["pitch"], ["formants", "intensity"]]
    pool.jobs[0].answer(np.ones(1))
    assert len(pool.jobs) == 2  # the table's formants are the lane's


def test_a_short_table_goes_on_beside_a_long_one(pool):
    store, _ = store_with(pool)
    store.need("long table", [PITCH, FORMANTS], TABLE_ROW, patient=True)
    store.need("table", [INTENSITY], TABLE_ROW)
    assert [(job.names, job.patient) for job in pool.jobs] == [(["pitch"], True), (["intensity"], False)]


def test_what_waits_patiently_is_hurried_when_somebody_asks(pool):
    store, _ = store_with(pool)
    store.need("lane", [PITCH, FORMANTS], patient=True)
    store.need("query", [PITCH], AWAITED)
    assert pool.jobs[0].future.cancelled()
    waiting = [job for job in pool.jobs if not job.future.done()]
    assert [(job.names, job.single, job.patient) for job in waiting] == [
        (["pitch"], True, False),
        (["formants"], False, True),
    ]


# --- other computations --------------------------------------------------------------------------


def test_another_computation_is_begun_once_and_may_find_nothing():
    store, told = store_with(InlinePool())
    begun: list[Future[Any]] = []

    def start():
        begun.append(Future())
        return begun[-1]

    peak = ResultRequest(Origin(drive="a"), "peak", start=start)
    store.need("one", [peak])
    store.need("two", [peak])
    assert len(begun) == 1
    begun[0].set_result(None)
    assert store.look(peak) is None
    assert told == []
    store.need("one", [peak])
    begun[1].set_result((0.5, 0.25))
    assert store.look(peak) == Known((0.5, 0.25))


def test_a_table_goes_on_while_it_waits_for_another_computation(pool):
    store, _ = store_with(pool)
    peak = ResultRequest(Origin(drive="a"), "peak", start=Future)
    store.need("table", [peak, PITCH], TABLE_ROW)
    assert store.look(peak) == PENDING
    assert pool.waiting == [["pitch"]]


def test_what_is_quickly_made_is_made_once():
    store, _ = store_with(InlinePool())
    made = [store.made(Origin(drive="a"), "greys", lambda: np.zeros(7)) for _ in range(2)]
    assert made[0] is made[1]


# --- the budget ----------------------------------------------------------------------------------


def test_the_least_recently_used_goes_first():
    store, _ = store_with(InlinePool(), budget_bytes=2 * (AROUND_BYTES + 80))
    for name in ("a", "b"):
        store.made(Origin(layer=name), None, lambda: np.zeros(10))
    store.look(request("a"))
    store.made(Origin(layer="c"), None, lambda: np.zeros(10))
    assert [store.look(request(name)) is not None for name in "abc"] == [True, False, True]


def test_what_is_needed_now_stays_whatever_the_budget(pool):
    store, _ = store_with(pool, budget_bytes=0)
    store.need("lane", [PITCH, FORMANTS])
    pool.jobs[0].answer(np.ones(100), np.ones(100))
    assert all(isinstance(state, Known) for state in store.need("lane", [PITCH, FORMANTS]))
    store.need("lane", [FORMANTS])
    assert store.look(PITCH) is None
    store.drop("lane")
    assert store.size_bytes == 0


def test_a_smaller_budget_holds_at_once():
    store, _ = store_with(InlinePool())
    for k in range(10):
        store.made(Origin(layer=str(k)), None, lambda: np.zeros(1000))
    store.set_budget(30_000)
    assert 0 < store.size_bytes <= 30_000
    assert store.look(request("9")) is not None


def test_the_size_of_a_result_is_that_of_its_arrays():
    (found,) = TABLE["pitch"].run(buzz(), None)
    image = TABLE["spectrogram"].run(buzz(), None)
    assert size_of(found) - AROUND_BYTES == found.samples.nbytes
    assert size_of((found, image)) - 3 * AROUND_BYTES == found.samples.nbytes + image.values.nbytes
    points = TABLE["pulses"].run(buzz(), None)
    assert size_of(points) - AROUND_BYTES == points.times_s.nbytes


NAMES = "abcdef"
STEP = st.one_of(
    st.tuples(
        st.just("need"),
        st.sampled_from(["lane", "table", "query"]),
        st.lists(st.sampled_from(NAMES), max_size=4),
        st.sampled_from(list(Urgency)),
        st.booleans(),
    ),
    st.tuples(st.just("drop"), st.sampled_from(["lane", "table", "query"])),
    st.tuples(st.sampled_from(["answer", "begin", "fail", "bug"]), st.integers(0, 20)),
    st.tuples(st.just("allow_retry"), st.sampled_from(NAMES)),
    st.tuples(st.just("made"), st.sampled_from(NAMES)),
)


def value_of(name: str) -> np.ndarray:
    """A result that tells whose it is, of a size of its own."""
    return np.full(50 * (NAMES.index(name) + 1), ord(name), np.float64)


def act(store: ResultStore, pool: HandDrivenPool, step: tuple[Any, ...]) -> None:
    what, *words = step
    open_jobs = [job for job in pool.jobs if not job.future.done()]
    if what == "need":
        asker, names, urgency, patient = words
        store.need(asker, [request(name) for name in names], urgency, patient)
    elif what == "drop":
        store.drop(*words)
    elif what == "allow_retry":
        store.allow_retry([request(*words)])
    elif what == "made":
        store.made(Origin(layer=words[0]), "made", lambda: value_of(words[0]))
    elif open_jobs:
        job = open_jobs[words[0] % len(open_jobs)]
        if what == "begin":
            if not job.future.running():
                job.future.set_running_or_notify_cancel()
        elif what == "bug":
            job.future.set_exception(ZeroDivisionError())
        elif what == "fail":
            job.answer(*(Fault(name) for name in job.names))
        else:
            job.answer(*map(value_of, job.names))


@settings(max_examples=300)
@given(st.lists(STEP, max_size=40), st.sampled_from([0, 3000, 8000]))
def test_whatever_happens_the_budget_holds_and_no_result_is_another_origins(steps, budget_bytes):
    pool = HandDrivenPool()
    store, _ = store_with(pool, budget_bytes)
    needed: dict[str, list[str]] = {}
    for step in steps:
        if step[0] == "need":
            needed[step[1]] = step[2]
        elif step[0] == "drop":
            needed.pop(step[1], None)
        act(store, pool, step)
        wanted = set().union(*needed.values())
        held = sum(size_of(value_of(name)) for name in wanted)
        assert store.size_bytes <= max(budget_bytes, held)
        for name in NAMES:
            state = store.look(request(name))
            if isinstance(state, Known):
                np.testing.assert_array_equal(state.value, value_of(name))
        for asker, names in needed.items():
            pending = any(store.look(request(name)) == PENDING for name in names)
            assert store.waits(asker) == pending
        asked = [name for job in pool.jobs if not job.future.done() for name in job.names]
        assert len(asked) == len(set(asked))  # nothing is computed twice at a time
    for asker in list(needed):
        store.drop(asker)
    assert store.size_bytes <= budget_bytes
