"""One tiny run of every family, and of every way its networks can be built: how each is saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from safetensors.numpy import save_file

from core.families.registry import Model, open_model
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle
from tests.support.tiny.files import save_nested, save_port, save_state

Make = Callable[[Path], Model]


def tensorflow(slice_len: int = 16384, **settings: bool | int) -> Make:
    def make(folder: Path) -> Model:
        weights = nets.tensorflow(slice_len, classes=3, **settings)  # type: ignore[arg-type]
        return open_model(write_bundle(folder / "model.ckpt-1", weights), {"slice": slice_len})

    return make


def phonoscope(folder: Path) -> Model:
    weights = {k: v for k, v in nets.tensorflow(classes=3).items() if k != "global_step"}
    save_file(weights, folder / "a.safetensors", {"card": "{}"})
    return open_model(folder)


def port(folder: Path) -> Model:
    save_port(folder)
    return open_model(folder, {"slope": "2 in D, 0 in Q"})


def port_normed(folder: Path) -> Model:
    save_state(folder / "a_G.pt", nets.port_generator(65536, normed=True))
    save_state(folder / "a_D.pt", nets.port_listener(1, 65536, normed=True))
    return open_model(folder / "a_G.pt")


def articulation(folder: Path) -> Model:
    save_state(folder / "a_G.pt", nets.articulation_generator())
    save_state(folder / "a_D.pt", nets.port_listener(1, 20480))
    return open_model(folder / "a_G.pt")


def elaraby(slice_len: int, nearest: bool, normed: bool) -> Make:
    return lambda folder: open_model(
        save_nested(folder / "x.tar", nets.elaraby(slice_len, nearest, normed), {})
    )


def cramer(folder: Path) -> Model:
    save_state(folder / "x_G.pt", nets.cramer_generator())
    save_state(folder / "x_D.pt", nets.cramer_listener(1))
    save_state(folder / "x_Q.pt", nets.cramer_listener(3))
    return open_model(folder / "x_G.pt")


def mazzzystar(upsample: str) -> Make:
    return lambda folder: open_model(
        save_state(folder / "x_G.pt", nets.mazzzystar_generator()), {"upsample": upsample}
    )


EVERY: dict[str, Make] = {
    "tensorflow": tensorflow(),
    "tensorflow 32768 normed": tensorflow(32768, normed=True),
    "tensorflow nearest filtered": tensorflow(nearest=True, filtered=True, dim=2),
    "phonoscope": phonoscope,
    "port": port,
    "port 65536 normed": port_normed,
    "articulation": articulation,
    "elaraby nearest 32768": elaraby(32768, True, False),
    "elaraby zeros 32768 normed": elaraby(32768, False, True),
    "cramer": cramer,
    "mazzzystar nearest": mazzzystar("nearest"),
    "mazzzystar zeros": mazzzystar("zeros"),
}
