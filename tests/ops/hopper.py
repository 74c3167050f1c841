"""Compiles kernels for a Hopper card without having one: what Triton's interpreter lets pass.

Run as a program it prints the assembly (PTX) of the kernel it is told, in a process of its own,
because a process that has imported Triton for interpreting cannot compile.
"""

import importlib
import os
import subprocess
import sys
from typing import Any

TOKENS = ("*bf16", "i32", "i32")  # as rows_of hands them over
WIDE = "*fp32"


def assembly(module: str, kernel: str, arguments: dict[str, Any], folder: str) -> str:
    """The assembly of a kernel for sm_90; also runs ptxas, so that it is known to be valid.

    Args:
        module: where the kernel is.
        kernel: its name.
        arguments: the type of every argument, or the value of a constant.
        folder: for Triton's cache.
    """
    environment = {name: v for name, v in os.environ.items() if name != "TRITON_INTERPRET"}
    environment["TRITON_CACHE_DIR"] = folder
    command = [sys.executable, __file__, module, kernel, repr(arguments)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def compile_for_hopper(module: str, kernel: str, arguments: dict[str, Any]) -> str:
    """Does it in this process, which must not have TRITON_INTERPRET set."""
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    function = getattr(importlib.import_module(module), kernel)
    arguments = arguments | {"WIDE": triton.language.float32}
    signature, constants = {}, {}
    for place, name in enumerate(function.arg_names):
        given = arguments[name]
        if isinstance(given, (str, tuple)):
            signature[name] = given
        else:
            signature[name], constants[(place,)] = "constexpr", given
    aligned = {
        path: [["tt.divisibility", 16]]
        for place, name in enumerate(function.arg_names)
        for path in _paths(place, signature[name])
        if name not in function.do_not_specialize
    }
    source = ASTSource(function, signature=signature, constexprs=constants, attrs=aligned)
    options = {"num_warps": arguments.get("num_warps", 1)}
    made = triton.compile(source, target=GPUTarget("cuda", 90, 32), options=options)
    found: str = made.asm["ptx"]
    return found


def _paths(place: int, given: str | tuple[str, ...]) -> list[tuple[int, ...]]:
    if isinstance(given, tuple):
        return [(place, index) for index in range(len(given))]
    return [] if given == "constexpr" else [(place,)]


if __name__ == "__main__":
    sys.stdout.write(compile_for_hopper(sys.argv[1], sys.argv[2], eval(sys.argv[3])))
