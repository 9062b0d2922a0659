"""The version, apart from the package's public names, which stages do not know."""

__version__ = "0.1.0"
