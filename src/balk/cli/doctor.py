"""`balk doctor`: what is installed, which keys are set, what can run here."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from balk.design.providers import Provider

PACKAGES = ("balk", "inspect-ai", "numpy", "scipy", "polars", "sympy", "math-verify")
EXTRAS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "datasets": "datasets",
    "reasoning-gym": "reasoning-gym",
}


@click.command()
def doctor() -> None:
    """Show versions, keys found (names only) and what can run here."""
    import platform

    click.echo(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    click.echo("\nPackages")
    for package in PACKAGES:
        click.echo(f"  {package:<14} {_version(package) or 'not installed'}")
    click.echo("\nExtras")
    for extra, package in EXTRAS.items():
        missing = f"not installed: pip install 'balk[{extra}]'"
        click.echo(f"  {extra:<14} {_version(package) or missing}")
    click.echo("\nProviders (balk subjects says it of every subject)")
    from balk.design.providers import PROVIDERS

    for name, provider in PROVIDERS.items():
        click.echo(f"  {name:<24} {_readiness(name, provider)}")


def _readiness(name: str, provider: "Provider") -> str:
    import os

    from balk.elicit.readiness import lacking

    if provider.wants_address:
        return "for SERVICE/MODEL: SERVICE_API_KEY and SERVICE_BASE_URL"
    if lacks := lacking(name):
        return f"lacks {' and '.join(lacks)}"
    keys = [key for key in provider.keys if os.environ.get(key)]
    return f"ready: {keys[0]} is set" if keys else "ready: no key needed"


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None
