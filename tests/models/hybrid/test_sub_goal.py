"""Sub-goals are drawn around their mean, and valuable places lead to some by a linear map."""

import torch

from decision_mamba.models.hybrid.sub_goal import GoalProjection, SubGoal


def test_noise_is_stretched_and_moved() -> None:
    goal = SubGoal(torch.tensor([[1.0, -2.0]]), torch.tensor([[0.5, 2.0]]))

    z = goal.drawn(torch.tensor([[[1.0, 1.0], [-2.0, 0.0]]]))

    assert z.tolist() == [[[1.5, 0.0], [0.0, -2.0]]]


def test_a_settled_sub_goal_is_a_draw_that_stays() -> None:
    goal = SubGoal(torch.zeros(2000, 1), torch.full((2000, 1), 3.0))

    torch.manual_seed(0)
    settled = goal.settled()

    assert abs(float(settled.mean.std()) - 3.0) < 0.2
    assert not settled.deviation.any()


def test_a_frozen_projection_travels_but_is_not_trained() -> None:
    frozen, trained = (GoalProjection(3, 2, trained=trained) for trained in (False, True))

    assert list(frozen.parameters()) == []
    assert frozen.state_dict().keys() == trained.state_dict().keys() == {"weight", "bias"}
    assert len(list(trained.parameters())) == 2
    wanted = torch.tensor([1.0, 0.0, 2.0]) @ frozen.weight.T + frozen.bias
    torch.testing.assert_close(frozen(torch.tensor([[[1.0, 0.0, 2.0]]]))[0, 0], wanted)
