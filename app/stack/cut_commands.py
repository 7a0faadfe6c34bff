"""Cuts from the stack: silence the selection in a layer, or take all cuts away."""

from __future__ import annotations

from app.base.command_table import command
from core.faults import Fault
from core.probing.surgery import Fill, LayerEdit, NetworkEdit
from core.session.lane_key import LaneKey
from core.session.lane_names import layer_info, title
from core.session.session import Session


def can_cut(session: Session) -> bool:
    """A time range is selected, and the active lane shows a layer."""
    key = session.active
    layer = layer_info(session.models, key) if isinstance(key, LaneKey) else None
    return session.selection is not None and layer is not None


@command("layers.silence", "Silence the selection in this layer", "Layers", can_cut, separator=True)
def silence(session: Session) -> None:
    """Set the active layer to 0 in the selection; the layers after it follow. The page Maps does more."""
    key, track, selection = session.active, session.active_track, session.selection
    if not isinstance(key, LaneKey) or track is None or selection is None:
        return
    first, last = track.axis.samples_in(selection)
    if last <= first:
        raise Fault(
            f"No sample of this layer lies between {selection.start_s:.6f} and {selection.end_s:.6f} s: its "
            f"samples are {1e3 * track.axis.step_s:.4g} ms apart.",
            "Select a longer part, inside the layer.",
        )
    edit = NetworkEdit(key.network, LayerEdit(key.layer, Fill(), (), first, last))
    edits = (*session.at(key.model).edits, edit)
    session.set_edits(edits, f"silence in {title(session.models, key)}")


def has_cuts(session: Session) -> bool:
    """Layers of the model in focus are cut."""
    return bool(session.snapshot.edits)


@command("layers.remove_cuts", "Remove all cuts", "Layers", has_cuts)
def remove_cuts(session: Session) -> None:
    """Run the network without any cut again."""
    session.set_edits((), "remove all cuts")
