"""Neighbours differ in one thing, and only those are offered that mean something."""

import dataclasses
from collections.abc import Iterator

import pytest

from decision_mamba.errors import BadInput
from decision_mamba.experiments.ablation import neighbour, neighbours
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.limits import refuse_what_cannot_be
from decision_mamba.experiments.presets import parameters_count, presets
from decision_mamba.mixers import Attention, Convolution
from decision_mamba.settings import changed, flat

KNOWN = presets()
PER_FAMILY = {name.split("/")[0]: name for name in KNOWN}.values()


def experiment(name: str) -> Experiment:
    return KNOWN[name].experiment


def differences(one: Experiment, other: Experiment) -> dict[str, object]:
    before, after = flat(one), flat(other)
    return {path: value for path, value in after.items() if before.get(path) != value}


@pytest.mark.parametrize("name", KNOWN)
def test_every_neighbour_of_a_preset_is_allowed(name: str) -> None:
    found = neighbours(experiment(name))

    assert len(found) > 2
    for one in found.values():
        refuse_what_cannot_be(one)


@pytest.mark.parametrize("name", PER_FAMILY)
def test_every_neighbour_can_be_built(name: str) -> None:
    known = KNOWN[name]

    for one in neighbours(known.experiment).values():
        count = parameters_count(dataclasses.replace(known, experiment=one))
        assert count is None or count > 0


@pytest.mark.parametrize("name", PER_FAMILY)
def test_no_two_neighbours_are_the_same(name: str) -> None:
    alike = [dataclasses.replace(one, preset="") for one in neighbours(experiment(name)).values()]

    assert all(one not in alike[:index] for index, one in enumerate(alike))
    assert dataclasses.replace(experiment(name), preset="") not in alike


@pytest.mark.parametrize("name", PER_FAMILY)
def test_the_neighbour_of_a_word_is_the_one_that_is_offered(name: str) -> None:
    for word, one in neighbours(experiment(name)).items():
        assert neighbour(experiment(name), word) == one


def cases() -> Iterator[tuple[str, str, dict[str, object]]]:
    """A preset, a word and what it changes beside the name."""
    dmamba, dc, dema = (f"{paper}/halfcheetah-medium" for paper in ("dmamba", "dc", "dema"))
    yield dmamba, "no-channel-mixing", {"model.channel_mixing": False}
    yield dmamba, "no-residual", {"model.residual": False}
    yield dmamba, "blocks-6", {"model.blocks": 6}
    yield dmamba, "k-30", {"windows.length": 30}
    yield dmamba, "no-action-tokens", {"model.action_tokens": False}
    yield dmamba, "return-action-state", {"model.tokens": "return-action-state"}
    yield dmamba, "no-time-embedding", {"model.timesteps": 0}
    yield dmamba, "no-embedding-norm", {"model.embedding_norm": False}
    yield dmamba, "embedding-64", {"model.embedding": 64}
    yield dmamba, "left-padding", {"windows.pad": "left"}
    yield dmamba, "published-initialisation", {"model.mixer.initialisation": "published"}
    yield dmamba, "post-up-projection", {"model.mixer.up_projection": "post"}
    yield dema, "post-up-projection", {
        "model.mixer.up_projection": "post", "model.channel_mixing": True,
    }  # fmt: skip
    yield dema, "published-alignment", {"model.alignment": "published"}
    yield dema, "time-embedding", {"model.timesteps": 1000}
    yield dema, "embedding-256", {"model.embedding": 256}
    yield dc, "no-action-tokens", {"model.action_tokens": False, "model.mixer.modalities": 2}
    yield dc, "concatenated", {"model.tokens": "concatenated", "model.mixer.modalities": 1}
    yield dc, "return-once", {"model.tokens": "return-once", "model.mixer.modalities": 1}
    yield dc, "return-action-state", {"model.tokens": "return-action-state"}
    room, maze = "dmh/darkroom-small", "dmh/tmaze-1k-small"
    yield room, "no-sub-goals", {"model.goal_weight": 0.0, "contexts.goals": "none"}
    yield maze, "sub-goals", {"model.goal_weight": 1.0, "contexts.goals": "value"}
    yield room, "trained-projection", {"model.goal_projection": "trained"}
    yield room, "attention-memory", {
        "model.memory.kind": "Attention", "model.memory.heads": 1, "model.memory.dropout": 0.0,
    }  # fmt: skip
    yield maze, "c-5", {"model.chunk": 5, "contexts.every": 5}
    # As many steps are learned from at each update as by 320 chunks of five.
    yield room, "c-10", {
        "model.chunk": 10, "contexts.every": 10, "model.chunks_per_update": 320,
    }  # fmt: skip
    yield room, "c-15", {
        "model.chunk": 15, "contexts.every": 15, "model.chunks_per_update": 213,
    }  # fmt: skip


@pytest.mark.parametrize(("name", "word", "expected"), list(cases()), ids=str)
def test_a_neighbour_differs_in_one_thing_and_what_follows_from_it(
    name: str, word: str, expected: dict[str, object]
) -> None:
    found = neighbours(experiment(name))[word]

    assert differences(experiment(name), found) == {"preset": f"{name}:{word}"} | expected


