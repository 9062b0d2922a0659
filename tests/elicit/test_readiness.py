"""What is missing, against the installed Inspect and real sockets."""

import os
import socket
from importlib import import_module
from importlib.util import find_spec

import pytest
from inspect_ai.model import ModelAPI, get_model_info

from balk.design.panel_file import PANELS, Entry, read_panel
from balk.design.providers import PROVIDERS, Provider, provider_of
from balk.elicit.readiness import lacking
from balk.elicit.run import open_model
from balk.errors import SubjectError

EVERY_ENTRY = [
    pytest.param(entry, id=f"{name}: {entry.name}")
    for name in PANELS
    for entry in read_panel(name).subjects
]
ASKED = {
    "balk-lm": "base",
    "balk-sim": "rational",
    "openai-api": "my-host/model",
    "openai-api-completions": "my-host/model",
}
STARTS_AT_ONCE = {"sglang"}  # opening it without an address starts a server


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_AUTH_TOKEN", "_BASE_URL", "HF_TOKEN")):
            monkeypatch.delenv(name)


def is_here(provider: Provider) -> bool:
    for module, _ in provider.packages:
        try:
            import_module(module)
        except ImportError:
            return False
    return True


@pytest.mark.parametrize("entry", EVERY_ENTRY)
def test_every_entrys_provider_exists_and_says_of_itself_what_balk_says_is_missing(
    entry: Entry,
) -> None:
    _check_against_inspect(entry.model)


@pytest.mark.parametrize(
    "model",
    [entry.model for entry in read_panel("essay").subjects if not entry.model.startswith("vllm")],
)
def test_the_installed_inspect_knows_the_models_of_the_essay(model: str) -> None:
    name = model.removeprefix("together/")
    assert get_model_info(name), f"{model} has aged, or was never a model's name"


@pytest.mark.parametrize("name", sorted(set(PROVIDERS) - STARTS_AT_ONCE))
def test_the_table_of_providers_follows_the_installed_inspect(name: str) -> None:
    _check_against_inspect(f"{name}/{ASKED.get(name, 'model')}")


def _check_against_inspect(model: str) -> None:
    """Open a model without its variables, then with each of the keys that balk names for it."""
    provider = provider_of(model)
    assert provider
    if not is_here(provider):
        with pytest.raises(SubjectError) as refusal:
            open_model(model, {})
        said = str(refusal.value).replace("-", "_")
        assert any(name.replace("-", "_") in said for _, name in provider.packages)
        assert any("pip install" in phrase for phrase in lacking(model))
        return
    if not provider.keys:
        assert isinstance(open_model(model, {}).api, ModelAPI)
        return
    assert any("environment variable" in phrase for phrase in lacking(model))
    with pytest.raises(SubjectError) as refusal:
        open_model(model, {})
    assert provider.keys[0] in str(refusal.value)
    for key in provider.keys:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(key, "a-secret-value")
            if provider.wants_address:
                with pytest.raises(SubjectError, match=provider.addresses[0]):
                    open_model(model, {})
                patch.setenv(provider.addresses[0], "http://somewhere.invalid/v1")
            assert lacking(model) == []
            assert open_model(model, {}).api


@pytest.mark.parametrize("name", [n for n, one in PROVIDERS.items() if one.addresses])
def test_an_address_that_a_variable_names_is_the_one_that_is_asked(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = PROVIDERS[name]
    if not is_here(provider) or provider.starts:
        pytest.skip(f"{name}: package or server is not here")
    for key in provider.keys[:1]:
        monkeypatch.setenv(key, "a-secret-value")
    for variable in provider.addresses:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(variable, "http://127.0.0.1:9/v1")
            api = open_model(f"{name}/model", {}).api
            address = getattr(vars(api).get("client"), "base_url", api.base_url)
            assert str(address).startswith("http://127.0.0.1:9/v1")


def test_a_server_that_listens_is_there_and_one_that_does_not_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        args = {"base_url": f"http://127.0.0.1:{server.getsockname()[1]}/v1"}
        assert lacking("ollama/some-model", args) == []
        assert lacking("vllm/some-model", {"port": server.getsockname()[1]}) == []
    (missing,) = lacking("ollama/some-model", args)
    assert missing.startswith(f"a server at {args['base_url']} (none answers")


def test_a_server_on_another_machine_is_not_knocked_at() -> None:
    assert lacking("ollama/some-model", {"base_url": "http://gpu-7.invalid:8000/v1"}) == []


def test_an_address_that_is_none_is_missing_and_not_a_crash() -> None:
    (missing,) = lacking("ollama/some-model", {"base_url": "http://localhost:many/v1"})
    assert "localhost:many" in missing


def test_a_server_that_inspect_could_start_is_said_to_be_missing_with_both_ways_out() -> None:
    if find_spec("vllm"):
        pytest.skip("vllm is here, so that Inspect starts a server")
    assert lacking("vllm/some-model") == [
        "a server (set VLLM_BASE_URL, or pip install vllm to have one started)"
    ]


def test_of_a_provider_that_balk_does_not_know_nothing_is_said_to_be_missing() -> None:
    assert lacking("somebody-elses/model") == []


def test_no_value_of_a_key_is_ever_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XAI_API_KEY", "a-secret-value")
    assert "a-secret-value" not in str(lacking("grok/grok-4.7"))
