"""`decision-mamba data` shows, checks and converts."""

import dataclasses
import json
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from decision_mamba.cli.data import run
from decision_mamba.data.sources import open_source, record
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput

Output = pytest.CaptureFixture[str]


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two episodes in D4RL's layout, with returns 3 and 7, and a step that belongs to none."""
    path = tmp_path / "logs.hdf5"
    with h5py.File(path, "w") as file:
        file.attrs["env_id"] = "Hopper-v4"
        file["observations"] = np.zeros((6, 2))
        file["actions"] = np.zeros((6, 1))
        file["rewards"] = np.arange(6.0)
        file["terminals"] = np.array([0, 0, 1, 0, 1, 0], bool)
    return path


def change(path: Path, column: str, at: int, value: float) -> None:
    with h5py.File(path, "r+") as file:
        file[column][at] = value


def test_show_prints_the_numbers_and_the_distribution(
    logs: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    run(["show", str(logs)])

    printed = capsys.readouterr().out
    for words in (
        "Hopper-v4",
        "2 (2 terminated, 0 truncated)",
        "1 step after the last end of an episode",
        "mean 2.5, 2 to 3",
        "mean 5.0 ± 2.0, 3.0 to 7.0",
        "2 numbers",
        "1 number, from -1 to 1",
        "Returns of the episodes",
        "█",
    ):
        assert words in printed
    assert max(len(line) for line in printed.splitlines()) <= 80


def test_show_says_how_often_each_choice_was_made(tmp_path: Path, capsys: Output) -> None:
    episode = Episode(np.zeros((3, 2)), np.array([0, 2, 0]), np.ones(3))
    record(tmp_path / "chosen.hdf5", [episode])

    run(["show", str(tmp_path / "chosen.hdf5")])

    assert "a choice of 3 (0: 66.7 %, 1: 0.0 %, 2: 33.3 %)" in capsys.readouterr().out


def test_show_as_json_has_the_stable_names(logs: Path, capsys: Output) -> None:
    run(["show", str(logs), "--json"])

    printed = json.loads(capsys.readouterr().out)
    assert printed["episodes"] == 2
    assert printed["steps"] == 5
    assert printed["observation"] == 2
    assert printed["action"] == 1
    assert (printed["return_mean"], printed["return_min"], printed["return_max"]) == (5, 3, 7)
    assert (printed["action_low"], printed["action_high"]) == ([-1.0], [1.0])


def test_show_reads_sources_behind_one_another(logs: Path, capsys: Output) -> None:
    run(["show", str(logs), str(logs), "--json"])

    assert json.loads(capsys.readouterr().out)["episodes"] == 4


def test_check_says_that_nothing_is_wrong(logs: Path, capsys: Output) -> None:
    run(["check", str(logs)])

    assert capsys.readouterr().out == f"No problems in {logs}.\n"


def test_check_lists_problems_and_refuses_the_data(logs: Path, capsys: Output) -> None:
    change(logs, "rewards", 4, np.nan)

    with pytest.raises(BadInput, match=r"^1 problem in .*; mend what is listed"):
        run(["check", str(logs)])

    assert capsys.readouterr().out.splitlines() == [
        f"{logs}, episode 1, step 1: the reward is nan; expected a finite number",
    ]


def test_check_counts_what_it_does_not_print(tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "logs.hdf5"
    with h5py.File(path, "w") as file:
        file["observations"] = np.full((1500, 1), np.nan)
        file["actions"] = np.zeros((1500, 1))
        file["rewards"] = np.zeros(1500)
        file["terminals"] = np.ones(1500, bool)

    with pytest.raises(BadInput, match=r"^1,500 problems in "):
        run(["check", str(path)])

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 21
    assert lines[20:] == [f"{path}: and 1,480 more"]


def test_convert_writes_what_can_be_read_again(logs: Path, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "there" / "recorded.hdf5"

    run(["convert", str(logs), str(logs), "--out", str(out)])

    source = open_source(str(out))
    assert capsys.readouterr().out == f"{out}: 4 episodes, 10 steps\n"
    assert source.task == "Hopper-v4"
    assert [episode.total_reward for episode in source.episodes()] == [3.0, 7.0, 3.0, 7.0]


def test_convert_says_what_shards_do_not_hold(tmp_path: Path, capsys: Output) -> None:
    episode = Episode(np.zeros((3, 36, 36), np.uint8), np.zeros(3, np.int64), np.ones(3))
    record(tmp_path / "pong.hdf5", [dataclasses.replace(episode, terminated=True)])

    run(["convert", str(tmp_path / "pong.hdf5"), "--out", str(tmp_path / "pong")])

    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path / 'pong'}: 1 episode, 3 steps",
        "Shards hold neither what was seen after an episode's last action nor how the episodes "
        "were made.",
    ]


def test_convert_refuses_numbers_that_are_none(logs: Path, tmp_path: Path) -> None:
    change(logs, "rewards", 0, np.inf)

    with pytest.raises(BadInput, match="episode 0, step 0: the reward is inf"):
        run(["convert", str(logs), "--out", str(tmp_path / "recorded.hdf5")])

    assert not (tmp_path / "recorded.hdf5").exists()


def test_convert_refuses_several_tasks(logs: Path, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.hdf5", "w") as other, h5py.File(logs) as file:
        for name in file:
            file.copy(name, other)

    with pytest.raises(BadInput, match=r"from several tasks \(.*Hopper-v4, .*: not said\);"):
        run(["convert", str(logs), str(tmp_path / "other.hdf5"), "--out", str(tmp_path / "x")])


def test_show_and_check_refuse_several_tasks(logs: Path, tmp_path: Path, capsys: Output) -> None:
    other = tmp_path / "other.hdf5"
    shutil.copy(logs, other)
    with h5py.File(other, "r+") as file:
        file.attrs["env_id"] = "Walker2d-v4"
    told = (
        f"{other} comes from Walker2d-v4 but {logs} from Hopper-v4; learn from one task at a time"
    )

    with pytest.raises(BadInput) as caught:
        run(["show", str(logs), str(other)])
    with pytest.raises(BadInput, match=r"^1 problem in "):
        run(["check", str(logs), str(other)])

    assert str(caught.value) == told
    assert capsys.readouterr().out == f"{told}\n"


@pytest.mark.parametrize("command", [["show"], ["check"], ["convert", "--out", "x.hdf5"]])
def test_a_command_without_a_source_is_misuse(command: list[str]) -> None:
    with pytest.raises(BadInput, match="no source was named; expected files, data sets or 'demo'"):
        run(command)


@pytest.mark.parametrize("command", ["show", "check"])
def test_a_source_that_is_not_there_is_misuse(command: str) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        run([command, "nowhere.hdf5"])


@pytest.mark.parametrize("command", [[], ["show"], ["check"], ["convert"]])
def test_every_command_has_help(command: list[str], capsys: Output) -> None:
    with pytest.raises(SystemExit) as caught:
        run([*command, "--help"])

    assert caught.value.code == 0
    assert "usage: decision-mamba data" in capsys.readouterr().out


def test_help_names_the_parts_of_a_source(capsys: Output) -> None:
    with pytest.raises(SystemExit):
        run(["show", "--help"])

    printed = capsys.readouterr().out
    for word in ("@steps=", "@episodes=", "per_visit", "folders"):
        assert word in printed


def test_looking_at_data_does_not_wait_for_torch() -> None:
    script = "import sys, decision_mamba.cli.data; sys.exit('torch' in sys.modules)"
    environment = {"PYTHONPATH": ":".join(sys.path)}

    loaded = subprocess.run([sys.executable, "-c", script], env=environment, check=False)

    assert loaded.returncode == 0
