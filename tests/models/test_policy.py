"""A policy predicts from the past alone, and step by step what it predicts at once."""

import dataclasses

import numpy as np
import pytest
import torch

from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.experiments.presets import parameters_count, preset
from decision_mamba.mixers import Attention, Convolution, MixerSettings, Selective, State
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import Model
from decision_mamba.settings import changed
from decision_mamba.spaces import Discrete, Image, Spaces
from tests.conftest import IMAGES, moments_of, random_batch, small_policy

STEPS = 6
# Decision S4's surroundings, of any mixer.
BARE = {
    "residual": False,
    "mixer_norm": "none",
    "final_norm": "none",
    "head_bias": False,
    "channel_mixing": False,
    "projection": "two-layer",
}


def small(mixer: MixerSettings, **changes: object) -> Model:
    model = Model(mixer=mixer, width=16, blocks=2, timesteps=4, return_scale=10.0)
    return dataclasses.replace(model, **changes)  # type: ignore[arg-type]


@pytest.fixture
def batch() -> Batch:
    return random_batch(STEPS)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("dmamba/hopper-medium-expert", 877_315),
        ("dmamba/hopper-medium", 3_155_459),
        ("dmamba/walker2d-medium", 878_854),
        # 727,695 less predict_state 1,419, predict_return 129 and wte 128, which are never used.
        ("dt/hopper-medium", 726_019),
        ("dt/halfcheetah-medium", 727_558),
        ("dc/hopper-medium-expert", 535_939),
        ("dc/hopper-medium", 1_858_307),
        ("dc/halfcheetah-medium", 537_478),
        ("dc/walker2d-medium", 537_478),
    ],
)
def test_parameter_counts_are_the_papers(name: str, count: int) -> None:
    assert parameters_count(preset(name)) == count


@pytest.mark.parametrize(("blocks", "count"), [(3, 481_411), (6, 831_619)])
def test_parameter_counts_without_channel_mixing_are_the_papers(blocks: int, count: int) -> None:
    hopper = preset("dmamba/hopper-medium-expert")
    assert isinstance(hopper.experiment.model, Model)
    model = dataclasses.replace(hopper.experiment.model, channel_mixing=False, blocks=blocks)
    experiment = dataclasses.replace(hopper.experiment, model=model)

    assert parameters_count(dataclasses.replace(hopper, experiment=experiment)) == count


ATARI = Spaces(Image(), Discrete(4))
# Four rows of 128 for actions, which minGPT brings and nobody reads (`tok_emb`).
NEVER_READ = 512
OF_MIN_GPT = {
    "blocks": 6,
    "positions": "token",
    "timesteps": 2000,
    "embedding_bend": "tanh",
    "embedding_norm": False,
    "head_bias": False,
}
OF_DEMA = OF_MIN_GPT | {
    "tokens": "action-return-state",
    "embedding": 128,
    "positions": "step",
    "timesteps": 0,
    "channel_mixing": False,
    "mixer_norm": "rms",
    "final_norm": "rms",
}


@pytest.mark.parametrize(
    ("mixer", "window", "changes", "published", "unused"),
    [
        (Selective(), 30, OF_MIN_GPT, 2_241_568, NEVER_READ),
        (Attention(heads=8), 30, OF_MIN_GPT, 1_938_976, NEVER_READ),
        (Convolution(), 8, OF_MIN_GPT, 1_550_368, NEVER_READ),
        (Selective(state=16), 30, OF_DEMA, 1_197_088, 0),
        (Selective(state=32), 30, OF_DEMA, 1_270_816, 0),
        (Selective(state=64), 30, OF_DEMA, 1_418_272, 0),
        (Selective(state=128), 30, OF_DEMA, 1_713_184, 0),
    ],
)
def test_parameter_counts_of_atari_are_the_papers(
    mixer: MixerSettings, window: int, changes: dict[str, object], published: int, unused: int
) -> None:
    model = changed(Model(mixer=mixer), changes)

    with torch.device("meta"):
        policy = model.build(ATARI, moments_of(ATARI), Acting(window=window))

    assert policy.parameters_count == published - unused


