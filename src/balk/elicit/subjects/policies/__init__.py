"""Which questions a simulated subject skips: one idea per file, listed in `registry.POLICIES`."""
