"""The selective state-space layer, the mixer of Decision Mamba."""

import dataclasses
import math
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from decision_mamba.errors import BadInput
from decision_mamba.mixers.mixer import EVERY, Mixer, State
from decision_mamba.ops.causal_convolution import causal_convolution
from decision_mamba.ops.selective_scan import selective_scan
from decision_mamba.shapes import Tokens, WantedTokens

# The range of the first step sizes Δ, and their floor: Gu and Dao, official code.
_DELTA_MIN, _DELTA_MAX, _DELTA_FLOOR = 1e-3, 1e-1, 1e-4


@dataclasses.dataclass(frozen=True)
class Selective:
    """Settings of a selective state-space mixer; the defaults are the authors'.

    Attributes:
        state: n, numbers remembered per channel.
        taps: of the convolution before the scan, the present token included.
        expand: inner width over outer width.
        up_projection: "pre" widens and gates inside the mixer, as Mamba does; "post" leaves that
            to the block's channel mixing: convolution and scan work at the width of the tokens,
            which is then the inner one, without projections and without a gate (Dai et al. 2024,
            arXiv:2405.12094, figure 1 and official Gym code, `S6`).
        rank: width of the bottleneck that makes Δ; 0 stands for ⌈outer width / 16⌉.
        decay: the state's rates of decay start at so many times 1 … n. With the authors' 1, and
            their least Δ, the slowest falls to a third within a thousand tokens, too soon for a
            cue at the beginning of a long T-maze.
        convolution_bias: whether the convolution adds one.
        projection_bias: whether the projections in and out add one.
        initialisation: "mamba" draws Δ log-uniformly from [0.001, 0.1], as Mamba's authors do;
            "published" draws every matrix from N(0, 0.02²) and sets the bias of Δ to zero, so
            that Δ starts near 0.69 and the state forgets within a few tokens: the runs of
            Ota 2024 (arXiv:2403.19925) had that by accident, through a blanket initialiser.
    """

    state: int = 16
    taps: int = 4
    expand: int = 2
    up_projection: Literal["pre", "post"] = "pre"
    rank: int = 0
    decay: float = 1.0
    convolution_bias: bool = True
    projection_bias: bool = False
    initialisation: Literal["mamba", "published"] = "mamba"

    def build(self, width: int) -> Mixer:
        least = {"state": 1, "taps": 1, "expand": 1, "rank": 0}
        for name, smallest in least.items():
            if getattr(self, name) < smallest:
                raise BadInput(
                    f"{name} of the selective mixer is {getattr(self, name)}; expected at least "
                    f"{smallest}"
                )
        if not 0 < self.decay < math.inf:
            raise BadInput(
                f"decay of the selective mixer is {self.decay}; expected a number above 0"
            )
        return SelectiveMixer(width, self)


class ScanInputs(NamedTuple):
    """What a scan is given, under the names that `ops.selective_scan` has for it.

    Attributes:
        delta: Δ before its bias and softplus.
        gate: of the tokens whose outputs are wanted; None where the mixer has no gate.
    """

    u: Float[Tensor, "b l e"]
    delta: Float[Tensor, "b l e"]
    A: Float[Tensor, "e n"]
    B: Float[Tensor, "b l n"]
    C: Float[Tensor, "b l n"]
    D: Float[Tensor, " e"]
    gate: Float[Tensor, "b _ e"] | None
    delta_bias: Float[Tensor, " e"]


