"""How a stage is called where people read it: the values of stages are what the database holds."""


def called(stage: str) -> str:
    """Return it to follow “it is”."""
    return stage.replace("awaiting", "waiting for")
