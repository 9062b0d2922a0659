"""Count laws and selections of other packages, as a pip install would leave them."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from balk.cli import main
from balk.errors import MechanismError
from balk.mechanisms.mechanism import make_grid
from balk.mechanisms.plug_ins import plugged_in

LAW = """
import numpy as np
from balk.mechanisms.count_laws.law import CountLaw
from balk.mechanisms.parameters import Parameter

class Half(CountLaw):
    name = {name!r}
    parameters = (Parameter("half", "log-odds of a skip", 0.0, 1.0),)
    is_capped = True

    def log_terms(self, k, lifelines, n_questions, **values):
        return k * values["half"] + 0 * (lifelines + n_questions)

LAW = Half()
"""
IN_TURN = """
    def hazard(self, used, lifelines, unseen, n_questions, **values):
        return values["half"] + 0 * (used + lifelines + unseen + n_questions)

LAW = Half()
"""
SELECTION = """
from balk.mechanisms.selections.selection import Selection

SELECTION = Selection({name!r}, lambda items, slope: 0 * items.confidence)
"""

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    modules: list[str] = []

    def installed(distribution: str, group: str, entry: str, source: str) -> None:
        folder = tmp_path / distribution
        module = distribution.replace("-", "_")
        info = folder / f"{module}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{entry.format(module=module)}\n")
        (folder / f"{module}.py").write_text(source)
        monkeypatch.syspath_prepend(folder)
        modules.append(module)
        plugged_in.cache_clear()

    yield installed
    monkeypatch.undo()
    plugged_in.cache_clear()
    for module in modules:
        sys.modules.pop(module, None)


def install_law(install: Install, distribution: str, name: str, source: str = LAW) -> None:
    entry = f"{name} = {{module}}:LAW"
    install(distribution, "balk.count_laws", entry, source.replace("{name!r}", repr(name)))


def test_a_law_of_another_package_is_crossed_with_every_selection(install: Install) -> None:
    install_law(install, "balk-half", "half")
    names = {mechanism.name for mechanism in make_grid()}
    assert {"half x none", "half x confidence", "half x accuracy"} <= names


@pytest.mark.parametrize("name", ["cap", "lapse"])
def test_a_law_named_as_one_of_balk_is_refused_and_its_distribution_named(
    install: Install, name: str
) -> None:
    install_law(install, "balk-impostor", name)
    with pytest.raises(MechanismError, match=rf"'balk-impostor', is named '{name}'.* balk itself"):
        make_grid()


def test_a_law_that_hides_the_name_of_another_behind_its_entry_point_is_refused(
    install: Install,
) -> None:
    source = LAW.replace("{name!r}", "'share'")
    install("balk-hidden", "balk.count_laws", "mine = {module}:LAW", source)
    with pytest.raises(MechanismError, match=r"entry point 'mine'.*is named 'share'"):
        make_grid()


@pytest.mark.parametrize("name", ["accuracy", "position", "failures"])
def test_a_selection_named_as_one_of_balk_is_refused(install: Install, name: str) -> None:
    source = SELECTION.replace("{name!r}", repr(name))
    install("balk-picky", "balk.selections", f"{name} = {{module}}:SELECTION", source)
    with pytest.raises(MechanismError, match=rf"'balk-picky', is named '{name}'"):
        make_grid()


def test_two_packages_with_a_law_of_one_name_are_refused_by_both_their_names(
    install: Install,
) -> None:
    install_law(install, "balk-half-a", "half")
    install_law(install, "balk-half-b", "half")
    with pytest.raises(MechanismError) as refused:
        make_grid()
    assert "'balk-half-a'" in str(refused.value)
    assert "'balk-half-b'" in str(refused.value)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import no_such_package_at_all\n", "ModuleNotFoundError: No module named 'no_such"),
        ("LAWS = 3\n", "AttributeError"),
        ("1 / 0\n", "ZeroDivisionError"),
    ],
)
def test_a_law_whose_import_fails_is_told_with_what_failed(
    install: Install, source: str, why: str
) -> None:
    install_law(install, "balk-broken", "half", source)
    with pytest.raises(MechanismError, match=rf"'half' of balk.count_laws.*balk-broken.*{why}"):
        make_grid()


@pytest.mark.parametrize(
    ("source", "seen"),
    [("LAW = 3\n", "is int"), (LAW.replace("Half()", "Half"), "is the class Half")],
)
def test_what_is_no_law_is_refused(install: Install, source: str, seen: str) -> None:
    install_law(install, "balk-odd", "half", source)
    with pytest.raises(MechanismError, match=rf"{seen}; give an instance of CountLaw"):
        make_grid()


def test_a_law_without_a_name_is_refused(install: Install) -> None:
    install_law(install, "balk-nameless", "half", LAW.replace("    name = {name!r}\n", ""))
    with pytest.raises(MechanismError, match=r"has no name"):
        make_grid()


def test_a_law_without_a_hazard_is_left_out_of_exams_taken_in_turn_and_this_is_said(
    install: Install,
) -> None:
    without = [mechanism.name for mechanism in make_grid("in_turn")]
    install_law(install, "balk-half", "half")
    with pytest.warns(UserWarning, match=r"'half' has no hazard.*not compared"):
        grid = make_grid("in_turn")
    assert [mechanism.name for mechanism in grid] == without


def test_a_law_with_a_hazard_is_compared_in_turn(install: Install) -> None:
    install_law(install, "balk-half", "half", LAW.replace("\nLAW = Half()\n", IN_TURN))
    assert "half x none" in {mechanism.name for mechanism in make_grid("in_turn")}


def test_a_plug_in_that_fails_shows_before_anything_is_asked(
    install: Install, tmp_path: Path
) -> None:
    install_law(install, "balk-broken", "half", "1 / 0\n")
    out = tmp_path / "out"
    asked = ["run", "--until-decided", "--model", "balk-sim/rational", "--out", str(out)]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 2
    assert "balk-broken" in result.output
    assert not out.exists()
