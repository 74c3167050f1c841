"""The library agrees with the published code, and the runner says so only where it does."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.parity.__main__ import main
from tests.parity.case import cases_in
from tests.parity.verdicts import OK, SKIPPED, judge

GOLDEN = Path(__file__).parent / "golden"


def copied(name: str, directory: Path) -> Path:
    """A copy of one case that a test may spoil; the path of its tensors."""
    shutil.copy(GOLDEN / f"{name}.json", directory)
    return Path(shutil.copy(GOLDEN / f"{name}.safetensors", directory))


def unheard_of(directory: Path) -> Path:
    """A case of a kind that nobody has a check for."""
    path = directory / "99_weather.json"
    path.write_text('{"tensors": {}}')
    return path


@pytest.mark.parametrize("name", [path.stem for path in cases_in(GOLDEN)])
def test_the_library_agrees_with_the_published_code(name: str) -> None:
    verdict = judge(GOLDEN / f"{name}.json")

    assert verdict.word == OK, f"\n{verdict}"


def test_a_folder_of_agreeing_cases_is_passed_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied("04_dt_gym", tmp_path)
    unheard_of(tmp_path)

    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed, 1 skipped"


def test_a_case_of_no_known_kind_is_never_passed(tmp_path: Path) -> None:
    verdict = judge(unheard_of(tmp_path))

    assert verdict.word == SKIPPED
    assert verdict.remarks == ("lacking: a check of this kind",)


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("01_selective_scan", "out.L65.z1.sp1.grad_with_state.A"),
        ("01_selective_scan", "out.L2.bare.last_state"),
        ("02_mamba_block_projbias", "out.step_conv_state"),
        ("02_mamba_block_projbias", "param.dt_proj.bias"),
        ("03_dt_gym_gelu_2heads_h16", "out.pad.action_preds"),
        ("03_mlp_bc", "out.get_action_short"),
        ("03_mlp_bc", "param.model.9.bias"),
        ("04_dt_gym", "out.get_action.n7"),
        ("04_dmamba_gym", "param.transformer.h.1.mamba.D"),
        ("04_dmamba_min_gym_noact", "out.pad.last_hidden"),
        ("05_dc_gym", "param.transformer.h.0.conv.act_conv1d.weight"),
        ("05_dc_gym", "out.block_y"),
        ("05_dc_gym_noact_w4", "out.get_action.n3"),
        ("06_dt_atari", "out.eval_short_logits"),
        ("06_dt_atari", "param.state_encoder.2.bias"),
        ("06_dc_atari_conv_proj", "out.state_embeddings"),
        ("06_dc_atari_conv_proj", "param.blocks.1.conv.obs_conv1d.weight"),
        ("07_dema_mujoco_B3LD_time", "out.train_action_preds"),
        ("07_dema_mujoco_BL3D_time_layernorm", "out.rnn_action_last_component"),
        ("07_dema_mujoco_K", "out.get_action2.n3"),
        ("07_dema_post_s6", "param.transformer.h.0.attn.dt_proj.bias"),
        ("08_dmh_data", "out.goal.traj1"),
        ("08_dmh_data", "out.batch1.h_goals"),
        ("08_dmh_data", "out.relabel.rtg_after"),
        ("08_dmh_high_level", "out.step_z_params"),
        ("08_dmh_high_level", "param.embed_done.weight"),
        ("08_dmh_low_level", "out.goal_action_preds"),
        ("08_dmh_low_level", "param.embed_g_to_z.bias"),
        ("09_hidden_attention_L3", "out.alpha_last_row"),
        ("09_hidden_attention_L3", "out.delta"),
        ("10_adamw_dmamba", "out.after3.transformer.h.0.mamba.A_log"),
        ("10_adamw_dt", "out.losses"),
        ("10_atari_lr_dmamba", "out.multiplier_used"),
        ("10_data_protocol_dt", "out.batch1.timesteps"),
        ("10_data_protocol_dmamba_delayed_pct50", "out.lr.multiplier"),
        ("12_darkroom_dpt", "out.perm.optimal_actions"),
        ("12_key_to_door_adeps", "out.truncated"),
        ("12_tmaze_active", "out.observations"),
    ],
)
def test_a_tensor_that_is_a_little_off_fails_its_case(
    name: str, tensor: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copied(name, tmp_path)
    tensors = load_file(path)
    tensors[tensor] += 1 if tensors[tensor].dtype == torch.int64 else 1e-3
    save_file(tensors, path)

    assert main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "MISMATCH" in printed
    assert printed.splitlines()[-1] == "0 passed, 1 failed, 0 skipped"
    assert tensor.removeprefix("out.") in printed or tensor.startswith("param.")


def test_a_reference_score_that_is_off_fails_its_case(tmp_path: Path) -> None:
    card = json.loads((GOLDEN / "13_d4rl_reference_scores.json").read_text())
    card["data"]["reference"]["hopper-medium-v2"]["max"] += 0.1
    (tmp_path / "13_d4rl_reference_scores.json").write_text(json.dumps(card))

    assert main([str(tmp_path)]) == 1


def test_a_weight_in_the_other_group_fails_its_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = json.loads((GOLDEN / "10_decay_groups_dema.json").read_text())
    decaying, others = card["data"]["mamba"]
    decaying["names"].remove("backbone.layers.1.mixer.A_log")
    others["names"].append("backbone.layers.1.mixer.A_log")
    (tmp_path / "10_decay_groups_dema.json").write_text(json.dumps(card))

    assert main([str(tmp_path)]) == 1
    assert "mamba: blocks.1.mixer.A_log: error 1.0" in capsys.readouterr().out


def test_nan_is_a_mismatch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copied("02_mamba_block_projbias", tmp_path)
    tensors = load_file(path)
    tensors["out.y"][0, 0, 0] = float("nan")
    save_file(tensors, path)

    assert main([str(tmp_path)]) == 1
    assert "y: error inf" in capsys.readouterr().out


@pytest.mark.parametrize("surprise", ["out.surprise", "in.surprise"])
def test_a_tensor_that_nobody_knows_fails_its_case(
    surprise: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copied("04_dt_gym", tmp_path)
    save_file(load_file(path) | {surprise: torch.zeros(1)}, path)
    card = json.loads(path.with_suffix(".json").read_text())
    card["tensors"][surprise] = {}
    path.with_suffix(".json").write_text(json.dumps(card))

    assert main([str(tmp_path)]) == 1
    assert f"{surprise} belongs to nothing known here" in capsys.readouterr().out


def test_a_setting_that_nobody_knows_fails_its_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copied("04_dt_gym", tmp_path).with_suffix(".json")
    card = json.loads(path.read_text())
    card["config"]["rotary"] = True
    path.write_text(json.dumps(card))

    assert main([str(tmp_path)]) == 1
    assert "cannot be checked: its config has rotary" in capsys.readouterr().out


def test_a_missing_tensor_is_misuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copied("04_dt_gym", tmp_path)
    tensors = load_file(path)
    del tensors["out.last_hidden"]
    save_file(tensors, path)

    assert main([str(tmp_path)]) == 2
    assert "disagree about 'out.last_hidden'" in capsys.readouterr().err


def test_tensors_cut_short_are_misuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copied("04_dt_gym", tmp_path)
    path.write_bytes(path.read_bytes()[:-100])

    assert main([str(tmp_path)]) == 2
    assert "is no whole golden case" in capsys.readouterr().err


@pytest.mark.parametrize("folder", ["", "missing"])
def test_a_folder_without_a_case_is_misuse(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / folder)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_help_says_what_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])

    assert left.value.code == 0
    assert "python -m tests.parity" in capsys.readouterr().out
