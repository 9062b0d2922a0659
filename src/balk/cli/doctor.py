"""`balk doctor`: what is installed, which keys are set, what can run here."""

import click

KEYS = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google": "GOOGLE_API_KEY",
    "grok": "GROK_API_KEY",
    "together": "TOGETHER_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "mistral": "MISTRAL_API_KEY",
    "hf-inference-providers": "HF_TOKEN",
}
CLIENTS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google": "google-genai",
    "grok": "xai-sdk",
    "mistral": "mistralai",
}
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
    import os
    import platform

    click.echo(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    click.echo("\nPackages")
    for package in PACKAGES:
        click.echo(f"  {package:<14} {_version(package) or 'not installed'}")
    click.echo("\nExtras")
    for extra, package in EXTRAS.items():
        missing = f"not installed: pip install 'balk[{extra}]'"
        click.echo(f"  {extra:<14} {_version(package) or missing}")
    click.echo("\nProviders")
    click.echo(f"  {'balk-sim':<24} ready: simulated subjects, no key")
    for provider, key in KEYS.items():
        click.echo(f"  {provider:<24} {_readiness(provider, key, bool(os.environ.get(key)))}")


def _readiness(provider: str, key: str, has_key: bool) -> str:  # noqa: FBT001 -- a state, not a switch
    client = CLIENTS.get(provider, "openai")
    lacks = [f"the environment variable {key}"] * (not has_key)
    lacks += [f"pip install {client}"] * (_version(client) is None)
    return f"lacks {' and '.join(lacks)}" if lacks else f"ready: {key} is set"


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None