@pytest.mark.parametrize(
    ("name", "words"),
    [
        # Attention would see padding; there is no Δ and no up-projection.
        ("dt/hopper-medium", {"left-padding", "published-initialisation", "post-up-projection"}),
        ("dc/hopper-medium", {"published-initialisation", "post-up-projection"}),
        # Its tokens hold no action before a step.
        ("dmamba/hopper-medium", {"published-alignment", "return-state-action", "k-20"}),
        ("dema/hopper-medium", {"no-channel-mixing", "no-time-embedding", "exact-alignment"}),
        # No sub-goals to look for, to project or to hold.
        (
            "ad/darkroom-mamba-small",
            {"no-sub-goals", "trained-projection", "c-1", "k-10", "s4-memory"},
        ),
        ("dmh/darkroom-small:s4-memory", {"s4-memory"}),
        ("dmh/darkroom-small", {"c-5", "frozen-projection", "sub-goals", "k-10"}),
        # Sub-goals are on already, of another weight or found otherwise.
        ("dmh/darkroom", {"sub-goals"}),
        ("dmh/hopper-medium-replay", {"sub-goals"}),
        ("dmh/tmaze-1k-small", {"no-sub-goals", "trained-projection", "c-20"}),
    ],
)
def test_what_means_nothing_is_not_offered(name: str, words: set[str]) -> None:
    plain, _, more = name.partition(":")
    one = neighbour(experiment(plain), more) if more else experiment(plain)

    assert words.isdisjoint(neighbours(one))


def test_without_actions_two_layouts_are_one() -> None:
    found = neighbours(neighbour(experiment("dmamba/hopper-medium"), "no-action-tokens"))

    assert "return-action-state" not in found
    assert {"concatenated", "return-once", "action-tokens"} <= found.keys()


@pytest.mark.parametrize(("modalities", "expected"), [(1, 1), (3, 2)])
def test_taps_that_all_tokens_share_are_shared_on(modalities: int, expected: int) -> None:
    taps = Convolution(modalities=modalities)
    start = changed(experiment("dc/hopper-medium"), {"model.mixer": taps, "model.last_mixer": taps})

    found = flat(neighbour(start, "no-action-tokens"))

    assert found["model.mixer.modalities"] == expected
    assert found["model.last_mixer.modalities"] == expected


def test_the_hybrid_has_no_padding_that_its_attention_would_see() -> None:
    start = experiment("dc/hopper-medium")
    hybrid = changed(start, {"model.last_mixer": Attention()})

    assert "left-padding" in neighbours(start)
    assert "left-padding" not in neighbours(hybrid)


def test_any_number_can_be_asked_for() -> None:
    start = experiment("dmamba/hopper-medium")

    assert neighbour(start, "k-17").windows.length == 17
    assert neighbour(start, "blocks-1").model.blocks == 1
    assert flat(neighbour(start, "embedding-96"))["model.embedding"] == 96
    assert {"k-8", "k-12"} <= neighbours(start, lengths=(8, 12, 20)).keys()
    assert "k-20" not in neighbours(start, lengths=(8, 12, 20))


def test_a_chunk_of_any_length_has_a_table_of_times_as_long() -> None:
    known = KNOWN["dmh/darkroom-small"]
    counts = [
        parameters_count(dataclasses.replace(known, experiment=neighbour(known.experiment, word)))
        for word in ("c-3", "c-4")
    ]

    assert None not in counts
    assert counts[1] - counts[0] == 64  # type: ignore[operator]


def test_a_neighbour_has_neighbours() -> None:
    start = experiment("dmamba/hopper-medium")

    there = neighbour(start, "no-channel-mixing")
    back = neighbour(there, "channel-mixing")

    assert there.preset == "dmamba/hopper-medium:no-channel-mixing"
    assert back.preset == "dmamba/hopper-medium:no-channel-mixing:channel-mixing"
    assert back.model == start.model


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("no-chanel-mixing", r"no neighbour 'no-chanel-mixing'; did you mean no-channel-mixing\?"),
        ("sideways", "no neighbour 'sideways'; there are no-channel-mixing, .* k-60, and k-N"),
        ("", "no neighbour ''; there are"),
        ("k-many", "no neighbour 'k-many'; .* k-N, blocks-N, embedding-N with other numbers"),
        ("k-20", "no neighbour 'k-20', for its windows.length is 20; there are no-channel"),
        ("channel-mixing", "for its model.channel_mixing is True; there are"),
        ("k-0", "windows.length is 0; expected at least 1"),
        ("k-1001", "windows.length is 1001, but the table of time embeddings has 1000 rows"),
        ("blocks-0", "model.blocks is 0"),
        ("published-alignment", "leave the alignment at exact"),
    ],
)
def test_what_is_no_neighbour_is_said_in_one_sentence(word: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        neighbour(experiment("dmamba/hopper-medium"), word)


def test_a_word_for_what_an_experiment_has_not_is_said_so() -> None:
    with pytest.raises(BadInput, match=r"for it has no model.mixer.initialisation; there are"):
        neighbour(experiment("dt/hopper-medium"), "published-initialisation")


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("no-sub-goals", "for its model.goal_weight is 0.0; there are"),
        ("trained-projection", "for its model.goal_weight is 0.0; there are"),
        ("c-20", "for its model.chunk is 20; .* c-1, .* and k-N, blocks-N, c-N with other numbers"),
    ],
)
def test_a_word_for_sub_goals_that_are_not_there_is_said_so(word: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        neighbour(experiment("dmh/tmaze-1k-small"), word)
