"""Property tests of the agent have no deadline for one example: a busy machine is no defect."""

from hypothesis import settings

settings.register_profile("agent", deadline=None)
settings.load_profile("agent")
