"""Whether a subject can be asked from here, right now: looked up without importing Inspect.

Keys are looked for by name, packages without importing them, and a server is knocked at only
where its address is this very machine.
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from balk.design.providers import Provider, provider_of

HERE = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104 -- looked for, not bound to
KNOCK_S = 0.3
EVERY_ADDRESS = "INSPECT_EVAL_MODEL_BASE_URL"
PORTS = {"http": 80, "https": 443}


def lacking(model: str, model_args: Mapping[str, Any] | None = None) -> list[str]:
    """Return what a model lacks to be asked, one phrase each; empty where nothing is known to.

    Parameters
    ----------
    model : str
        Inspect model name.
    model_args : mapping, optional
        Arguments of its provider, of which ``base_url`` and ``port`` say where it listens.

    Returns
    -------
    list of str
        Such as ``"the environment variable OPENAI_API_KEY"``; names, never values.
    """
    provider = provider_of(model)
    if provider is None:
        return []
    return [*_keys(provider), *_packages(provider), *_server(provider, model_args or {})]


def unset(variables: tuple[str, ...]) -> list[str]:
    """Return the phrase for environment variables of which one has to be set and none is."""
    if not variables or any(os.environ.get(name) for name in variables):
        return []
    return [f"the environment variable {' or '.join(variables)}"]


def _keys(provider: Provider) -> list[str]:
    return unset(provider.keys)


def _packages(provider: Provider) -> list[str]:
    names = [name for module, name in provider.packages if not is_installed(module)]
    if not names:
        return []
    what = "package" if len(names) == 1 else "packages"
    return [f"the {what} {', '.join(names)} (pip install {' '.join(names)})"]


def is_installed(module: str) -> bool:
    """Return whether a module could be imported; a parent package is, the module itself is not."""
    with suppress(ModuleNotFoundError, ValueError):
        return find_spec(module) is not None
    return False


def _server(provider: Provider, model_args: Mapping[str, Any]) -> list[str]:
    address = address_of(provider, model_args)
    variable = next(iter(provider.addresses), "")
    if not address and provider.wants_address:
        return unset(provider.addresses)
    if not address and provider.starts and not is_installed(provider.starts):
        return [f"a server (set {variable}, or pip install {provider.starts} to have one started)"]
    if not address or _answers(address):
        return []
    way_out = f"or set {variable}" if variable and "base_url" not in model_args else "or change it"
    return [f"a server at {address} (none answers: start it, {way_out})"]


def address_of(provider: Provider, model_args: Mapping[str, Any]) -> str:
    """Return the address that a provider will talk to; empty where it is the vendor's own."""
    if model_args.get("base_url"):
        return str(model_args["base_url"])
    if provider.starts and model_args.get("port"):
        return f"http://localhost:{model_args['port']}/v1"
    set_ones = (os.environ.get(name) for name in (*provider.addresses, EVERY_ADDRESS))
    return next((address for address in set_ones if address), provider.address)


def _answers(address: str) -> bool:
    """Return whether something listens; addresses on other machines are taken to be there."""
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 80)
    except ValueError:
        return False
    if host not in HERE:
        return True
    try:
        with socket.create_connection((host, port), timeout=KNOCK_S):
            return True
    except OSError:
        return False
