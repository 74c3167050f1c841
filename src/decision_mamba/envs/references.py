"""What random play and an expert earn in a task: the ends of the normalised scale.

Source: Fu et al., "D4RL", arXiv:2004.07219; values from d4rl/infos.py (Farama-Foundation/D4RL,
89141a6), where every data set of an environment has the same two. Of Atari games the expert is a
human tester; values from dqn_zoo/atari_data.py (google-deepmind/dqn_zoo, 45061f4), which are those
of Ye et al., arXiv:2111.00210, that Ota 2024 (arXiv:2403.19925) normalises by.
"""

import dataclasses
from typing import Literal

from decision_mamba.games import game_of

Digits = Literal["exact", "rounded"]


@dataclasses.dataclass(frozen=True)
class Reference:
    """Mean returns, in reward units.

    Attributes:
        random: of random play, 0 on the normalised scale.
        expert: of the data set's expert, or a human tester; 100 on the normalised scale.
    """

    random: float
    expert: float


_D4RL = {
    "Ant": Reference(random=-325.6, expert=3879.7),
    "HalfCheetah": Reference(random=-280.178953, expert=12135.0),
    "Hopper": Reference(random=-20.272305, expert=3234.3),
    "Walker2d": Reference(random=1.629008, expert=4592.3),
}


# Random play and a human tester.
_ATARI: dict[str, tuple[float, float]] = {
    "Alien": (227.8, 7127.7), "Amidar": (5.8, 1719.5), "Assault": (222.4, 742.0),
    "Asterix": (210.0, 8503.3), "Asteroids": (719.1, 47388.7), "Atlantis": (12850.0, 29028.1),
    "BankHeist": (14.2, 753.1), "BattleZone": (2360.0, 37187.5), "BeamRider": (363.9, 16926.5),
    "Berzerk": (123.7, 2630.4), "Bowling": (23.1, 160.7), "Boxing": (0.1, 12.1),
    "Breakout": (1.7, 30.5), "Centipede": (2090.9, 12017.0), "ChopperCommand": (811.0, 7387.8),
    "CrazyClimber": (10780.5, 35829.4), "Defender": (2874.5, 18688.9),
    "DemonAttack": (152.1, 1971.0), "DoubleDunk": (-18.6, -16.4), "Enduro": (0.0, 860.5),
    "FishingDerby": (-91.7, -38.7), "Freeway": (0.0, 29.6), "Frostbite": (65.2, 4334.7),
    "Gopher": (257.6, 2412.5), "Gravitar": (173.0, 3351.4), "Hero": (1027.0, 30826.4),
    "IceHockey": (-11.2, 0.9), "Jamesbond": (29.0, 302.8), "Kangaroo": (52.0, 3035.0),
    "Krull": (1598.0, 2665.5), "KungFuMaster": (258.5, 22736.3),
    "MontezumaRevenge": (0.0, 4753.3), "MsPacman": (307.3, 6951.6),
    "NameThisGame": (2292.3, 8049.0), "Phoenix": (761.4, 7242.6), "Pitfall": (-229.4, 6463.7),
    "Pong": (-20.7, 14.6), "PrivateEye": (24.9, 69571.3), "Qbert": (163.9, 13455.0),
    "Riverraid": (1338.5, 17118.0), "RoadRunner": (11.5, 7845.0), "Robotank": (2.2, 11.9),
    "Seaquest": (68.4, 42054.7), "Skiing": (-17098.1, -4336.9), "Solaris": (1236.3, 12326.7),
    "SpaceInvaders": (148.0, 1668.7), "StarGunner": (664.0, 10250.0), "Surround": (-10.0, 6.5),
    "Tennis": (-23.8, -8.3), "TimePilot": (3568.0, 5229.2), "Tutankham": (11.4, 167.6),
    "UpNDown": (533.4, 11693.2), "Venture": (0.0, 1187.5), "VideoPinball": (16256.9, 17667.9),
    "WizardOfWor": (563.5, 4756.5), "YarsRevenge": (3092.9, 54576.9), "Zaxxon": (32.5, 9173.3),
}  # fmt: skip

# The same to the next whole number, or nearly, as Dai et al. 2024 (arXiv:2405.12094, DeMa) have
# them in their official code (AndssY/dema, e2aed7e).
_ATARI_ROUNDED: dict[str, tuple[float, float]] = {
    "Breakout": (2.0, 30.0), "Qbert": (164.0, 13455.0), "Pong": (-21.0, 15.0),
    "Seaquest": (68.0, 42055.0), "Asterix": (210.0, 8503.0), "Frostbite": (65.0, 4335.0),
    "Assault": (222.0, 742.0), "Gopher": (258.0, 2412.0),
}  # fmt: skip


def reference(task: str, digits: Digits = "exact") -> Reference | None:
    """The reference of a task by its Gymnasium id; None where the field has none.

    D4RL measured in the v2 ids. Later versions are put on the same scale, as the field does,
    although their physics and rewards differ a little: compare scores of one version only. So are
    Atari games whose actions stick and those whose actions do not.

    Args:
        task: id with version.
        digits: "rounded" for the whole numbers that DeMa normalises by, known of eight Atari
            games. A return of 70.6 in Breakout scores 239.2 by the exact ones and 245.0 by these.
    """
    name, _, version = task.rpartition("-v")
    game = game_of(task)
    if game is not None:
        ends = (_ATARI if digits == "exact" else _ATARI_ROUNDED).get(game)
        return None if ends is None else Reference(*ends)
    return _D4RL.get(name) if version.isdecimal() and digits == "exact" else None
