"""Nouns agree with how many there are."""

from decision_mamba.words import counted, plural


def test_nouns_agree_with_their_count() -> None:
    assert counted(1, "episode") == "1 episode"
    assert counted(2000, "episode") == "2,000 episodes"
    assert counted(3, "copy") == "3 copies"


def test_several_of_a_thing() -> None:
    assert plural("episode") == "episodes"
    assert plural("copy") == "copies"
