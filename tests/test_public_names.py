"""What scripts outside the project call is there."""

import subprocess
import sys

import decision_mamba


def test_every_public_name_can_be_had() -> None:
    for name in decision_mamba.__all__:
        assert callable(getattr(decision_mamba, name))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    assert not hasattr(decision_mamba, "dmamba")


def test_importing_the_package_does_not_import_torch() -> None:
    code = "import decision_mamba, sys; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
