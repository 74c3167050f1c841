"""One file per group of rows; its `measure` yields them. In the order of the table."""

GROUPS = (
    "scan", "dmamba", "dt", "bfloat16", "memory", "windows", "evaluation", "decision", "length",
    "contexts", "atari", "frames", "start",
)  # fmt: skip
