"""What is held out is read off a collection, and travels in settings."""

from decision_mamba.held_out import HeldOut
from decision_mamba.settings import from_dict, to_dict


def test_it_is_read_off_what_a_collection_was_made_with() -> None:
    collection = {"task": "darkroom", "seed": 3, "unseen": 0.5, "tasks": 7, "places": [[1, 2]]}

    assert HeldOut.of_collection(collection) == HeldOut(
        seed=3, share=0.5, tasks=7, places=((1, 2),)
    )


def test_it_survives_the_way_to_a_dict_and_back() -> None:
    held_out = HeldOut(seed=3, places=((1, 2), (3, 4)))

    assert from_dict(HeldOut, to_dict(held_out)) == held_out
