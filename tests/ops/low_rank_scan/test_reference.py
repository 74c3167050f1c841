"""The steps of the low-rank scan, against HiPPO's whole matrix in its own basis."""

import numpy as np
import torch

from decision_mamba.mixers import hippo
from decision_mamba.ops.low_rank_scan import low_rank_scan


def whole_matrix(u: np.ndarray, delta: float, C: np.ndarray) -> np.ndarray:
    """The bilinear rule on A itself: (1 - Δ/2 A) h_t = (1 + Δ/2 A) h_{t-1} + Δ B u_t."""
    A, B = hippo.legs(len(C))
    one, h, ys = np.eye(len(C)), np.zeros(len(C)), []
    for u_t in u:
        right = (one + delta / 2 * A) @ h + delta * B * u_t
        h = np.linalg.solve(one - delta / 2 * A, right)
        ys.append(C @ h)
    return np.array(ys)


def test_one_mode_by_hand() -> None:
    # A = -1/2 and P = 1/2: with its conjugate P P* is 1/4 everywhere, and h stays real, so that
    # h' = (-1/2 - 1/4 - 1/4) h + u: with Δ = 2 the bilinear rule is 2 h_t = 0 h_{t-1} + 2 u_t.
    one = torch.ones(1, 1, dtype=torch.complex64)
    u = torch.tensor([[[3.0], [5.0]]])

    y, h = low_rank_scan(u, torch.tensor([2.0]), -one / 2, one / 2, one, one)

    torch.testing.assert_close(y, torch.tensor([[[6.0], [10.0]]]))
    torch.testing.assert_close(h, torch.tensor([[[5.0 + 0j]]]))


def test_it_is_the_whole_matrix() -> None:
    generator = np.random.default_rng(0)
    u, C, delta = generator.normal(size=4), generator.normal(size=6), 0.3
    A, P, B = (torch.tensor(part)[None] + 0j for part in hippo.legs_normal_and_low_rank(6))
    vectors = _eigenvectors(6)

    y, _ = low_rank_scan(
        torch.tensor(u)[None, :, None],
        torch.tensor([delta], dtype=torch.float64),
        *(A, P, B, torch.tensor(C @ vectors)[None]),
    )

    np.testing.assert_allclose(y[0, :, 0].numpy(), whole_matrix(u, delta, C), rtol=1e-10)


def _eigenvectors(state: int) -> np.ndarray:
    """Those of the half that is kept, of the phase that makes P positive."""
    A, B = hippo.legs(state)
    low_rank = B / np.sqrt(2)
    _, vectors = np.linalg.eigh(-1j * (A + np.outer(low_rank, low_rank) + np.eye(state) / 2))
    kept = vectors[:, state // 2 :]
    P = kept.conj().T @ low_rank
    return np.asarray(kept * (P / np.abs(P)))
