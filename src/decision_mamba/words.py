"""Numbers of things, in words."""


def counted(count: int, noun: str) -> str:
    """A number of things: "1 episode", "20 episodes", "1,024 copies"."""
    return f"{count:,} {noun if count == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Several of a thing: "episodes", "copies"."""
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
