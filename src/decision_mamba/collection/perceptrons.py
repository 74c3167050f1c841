"""Many small perceptrons that learn side by side, each with weights of its own."""

import itertools

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Perceptrons(nn.Module):
    """Stacks the matrices of h networks, so that all of them are one product per layer.

    No weight is shared: the gradient of a sum over networks is each network's own.

    Args:
        networks: how many there are, h.
        widths: of the input, of each hidden layer and of the output.
        generator: of the first weights, uniform within 1 / √(inputs of the layer), as torch's.
    """

    def __init__(self, networks: int, widths: tuple[int, ...], generator: torch.Generator) -> None:
        super().__init__()
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for ins, outs in itertools.pairwise(widths):
            for stack, rows in ((self.weights, ins), (self.biases, 1)):
                drawn = torch.rand(networks, rows, outs, generator=generator)
                stack.append(nn.Parameter((2 * drawn - 1) * ins**-0.5))

    def forward(self, x: Float[Tensor, "h b ins"]) -> Float[Tensor, "h b outs"]:
        last = len(self.weights) - 1
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = torch.baddbmm(bias, x, weight)
            if layer < last:
                x = x.relu()
        return x
