"""A subject that commits every sin of formatting, with a truth that is known beforehand."""