def test_images_are_not_padded_on_the_left() -> None:
    with pytest.raises(BadInput, match=r"^windows.pad is left, but images are seen, and no .*"):
        small_policy(Model(width=8, blocks=1), Acting(pad="left"), IMAGES)


@pytest.mark.parametrize(("positions", "same"), [("step", False), ("token", True)])
def test_of_the_times_of_a_window_only_the_first_may_count(
    mixer: MixerSettings, batch: Batch, positions: str, same: bool
) -> None:
    policy = small_policy(small(mixer, positions=positions))
    later = batch.timesteps.clone()
    later[:, 1:] += 1
    shifted = batch.timesteps + 1

    predicted = policy(dataclasses.replace(batch, timesteps=later))
    begun_later = policy(dataclasses.replace(batch, timesteps=shifted))

    assert torch.allclose(predicted, policy(batch), rtol=0, atol=1e-6) == same
    assert not torch.allclose(begun_later, policy(batch), rtol=0, atol=1e-6)


def test_a_policy_without_returns_takes_no_target() -> None:
    assert Model().takes_target
    assert not Model(tokens="state-action").takes_target


@pytest.mark.parametrize("later", ["observations", "actions", "returns_to_go"])
def test_a_prediction_does_not_see_later_steps(
    mixer: MixerSettings, batch: Batch, later: str
) -> None:
    policy = small_policy(small(mixer))
    changed = getattr(batch, later).clone()
    changed[:, 3:] += 1.0

    predicted = policy(dataclasses.replace(batch, **{later: changed}))

    torch.testing.assert_close(predicted[:, :3], policy(batch)[:, :3])


def test_a_prediction_does_not_see_its_own_action(mixer: MixerSettings, batch: Batch) -> None:
    policy = small_policy(small(mixer))
    changed = batch.actions.clone()
    changed[:, -1] = 0.0

    predicted = policy(dataclasses.replace(batch, actions=changed))

    torch.testing.assert_close(predicted, policy(batch))


@pytest.mark.parametrize("seen", ["observations", "actions", "returns_to_go", "timesteps"])
def test_a_prediction_sees_the_step_before(mixer: MixerSettings, batch: Batch, seen: str) -> None:
    policy = small_policy(small(mixer))
    changed = getattr(batch, seen).clone()
    changed[:, 1] += 1

    predicted = policy(dataclasses.replace(batch, **{seen: changed}))

    assert not torch.allclose(predicted[:, 2], policy(batch)[:, 2], rtol=0, atol=1e-6)


def test_padding_at_the_end_changes_nothing(mixer: MixerSettings, batch: Batch) -> None:
    policy = small_policy(small(mixer))
    mask = torch.arange(STEPS).repeat(2, 1) < 4

    predicted = policy(dataclasses.replace(batch, mask=mask))

    torch.testing.assert_close(predicted[:, :4], policy(batch.last(STEPS))[:, :4])
    torch.testing.assert_close(
        predicted[:, :4],
        policy(Batch(*(part[:, :4] for part in _parts(batch)))),
    )


@pytest.mark.parametrize("action_tokens", [True, False])
def test_steps_in_a_row_equal_forward(
    mixer: MixerSettings, batch: Batch, action_tokens: bool
) -> None:
    policy = small_policy(small(mixer, action_tokens=action_tokens))
    state: State | None = None
    previous: Batch | None = None
    decided = []

    for step in range(STEPS):
        present = Batch(*(part[:, step : step + 1] for part in _parts(batch)))
        action, state = policy.step(present, previous, state)
        decided.append(action)
        previous = present

    torch.testing.assert_close(torch.stack(decided, dim=1), policy(batch))