class SelectiveMixer(Mixer):
    """Carries a state from token to token and lets each token choose what to keep.

    Weights have the names and shapes of mamba_ssm's `Mamba`, so its checkpoints load. The state
    is the convolution's last taps - 1 inputs, (b, w-1, e), and the scan's h, (b, e, n): constant
    in size however long the sequence grows.

    Source: Gu and Dao, "Mamba", arXiv:2312.00752, section 3.4 and algorithm 2.
    """

    state_parts = 2
    projections = ("in_proj", "out_proj")

    def __init__(self, width: int, settings: Selective) -> None:
        super().__init__()
        projects, bias = settings.up_projection == "pre", settings.projection_bias
        inner = settings.expand * width if projects else width
        self.rank = settings.rank or math.ceil(inner / settings.expand / 16)
        self.in_proj = nn.Linear(width, 2 * inner, bias=bias) if projects else None
        self.conv1d = nn.Conv1d(
            inner, inner, settings.taps, groups=inner, bias=settings.convolution_bias
        )
        self.x_proj = nn.Linear(inner, self.rank + 2 * settings.state, bias=False)
        self.dt_proj = nn.Linear(self.rank, inner)
        # S4D-real: every channel starts with the decay rates 1 … n, but for the setting.
        rates = settings.decay * torch.arange(1.0, settings.state + 1)
        self.A_log = nn.Parameter(rates.log().repeat(inner, 1))
        self.D = nn.Parameter(torch.ones(inner))
        self.out_proj = nn.Linear(inner, width, bias=bias) if projects else None
        if settings.initialisation == "published":
            self._draw_as_published()
        else:
            self._draw_step_sizes()

    def forward(
        self, x: Tokens, state: State | None = None, wanted: slice = EVERY
    ) -> tuple[WantedTokens, State]:
        past, h = state if state is not None else (None, None)
        (u, delta, A, B, C, D, gate, bias), past = self.scan_inputs(x, past, wanted)
        if wanted == EVERY:
            y, h = selective_scan(u, delta, A, B, C, D, h, gate=gate, delta_bias=bias)
        else:
            y, h = selective_scan(u, delta, A, B, C, D, h, delta_bias=bias)
            y = y[:, wanted] if gate is None else y[:, wanted] * F.silu(gate)
        return y if self.out_proj is None else self.out_proj(y), (past, h)

    def scan_inputs(
        self, x: Tokens, past: Float[Tensor, "b _ e"] | None = None, wanted: slice = EVERY
    ) -> tuple[ScanInputs, Float[Tensor, "b _ e"]]:
        """Projects and convolves the tokens: what the scan is given for them.

        Args:
            x: the tokens, in the order of time.
            past: the convolution's part of a state; None at the start of the sequences.
            wanted: the tokens whose outputs are wanted.

        Returns:
            The scan's inputs, and the convolution's part of the state that follows.
        """
        u, gate = self._project(x, wanted)
        u, past = causal_convolution(u, self.conv1d.weight[:, 0], self.conv1d.bias, past, silu=True)
        n = self.A_log.shape[1]
        low, B, C = self.x_proj(u).split([self.rank, n, n], dim=-1)
        # A narrow matrix: laid out anew as rank e, its gradients take a quarter of the time.
        delta = low @ self.dt_proj.weight.T.contiguous()  # b l e
        A, bias = -self.A_log.exp(), self.dt_proj.bias
        return ScanInputs(u, delta, A, B, C, self.D, gate, bias), past

    def shrink_output(self, blocks: int) -> None:
        """Divides the projection out by √blocks, for the sum of so many blocks to start small.

        Source: Gu and Dao, official code (`_init_weights`, `rescale_prenorm_residual`).
        """
        if self.out_proj is not None:
            with torch.no_grad():
                self.out_proj.weight.div_(math.sqrt(blocks))

    def _project(self, x: Tokens, wanted: slice) -> tuple[Tensor, Tensor | None]:
        """The scan's tokens, b l e, and the gates of those that are wanted, if there are any.

        Two products instead of one: then the gradient of neither half is copied to stand beside
        the other's.
        """
        if self.in_proj is None:
            return x, None
        to_scan, to_gate = self.in_proj.weight.chunk(2)
        biases = (None, None) if self.in_proj.bias is None else self.in_proj.bias.chunk(2)
        return F.linear(x, to_scan, biases[0]), F.linear(x[:, wanted], to_gate, biases[1])

    def _draw_step_sizes(self) -> None:
        bound = self.rank**-0.5
        nn.init.uniform_(self.dt_proj.weight, -bound, bound)
        low, high = math.log(_DELTA_MIN), math.log(_DELTA_MAX)
        delta = torch.empty_like(self.dt_proj.bias).uniform_(low, high).exp()
        delta = delta.clamp(min=_DELTA_FLOOR)
        with torch.no_grad():
            # The inverse of softplus, so that softplus(bias) = delta.
            self.dt_proj.bias.copy_(delta + torch.log(-torch.expm1(-delta)))

    def _draw_as_published(self) -> None:
        for linear in (self.in_proj, self.x_proj, self.dt_proj, self.out_proj):
            if linear is None:
                continue
            nn.init.normal_(linear.weight, std=0.02)
            if linear.bias is not None:
                nn.init.zeros_(linear.bias)
