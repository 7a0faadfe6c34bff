"""From what a user gave to the run that was meant."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from core.checkpoint.run_files import ChooseRun, resolve
from core.families.registry import open_model, roles_of
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
    run = resolve(tmp_path, roles_of)
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
    assert resolve(tmp_path, roles_of).path.name == "model.ckpt-50"
    assert resolve(tmp_path / "model.ckpt-9.index", roles_of).path.name == "model.ckpt-9"


def test_a_step_that_checkpoint_names_and_that_is_gone_gives_the_newest(tmp_path: Path) -> None:
    bundle(tmp_path, "model.ckpt-9")
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "model.ckpt-500"')
    assert resolve(tmp_path, roles_of).path.name == "model.ckpt-9"


def test_steps_of_the_port_are_one_run(tmp_path: Path) -> None:
    save_port(tmp_path, "epoch9_step90")
    save_port(tmp_path, "epoch10_step100")
    run = resolve(tmp_path, roles_of)
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
        resolve(tmp_path, roles_of)
    assert caught.value.choices == (
        (tmp_path / "english-5", "english-5"),
        (tmp_path / "french-5", "french-5"),
    )
    again = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(again, ChooseRun)
    assert (again.choices, str(again)) == (caught.value.choices, str(caught.value))
    assert resolve(caught.value.choices[0][0], roles_of).path.name == "english-5"


def test_runs_in_folders_below_are_a_question(tmp_path: Path) -> None:
    bundle(tmp_path / "a", "model.ckpt-5")
    bundle(tmp_path / "b", "model.ckpt-5")
    with pytest.raises(ChooseRun) as caught:
        resolve(tmp_path, roles_of)
    assert [words for _, words in caught.value.choices] == [
        str(Path("a/model.ckpt-5")),
        str(Path("b/model.ckpt-5")),
    ]


def test_one_run_below_opens(tmp_path: Path) -> None:
    bundle(tmp_path / "train", "model.ckpt-5")
    (tmp_path / "infer").mkdir()
    assert resolve(tmp_path, roles_of).path == tmp_path / "train" / "model.ckpt-5"


@pytest.mark.parametrize("names", [(), ("notes.txt",), ("sound.wav", "args.txt")])
def test_a_folder_without_a_checkpoint_is_a_fault(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (tmp_path / name).write_text("x")
    with pytest.raises(Fault, match="There is no checkpoint in"):
        resolve(tmp_path, roles_of)


def test_data_without_an_index_is_a_fault(tmp_path: Path) -> None:
    bundle(tmp_path, "model.ckpt-5")
    (tmp_path / "model.ckpt-5.index").unlink()
    for name in ("model.ckpt-5.data-00000-of-00001", ""):
        with pytest.raises(Fault, match="index is missing"):
            resolve(tmp_path / name, roles_of)


def test_a_path_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"There is no “nothing\.pt”"):
        open_model(tmp_path / "nothing.pt")


def test_the_card_beside_a_checkpoint_stands_for_it(tmp_path: Path) -> None:
    path = save_state(tmp_path / "x_G.pt", nets.port_generator())
    (tmp_path / "x_G.pt.phonoscope.json").write_text('{"answers": {}}')
    assert resolve(tmp_path / "x_G.pt.phonoscope.json", roles_of).path == path


def test_a_file_that_may_not_be_read_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_state(tmp_path / "x_G.pt", nets.port_generator())

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(Fault, match="cannot be read: Permission denied"):
        open_model(path)


NETWORKS = {"G": nets.port_generator(), "D": nets.port_listener(1), "Q": nets.port_listener(4)}


def save_as(folder: Path, **names: str) -> None:
    """Save networks of the port under any file names."""
    for role, name in names.items():
        save_state(folder / name, NETWORKS[role])


@pytest.mark.parametrize(
    "names",
    [
        ("G_1000.pth", "D_1000.pth", "Q_1000.pth"),
        ("netG_epoch_24.pth", "netD_epoch_24.pth", "netQ_epoch_24.pth"),
        ("generator-7.pt", "discriminator-7.pt", "recogniser-7.pt"),
        ("1000_net_gen.bin", "1000_net_dis.bin", "1000_net_Q.bin"),
        ("gen_00001000", "dis_00001000", "q_00001000"),
        ("alpha.weights", "beta.weights", "gamma.weights"),
        ("run 3.pt", "run 3 critic.pt", "run 3 q.pt"),
        ("G.1000", "D.1000", "Q.1000"),
        ("waveganG_5.ckpt", "waveganD_5.ckpt", "waveganQ_5.ckpt"),
    ],
    ids=lambda names: names[0],
)
def test_networks_beside_each_other_open_together_whatever_they_are_called(
    tmp_path: Path, names: tuple[str, str, str]
) -> None:
    save_as(tmp_path, G=names[0], D=names[1], Q=names[2])
    for path in (tmp_path, *(tmp_path / name for name in names)):
        card = open_model(path).card
        assert list(card.networks) == ["G", "D", "Q"]
        assert (Path(card.path).name, card.layout.code) == (names[0], 4)


def test_steps_pair_with_their_own_networks(tmp_path: Path) -> None:
    for step in (900, 1000):
        save_as(tmp_path, G=f"netG_{step}.pth", D=f"netD_{step}.pth")
    assert [path.name for path in resolve(tmp_path, roles_of).files] == ["netD_1000.pth", "netG_1000.pth"]
    earlier = resolve(tmp_path / "netD_900.pth", roles_of)
    assert [path.name for path in earlier.files] == ["netD_900.pth", "netG_900.pth"]
    assert [path.name for path in earlier.others] == ["netG_1000.pth"]


def test_two_runs_in_a_folder_keep_their_own_networks(tmp_path: Path) -> None:
    save_as(tmp_path, G="french_G.pt", D="french_D.pt")
    save_as(tmp_path, G="english_G.pt", Q="english_Q.pt")
    with pytest.raises(ChooseRun) as caught:
        resolve(tmp_path, roles_of)
    assert [words for _, words in caught.value.choices] == ["english_G.pt", "french_G.pt"]
    assert list(open_model(tmp_path / "english_G.pt").card.networks) == ["G", "Q"]


def test_other_pickles_in_a_runs_folder_take_no_part(tmp_path: Path) -> None:
    import torch

    save_as(tmp_path, G="G_5.pt", D="D_5.pt")
    (tmp_path / "labels.pkl").write_bytes(pickle.dumps({"one": 1}))
    (tmp_path / "history.pickle").write_bytes(pickle.dumps([1, 2]))
    torch.save({"state": {0: {"exp_avg": torch.ones(3)}}, "param_groups": []}, tmp_path / "optimizer.pt")
    torch.save(torch.ones(4), tmp_path / "z.pt")
    (tmp_path / "notes.txt").write_text("x")
    np.savez(tmp_path / "features.npz", x=np.zeros(3))
    card = open_model(tmp_path).card
    assert list(card.networks) == ["G", "D"]
    assert card.warnings == ()


def test_a_last_step_that_was_not_written_to_its_end_is_passed_over_with_a_word(tmp_path: Path) -> None:
    for step in (5, 6, 7):
        save_as(tmp_path, G=f"G_{step}.pt", D=f"D_{step}.pt")
    (tmp_path / "G_7.pt").write_bytes((tmp_path / "G_7.pt").read_bytes()[:500])
    for path in (tmp_path, tmp_path / "G_6.pt"):
        card = open_model(path).card
        assert (Path(card.path).name, list(card.networks)) == ("G_6.pt", ["G", "D"])
        assert [str(fact.value) for fact in card.warnings] == [
            "“G_7.pt” cannot be read: “G_6.pt” is open instead."
        ]
    with pytest.raises(Fault, match=r"G_7\.pt” is damaged"):
        open_model(tmp_path / "G_7.pt")


@pytest.mark.parametrize(
    "names",
    [
        ("generator/10.pt", "discriminator/10.pt"),
        ("netG/G_10.pt", "netD/D_10.pt"),
        ("gen/w", "critic/w"),
    ],
    ids=lambda names: names[0],
)
def test_networks_in_folders_of_their_own_open_together(tmp_path: Path, names: tuple[str, str]) -> None:
    for role, name in zip("GD", names, strict=True):
        (tmp_path / name).parent.mkdir()
        save_as(tmp_path, **{role: name})
    (tmp_path / "args.txt").write_text("data_slice_len,16384\n")
    for path in (tmp_path, *(tmp_path / name for name in names)):
        run = resolve(path, roles_of)
        assert {file.relative_to(tmp_path).as_posix() for file in run.files} == set(names)
        card = open_model(path).card
        assert (list(card.networks), Path(card.path)) == (["G", "D"], tmp_path / names[0])


def test_steps_in_folders_of_their_own_pair_with_each_other(tmp_path: Path) -> None:
    for folder in ("generator", "discriminator", "logs"):
        (tmp_path / folder).mkdir()
    for step in (5, 20):
        save_as(tmp_path, G=f"generator/{step}.pt", D=f"discriminator/{step}.pt")
    assert {path.name for path in resolve(tmp_path, roles_of).files} == {"20.pt"}
    assert [path.name for path in resolve(tmp_path, roles_of).others] == ["5.pt"]
    assert [path.name for path in resolve(tmp_path / "discriminator" / "5.pt", roles_of).files] == [
        "5.pt"
    ] * 2


def test_two_runs_with_folders_of_their_own_are_a_question(tmp_path: Path) -> None:
    for run in ("first", "second"):
        for role, folder in (("G", "generator"), ("D", "discriminator")):
            (tmp_path / run / folder).mkdir(parents=True)
            save_as(tmp_path / run / folder, **{role: "10.pt"})
    with pytest.raises(ChooseRun) as caught:
        resolve(tmp_path, roles_of)
    assert [words for _, words in caught.value.choices] == ["first/generator/10.pt", "second/generator/10.pt"]


def test_a_critic_beside_the_generator_that_is_not_known_is_named(tmp_path: Path) -> None:
    save_as(tmp_path, G="G_5.pt")
    save_state(tmp_path / "D_5.pt", {"layer.weight": np.zeros((3, 4), np.float32)})
    warnings = [str(fact.value) for fact in open_model(tmp_path).card.warnings]
    assert warnings == ["“D_5.pt” beside it holds no network that Phonoscope knows."]


def test_a_run_of_lightning_lies_deep_in_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "logs" / "version_0" / "checkpoints"
    folder.mkdir(parents=True)
    save_as(folder, G="G.pt")
    assert resolve(tmp_path, roles_of).path == folder / "G.pt"


def test_a_bundle_whose_prefix_is_empty_opens(tmp_path: Path) -> None:
    tensors = nets.tensorflow()
    folder = tmp_path / "my run"
    folder.mkdir()
    bare = open_model(write_bundle(tmp_path / "model.ckpt-5", tensors)).card
    for part in ("index", "data-00000-of-00001"):
        (tmp_path / f"model.ckpt-5.{part}").rename(folder / f".{part}")
    for path in (folder, folder / ".index", folder / ".data-00000-of-00001"):
        card = open_model(path).card
        assert (card.digest, card.title, card.size_bytes) == (bare.digest, "my run", bare.size_bytes)


def test_a_recogniser_beside_a_generator_is_another_model(tmp_path: Path) -> None:
    """Two names of one word each differ in one word, but these two were not trained together."""
    from tests.core.families.test_hearing_networks import crepe_shapes, drawn
    from tests.support.tiny.files import save_state

    save_as(tmp_path, G="small.pt")
    save_state(tmp_path / "crepe.pt", drawn(crepe_shapes()))
    assert list(open_model(tmp_path / "crepe.pt").card.networks) == ["pitch"]
    assert list(open_model(tmp_path / "small.pt").card.networks) == ["G"]
