"""Saving what is open: one lane's sound, or every layer with its tables and origin."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.analysis.settings import AnalysisSettings
from app.base.context import Context
from app.models.latent_driven import LatentDriven
from core.analyses.time_shift import own_track
from core.families.card import Card
from core.faults import Fault
from core.session.lane_key import Key, LaneKey
from core.session.lane_names import model_names, text_in_files
from core.signals.track import Track


class FileExport:
    """Writes the active lane, the selection or every layer to files."""

    def __init__(self, context: Context, settings: AnalysisSettings, latent_driven: LatentDriven) -> None:
        self._session = context.session
        self._preferences = context.preferences
        self._messages = context.messages
        self._jobs = context.jobs
        self._clock = context.clock
        self._settings = settings
        self._latent_driven = latent_driven

    def save_sound(self, path: Path) -> None:
        """Write the active lane exactly: WAV as published, or Praat's text Sound at its own rate."""
        from core.files.praat_sound import write_praat_sound
        from core.files.wav import write_wav

        card, track = self._active_card, own_track(self._active())
        if path.suffix.lower() == ".sound":
            extent = card.out_axis.extent if card and _is_layer(track) else None
            self._write(path, lambda: write_praat_sound(path, track, extent))
        else:
            audible = self._audible(track)
            self._write(path, lambda: write_wav(path, audible))

    def save_selected(self, path: Path, from_zero: bool = False) -> None:
        """Write the selected part of the active lane: as WAV, or as Praat's text Sound with its times."""
        from core.export.selection import part
        from core.files.praat_sound import write_praat_sound
        from core.files.wav import write_wav

        selection, shown = self._session.selection, self._active()
        if selection is None:
            raise Fault("Nothing is selected.", "Drag over what you want to save.")
        track, selection = own_track(shown), selection.moved(-shown.origin.moved_s)
        if path.suffix.lower() == ".sound":
            self._write(path, lambda: write_praat_sound(path, *part(track, selection, from_zero)))
        else:
            audible = self._audible(track)
            self._write(path, lambda: write_wav(path, part(audible, selection, from_zero=True)[0]))

    def _write(self, path: Path, write: Callable[[], object]) -> None:
        """Write a file off the window's thread and report it; a fault is shown."""
        self._messages.noted.emit(f"Saving {path.name}…")
        saved = f"Saved {path.name}"
        self._jobs.follow(("save", path), self._clock.work(write), lambda _: self._messages.noted.emit(saved))

    def _active(self) -> Track:
        track = self._session.active_track
        if track is None:
            raise Fault("This lane has no curve yet.", "Wait until it is computed.")
        return track

    @property
    def _active_card(self) -> Card | None:
        return self._session.card_of(self._session.active)

    def _audible(self, track: Track) -> Track:
        """Return a layer as published, at the output's rate; a track that is already a sound stays as it
        is.
        """
        from core.playback.sonification import published

        card = self._active_card
        if card is None or not _is_layer(track) or track.axis.rate_hz >= card.out_axis.rate_hz:
            return track
        return published(track, card.out_axis)

    def save_layers(self, folder: Path) -> None:
        """Write every layer as sounds, arrays, a table and a record, as the command line does.

        Raises Fault while the layers on screen are those of another point.
        """
        from core.export.layers import LayerExport, write_layers
        from core.session.point_names import point_facts

        session = self._session
        if session.card is None:
            return
        tracks = {key.layer: track for key, track in self._latent_driven.layers.items()}
        if not tracks:
            raise Fault("The layers of this point are still being computed.", "Save them in a moment.")
        drive = point_facts(session.layout, session.snapshot)
        files = write_layers(LayerExport("G", folder.name, drive, tracks), session.card, folder)
        self._messages.noted.emit(f"Saved {len(files)} files to {folder.name}")

    def origin_text(self) -> str:
        """Return the origin of what the stack shows, as the JSON embedded in pictures."""
        from core.files.versions import versions
        from core.session.point_names import changed, point_name

        session, card = self._session, self._session.card
        track = session.shown.tracks.get(session.output) if session.output is not None else None
        selected = session.selection
        values = {
            "origin": track.origin.plain() if track is not None else {},
            "title": card.title if card else "",
            "point": point_name(session.layout, session.snapshot) if card else "",
            "seed": session.snapshot.seed if card else None,
            "changes": changed(session.layout, session.snapshot) if card else {},
            **self._models_facts(),
            "visible_s": [session.visible.start_s, session.visible.end_s],
            "cursor_s": session.cursor_s,
            "selection_s": [selected.start_s, selected.end_s] if selected else None,
            "lanes": [
                {
                    "key": text_in_files(lane.key),
                    **self._model_fact(lane.key),
                    "gain": lane.gain,
                    "shown": sorted(lane.shown),
                    "moved_s": lane.moved_s,
                }
                for lane in session.lanes
            ],
            "preset": self._preferences.values.preset,
            "speaker": self._preferences.values.speaker,
            "analyses": self._settings.words,
            "versions": versions(),
        }
        return json.dumps(values, ensure_ascii=False)

    def _models_facts(self) -> dict[str, Any]:
        """Return the checkpoint and point of every open model; empty if there is only one."""
        from core.session.point_names import point_facts

        session = self._session
        if len(session.models) < 2:
            return {}
        facts = {
            name: {
                "checkpoint": session.models[id].digest,
                **point_facts(session.models[id].layout, session.at(id)),
            }
            for id, name in model_names(session.models).items()
        }
        return {"models": facts}

    def _model_fact(self, key: Key) -> dict[str, str]:
        models = self._session.models
        if len(models) < 2 or not isinstance(key, LaneKey):
            return {}
        return {"model": model_names(models)[key.model]}


def _is_layer(track: Track) -> bool:
    """Return whether a track is one of the generator's layers."""
    return track.origin.network == "G"
