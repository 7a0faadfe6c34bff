"""Profiles of a whole corpus, recording by recording, resumed after a kill."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from core.faults import Fault
from core.files.atomic import folder_for
from core.networks.runner import Cancel
from core.phonemes.pronunciation import Pronouncer
from core.profiles.corpus_sums import CorpusSums
from core.profiles.events import Corpus
from core.profiles.profile_set import ProfileSet, profiles_of
from core.profiles.settings import ProfileSettings

if TYPE_CHECKING:
    from core.families.model import Model
    from core.profiles.collect import RecordingPart
    from core.profiles.group_sums import GroupSums

SAVE_S = 25.0
"""After a kill, at most this long is computed again, and the recording that was under way."""

STATE = "profiles.state.npz"


class ProfileRun:
    """The profiles of a corpus in one network; with a `folder`, its state is kept there.

    Raises Fault if the folder holds another run.
    """

    def __init__(
        self,
        model: Model,
        network: str,
        corpus: Corpus,
        settings: ProfileSettings,
        layers: Sequence[str] = (),
        folder: Path | None = None,
        pronouncer: Pronouncer | None = None,
    ) -> None:
        from core.profiles.capture import Ear

        self.ear = Ear(model, network, layers)
        self.corpus, self.settings = corpus, settings
        self._pronouncer = pronouncer or Pronouncer()
        self.network_digest = model.network(network).digest
        self._folder = None if folder is None else folder_for(folder)
        self._request = _request(self.network_digest, self.ear.layers, corpus, settings)
        self.sums = CorpusSums()
        if self._folder is not None:
            self.sums = CorpusSums.read(self._folder / STATE, self._request)
        self._saved_s, self._saving_s = monotonic(), 0.0

    @property
    def done(self) -> int:
        """The number of recordings that have been heard or left out."""
        return self.sums.done

    @property
    def over(self) -> bool:
        """Whether all recordings have been heard."""
        return self.done >= len(self.corpus.recordings)

    def step(self, arrays: bool = False, cancelled: Cancel = None) -> RecordingPart | None:
        """Hear the next recording; return what it gave, None if it is left out, which the notes say.

        Raises Cancelled, and Fault if the state cannot be written.
        """
        from core.profiles.collect import part_of

        number = self.done
        recording = self.corpus.recordings[number]
        try:
            found: RecordingPart | Fault = part_of(
                self.ear, recording, number, self.settings, arrays, cancelled, self._pronouncer
            )
        except Fault as fault:
            found = fault
        return self.take(found)

    def take(self, found: RecordingPart | Fault) -> RecordingPart | None:
        """Add what the next recording gave, here or elsewhere; of one that could not be heard, say why.

        Raises the fault of a network that emits no letters, because no other recording would do.
        """
        number = self.done
        recording = self.corpus.recordings[number]
        if not isinstance(found, Fault):
            self.sums.add(found, number)
        elif recording.emits and "emits no letters" in found.sentence:
            raise found
        else:
            self.sums.notes.append(f"{recording.name} is left out: {found}")
        self.sums.done = number + 1
        if monotonic() - self._saved_s > max(SAVE_S, 5 * self._saving_s):
            self.save()
        return None if isinstance(found, Fault) else found

    def save(self) -> None:
        """Bring the state to the disk."""
        if self._folder is None:
            return
        begun_s = monotonic()
        self.sums.save(self._folder / STATE, self._request)
        self._saved_s = monotonic()
        self._saving_s = min(self._saved_s - begun_s, 5.0)

    @property
    def window_s(self) -> float:
        """The length of an example."""
        from core.profiles.collect import window_s

        return window_s(self.ear, self.settings)

    def counts(self) -> dict[str, int]:
        """Return the number of events of every group so far."""
        nothing: dict[str, GroupSums] = {}
        first = next(iter(self.sums.sums.values()), nothing)
        return {group: one.count for group, one in sorted(first.items())}

    def profiles(self) -> ProfileSet:
        """Return the profiles of the recordings heard so far."""
        return profiles_of(self.sums, self.settings)

    def forget(self) -> None:
        """Delete the state; call this once everything is written."""
        if self._folder is not None:
            (self._folder / STATE).unlink(missing_ok=True)
            if not any(self._folder.iterdir()):
                shutil.rmtree(self._folder, ignore_errors=True)


def _request(network: str, layers: Sequence[str], corpus: Corpus, settings: ProfileSettings) -> str:
    """Return a digest of everything that the sums depend on; `least` only chooses among them."""
    asked = {**settings.plain(), "least": 0, "method": ""}
    told = json.dumps([network, list(layers), asked, repr(corpus.recordings)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