@pytest.mark.parametrize("changes", [{"residual": False}, {"mixer_norm": "none"}, BARE], ids=str)
def test_steps_in_a_row_equal_forward_without_residual_path_or_norms(
    mixer: MixerSettings, batch: Batch, changes: dict[str, object]
) -> None:
    policy = small_policy(small(mixer, **changes))
    state: State | None = None
    previous: Batch | None = None
    decided = []

    with torch.inference_mode():
        for step in range(STEPS):
            present = batch.first(step + 1).last(1).rows(torch.tensor([True, False]))
            action, state = policy.step(present, previous, state)
            decided.append(action)
            previous = present

    torch.testing.assert_close(torch.stack(decided, dim=1), policy(batch)[:1])


def test_a_bare_policy_is_its_mixers_between_projection_and_head(
    mixer: MixerSettings, batch: Batch
) -> None:
    policy = small_policy(small(mixer, **BARE))
    tokens = policy.tokens.window(batch, policy.scaling)

    mixed = tokens
    for block in policy.blocks.children():
        mixed = block.get_submodule("mixer")(mixed)[0]

    states = mixed[:, policy.tokens.of_states(tokens.shape[1], STEPS)]
    torch.testing.assert_close(policy(batch), (states @ policy.head.linear.weight.T).tanh())


@pytest.mark.parametrize("last", [Attention(heads=2), Selective(state=3), Convolution(taps=2)])
def test_the_last_block_may_have_another_mixer(
    mixer: MixerSettings, batch: Batch, last: MixerSettings
) -> None:
    model = small(mixer, last_mixer=last, blocks=3)
    policy = small_policy(model)
    state: State | None = None
    previous: Batch | None = None

    for step in range(STEPS):
        present = Batch(*(part[:, step : step + 1] for part in _parts(batch)))
        action, state = policy.step(present, previous, state)
        previous = present

    built = [type(block.mixer) for block in policy.blocks]
    assert built == [type(settings.build(16)) for settings in (mixer, mixer, last)]
    torch.testing.assert_close(action, policy(batch)[:, -1])


@pytest.mark.parametrize("action_tokens", [True, False])
def test_the_decision_is_the_last_prediction(
    mixer: MixerSettings, batch: Batch, action_tokens: bool
) -> None:
    policy = small_policy(small(mixer, action_tokens=action_tokens))

    torch.testing.assert_close(policy.decide(batch), policy(batch)[:, -1])


def test_beyond_the_table_of_timesteps_the_last_row_stands(
    mixer: MixerSettings, batch: Batch
) -> None:
    policy = small_policy(small(mixer))
    last = dataclasses.replace(batch, timesteps=torch.full((2, STEPS), 3))
    far = dataclasses.replace(batch, timesteps=torch.full((2, STEPS), 1_000_000))

    torch.testing.assert_close(policy(far), policy(last))


def test_scaling_is_inside(mixer: MixerSettings, batch: Batch) -> None:
    policy = small_policy(small(mixer))
    identity = small_policy(small(mixer, return_scale=1.0))
    identity.scaling.observation_mean = torch.zeros(3)
    identity.scaling.observation_std = torch.ones(3)
    mean, std = torch.tensor([0.5, -1.0, 2.0]), torch.tensor([1.0, 0.5, 3.0])
    scaled = dataclasses.replace(
        batch,
        observations=(batch.observations - mean) / std,
        returns_to_go=batch.returns_to_go / 10,
    )

    torch.testing.assert_close(policy(batch), identity(scaled))


def test_windows_padded_on_the_left_are_filled_with_zeros_after_scaling(
    mixer: MixerSettings, batch: Batch
) -> None:
    policy = small_policy(small(mixer), Acting(window=4, pad="left"))
    mean = torch.tensor([0.5, -1.0, 2.0])
    two = Batch(*(part[:, :2] for part in _parts(batch)))
    padded = Batch(
        observations=torch.cat([mean.expand(2, 2, 3), two.observations], dim=1),
        actions=torch.cat([torch.zeros(2, 2, 2), two.actions], dim=1),
        returns_to_go=torch.cat([torch.zeros(2, 2), two.returns_to_go], dim=1),
        timesteps=torch.tensor([[0, 0, 0, 1], [0, 0, 0, 1]]),
        mask=torch.tensor([[False, False, True, True]]).repeat(2, 1),
    )

    torch.testing.assert_close(policy.decide(two), policy(padded)[:, -1])


