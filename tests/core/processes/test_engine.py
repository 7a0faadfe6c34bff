"""The engine process answers, supersedes, stops, and survives its own crash."""

import os
import threading

import numpy as np
import pytest

from core.faults import Cancelled, Fault
from core.processes.engine import InlineEngine, ProcessEngine
from core.processes.engine_tasks import Work


class Toy(Work):
    """A work whose tasks are made up, so that no network is needed."""

    def __init__(self):
        super().__init__()
        self.opened = None
        self._tasks = {
            "open": self.open,
            "echo": lambda value, stop: value,
            "opened": lambda stop: self.opened,
            "fault": self.fault,
            "crash": lambda stop: os._exit(3),
            "until_stopped": self.until_stopped,
            "lambda": lambda stop: lambda: 1,
        }

    def warm(self):
        pass

    def open(self, name, stop):
        self.opened = name

    def fault(self, stop):
        raise Fault("The file ends early.", "Copy it again.")

    def until_stopped(self, stop):
        while not stop():
            pass
        raise Cancelled


@pytest.fixture
def engine():
    made = ProcessEngine(make_work=Toy)
    yield made
    made.close()


def test_an_answer_crosses_the_pipe(engine):
    assert engine.ask("echo", {"a": 1.5}).result(20) == {"a": 1.5}


def test_a_fault_keeps_its_sentence_and_hint(engine):
    with pytest.raises(Fault) as caught:
        engine.ask("fault").result(20)
    assert (caught.value.sentence, caught.value.hint) == ("The file ends early.", "Copy it again.")


def test_a_waiting_request_is_superseded_by_the_newest_of_its_key(engine):
    busy = engine.ask("until_stopped", key="busy")
    futures = [engine.ask("echo", k, key="knob") for k in range(5)]
    engine.stop("busy")
    with pytest.raises(Cancelled):
        busy.result(20)
    assert futures[-1].result(20) == 4
    assert all(future.cancelled() for future in futures[:-1])


def test_urgent_requests_go_first(engine):
    order = []
    busy = engine.ask("until_stopped", key="busy")
    sheet, knob = engine.ask("echo", "sheet"), engine.ask("echo", "knob", urgent=True)
    for future in (sheet, knob):
        future.add_done_callback(lambda over: order.append(over.result()))
    engine.stop("busy")
    sheet.result(20)
    assert order == ["knob", "sheet"]
    assert isinstance(busy.exception(), Cancelled)


def test_after_a_crash_the_model_is_open_again():
    told = threading.Event()
    engine = ProcessEngine(told.set, Toy)
    engine.ask("open", "digits").result(20)
    with pytest.raises(Fault, match="stopped unexpectedly"):
        engine.ask("crash").result(20)
    assert told.wait(20)
    assert engine.ask("opened").result(20) == "digits"
    engine.close()


def test_an_engine_that_never_answers_is_given_up():
    engine = ProcessEngine(make_work=Toy)
    for _ in range(3):
        with pytest.raises(Fault):
            engine.ask("crash").result(20)
    with pytest.raises(Fault, match="three times"):
        engine.ask("echo", 1).result(20)
    engine.close()


def test_an_answer_that_cannot_cross_is_a_bug_told_in_words(engine):
    with pytest.raises(RuntimeError, match="does not cross"):
        engine.ask("lambda").result(20)


@pytest.mark.parametrize("n", [0, 7, 5_000_000])
def test_arrays_cross_exactly_and_cannot_be_written_to(engine, n):
    mine = {"a": np.arange(n, dtype=np.float32), "b": np.full((2, 3), np.nan), "words": "x"}
    back = engine.ask("echo", mine).result(60)
    np.testing.assert_array_equal(back["a"], mine["a"])
    np.testing.assert_array_equal(back["b"], mine["b"])
    assert back["words"] == "x"


def test_an_answer_is_not_overwritten_by_the_next_one(engine):
    first, second = (engine.ask("echo", np.full(1000, k)) for k in (1, 2))
    assert second.result(20)[0] == 2
    assert (first.result(20) == 1).all()


def test_without_a_model_a_probe_is_refused():
    with pytest.raises(Fault, match="No model is open"):
        InlineEngine().ask("outputs", []).result()
