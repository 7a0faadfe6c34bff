"""What goes wrong below Python leaves a trace too."""

from __future__ import annotations

import os
import subprocess
import sys

CRASH = """
import faulthandler
from app.base import log

print(log.start())
faulthandler._sigsegv()
"""


def test_a_crash_leaves_where_it_was(tmp_path):
    own = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", CRASH], env=own, capture_output=True, text=True, check=False
    )
    assert ended.returncode != 0
    (left,) = tmp_path.rglob("crash.log")
    assert "Segmentation fault" in left.read_text()
    assert "<module>" in left.read_text()
