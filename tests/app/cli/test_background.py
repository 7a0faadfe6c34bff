"""A training started in a shell's session moves to one of its own, and still does what the terminal asks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import background

ROOT = Path(__file__).parents[3]
# stands in for the whole command: the first start hands over to the second, which tells where it runs
SCRIPT = """
import os, signal, sys
from app.cli import background
if background.shares_its_session():
    sys.exit(background.run_apart())
background.give_way()
wanted = (signal.SIGINT, signal.SIGTERM)
signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
idle = os.sched_getscheduler(0) == os.SCHED_IDLE
print(os.getpid(), os.getsid(0) == os.getpid(), idle, flush=True)
print("saved after", signal.Signals(signal.sigwait(wanted)).name, flush=True)
sys.exit(5)
"""

pytestmark = pytest.mark.skipif(
    not background.AUTOGROUPS.exists() or background.AUTOGROUPS.read_text().strip() != "1",
    reason="this system does not share the processor between sessions",
)


@pytest.fixture
def begun(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    # not a session's leader: as a shell starts it
    process = subprocess.Popen(
        [sys.executable, str(path), "train"], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_training_leads_a_session_and_hears_the_terminal(begun, asked):
    number, leads, idle = begun.stdout.readline().split()
    assert int(number) != begun.pid
    assert (leads, idle) == ("True", "True")
    begun.send_signal(asked)
    assert begun.stdout.readline() == f"saved after {asked.name}\n"
    assert begun.wait() == 5


def test_a_training_saves_when_the_one_that_started_it_is_killed(begun):
    begun.stdout.readline()
    begun.kill()
    assert begun.stdout.readline() == "saved after SIGTERM\n"


def test_only_the_command_itself_is_started_again(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["phonoscope", "bench"])
    assert not background.shares_its_session()
    monkeypatch.setattr(sys, "argv", ["phonoscope", "train", "folder"])
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert not background.shares_its_session()
