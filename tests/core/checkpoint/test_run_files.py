"""From what a user gave to the run that was meant."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from core.checkpoint.run_files import ChooseRun, resolve
from core.families.registry import open_model
from core.faults import Fault
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle
from tests.support.tiny.files import save_port, save_state


def bundle(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    return write_bundle(folder / name, {"x": np.zeros(2, np.float32)})


def test_the_newest_step_of_one_run_opens(tmp_path: Path) -> None:
    for step in (9, 200, 50):
        bundle(tmp_path, f"model.ckpt-{step}")
    run = resolve(tmp_path)
    assert run.path.name == "model.ckpt-200"
    assert run.step == 200
    assert [path.name for path in run.others] == ["model.ckpt-9", "model.ckpt-50"]


@pytest.mark.parametrize(
    "path", ["/scratch/me/train/model.ckpt-50", "model.ckpt-50", "C:\\\\runs\\\\model.ckpt-50"]
)
def test_the_step_that_checkpoint_names_opens(tmp_path: Path, path: str) -> None:
    for step in (9, 200, 50):
        bundle(tmp_path, f"model.ckpt-{step}")
    (tmp_path / "checkpoint").write_text(
        f'model_checkpoint_path: "{path}"\nall_model_checkpoint_paths: "x"\n'
    )
    assert resolve(tmp_path).path.name == "model.ckpt-50"
    assert resolve(tmp_path / "model.ckpt-9.index").path.name == "model.ckpt-9"


def test_a_step_that_checkpoint_names_and_that_is_gone_gives_the_newest(tmp_path: Path) -> None:
    bundle(tmp_path, "model.ckpt-9")
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "model.ckpt-500"')
    assert resolve(tmp_path).path.name == "model.ckpt-9"


def test_steps_of_the_port_are_one_run(tmp_path: Path) -> None:
    save_port(tmp_path, "epoch9_step90")
    save_port(tmp_path, "epoch10_step100")
    run = resolve(tmp_path)
    assert [path.name for path in run.files] == [f"epoch10_step100_{letter}.pt" for letter in "DGQ"]
    assert [path.name for path in run.others] == ["epoch9_step90_G.pt"]
    card = open_model(tmp_path).card
    assert [fact.value for fact in card.facts if fact.name == "Other steps of this run"] == [
        "epoch9_step90_G.pt"
    ]


def test_several_runs_are_a_question(tmp_path: Path) -> None:
    bundle(tmp_path, "french-5")
    bundle(tmp_path, "english-5")
    with pytest.raises(ChooseRun) as caught:
        resolve(tmp_path)
    assert caught.value.choices == (
        (tmp_path / "english-5", "english-5"),
        (tmp_path / "french-5", "french-5"),
    )
    again = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(again, ChooseRun)
    assert (again.choices, str(again)) == (caught.value.choices, str(caught.value))
    assert resolve(caught.value.choices[0][0]).path.name == "english-5"


def test_runs_in_folders_below_are_a_question(tmp_path: Path) -> None:
    bundle(tmp_path / "a", "model.ckpt-5")
    bundle(tmp_path / "b", "model.ckpt-5")
    with pytest.raises(ChooseRun) as caught:
        resolve(tmp_path)
    assert [words for _, words in caught.value.choices] == [
        str(Path("a/model.ckpt-5")),
        str(Path("b/model.ckpt-5")),
    ]


def test_one_run_below_opens(tmp_path: Path) -> None:
    bundle(tmp_path / "train", "model.ckpt-5")
    (tmp_path / "infer").mkdir()
    assert resolve(tmp_path).path == tmp_path / "train" / "model.ckpt-5"


@pytest.mark.parametrize("names", [(), ("notes.txt",), ("sound.wav", "args.txt")])
def test_a_folder_without_a_checkpoint_is_a_fault(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (tmp_path / name).write_text("x")
    with pytest.raises(Fault, match="There is no checkpoint in"):
        resolve(tmp_path)


def test_data_without_an_index_is_a_fault(tmp_path: Path) -> None:
    bundle(tmp_path, "model.ckpt-5")
    (tmp_path / "model.ckpt-5.index").unlink()
    for name in ("model.ckpt-5.data-00000-of-00001", ""):
        with pytest.raises(Fault, match="index is missing"):
            resolve(tmp_path / name)


def test_a_path_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"There is no “nothing\.pt”"):
        open_model(tmp_path / "nothing.pt")


def test_the_card_beside_a_checkpoint_stands_for_it(tmp_path: Path) -> None:
    path = save_state(tmp_path / "x_G.pt", nets.port_generator())
    (tmp_path / "x_G.pt.phonoscope.json").write_text('{"answers": {}}')
    assert resolve(tmp_path / "x_G.pt.phonoscope.json").path == path


def test_a_file_that_may_not_be_read_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_state(tmp_path / "x_G.pt", nets.port_generator())

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(Fault, match="cannot be read: Permission denied"):
        open_model(path)