def test_actions_stay_within_their_bounds(mixer: MixerSettings, batch: Batch) -> None:
    policy = small_policy(small(mixer))
    policy.scaling.action_centre = torch.tensor([10.0, 0.0])
    policy.scaling.action_half = torch.tensor([2.0, 0.5])

    actions = policy(batch).detach().numpy()

    assert np.all((actions[..., 0] >= 8) & (actions[..., 0] <= 12))
    assert np.all(np.abs(actions[..., 1]) <= 0.5)


def test_with_the_published_alignment_a_prediction_is_told_the_return_before(
    mixer: MixerSettings, batch: Batch
) -> None:
    exact = small_policy(small(mixer, tokens="return-action-state", timesteps=0))
    published = small_policy(
        small(mixer, tokens="return-action-state", timesteps=0, alignment="published")
    )
    told_late = dataclasses.replace(
        batch.last(STEPS - 1), returns_to_go=batch.returns_to_go[:, :-1]
    )
    tokens = exact.tokens.window(told_late, exact.scaling, batch.first(1))

    predicted = published(batch)

    assert predicted.shape == (2, STEPS - 1, 2)
    last = exact.tokens.of_states(tokens.shape[1], STEPS - 1)
    torch.testing.assert_close(predicted, exact._predictions(exact._mix(tokens, None, last)[0]))
    torch.testing.assert_close(published.decide(batch), exact.decide(batch))


@pytest.mark.parametrize(
    ("kind", "norm"), [("layer", torch.nn.LayerNorm), ("rms", torch.nn.RMSNorm)]
)
def test_the_norm_above_the_last_block_can_be_chosen(
    mixer: MixerSettings, kind: str, norm: type[torch.nn.Module]
) -> None:
    assert type(small_policy(small(mixer, final_norm=kind)).norm) is norm


def test_projections_out_start_smaller_by_the_root_of_the_blocks() -> None:
    plain = small_policy(small(Selective(), blocks=4))
    scaled = small_policy(small(Selective(), blocks=4, depth_scaled=True))

    for name, weight in plain.state_dict().items():
        shrunk = weight / 2 if name.endswith("out_proj.weight") else weight
        torch.testing.assert_close(scaled.state_dict()[name], shrunk)


def _parts(batch: Batch) -> list[torch.Tensor]:
    return [getattr(batch, field.name) for field in dataclasses.fields(batch)]


def test_a_block_that_was_exchanged_is_stepped(batch: Batch) -> None:
    torch.manual_seed(3)
    policy, other = (small_policy(small(Selective())).eval() for _ in range(2))
    policy.blocks[0] = other.blocks[0]
    first = Batch(*(part[:1, :1] for part in _parts(batch)))

    with torch.no_grad():
        action, _ = policy.step(first, None, None)

    torch.testing.assert_close(action, policy(first)[:, 0])


@pytest.mark.parametrize("alignment", ["exact", "published"])
@pytest.mark.parametrize("tokens", ["return-action-state", "concatenated", "return-once"])
@pytest.mark.parametrize("steps", [1, 2, 4])
def test_chunks_in_a_row_equal_forward(
    mixer: MixerSettings, batch: Batch, tokens: str, alignment: str, steps: int
) -> None:
    if isinstance(mixer, Convolution):
        mixer = Convolution(taps=4, modalities=1)  # which fits every layout
    policy = small_policy(small(mixer, tokens=tokens, alignment=alignment))
    state: State | None = None
    learned, before = policy.predictable(batch)
    predicted = []

    for chunk in learned.chunks(steps):
        actions, state = policy.continued(chunk, before, state)
        predicted.append(actions)
        before = chunk.last(1)

    torch.testing.assert_close(torch.cat(predicted, dim=1), policy(batch))
