"""Hypothesis profiles: quick by default, `ci` deterministic, `long` by choice."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile(
    "ci", max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("SYMGRAD_HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "quick"))
