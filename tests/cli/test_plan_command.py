"""`balk plan`, and `balk run` under limits and a lock, as a person uses them."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from balk.cli import main
from balk.design.lock import lock_hash, read_lock

SMALL = (
    "--model", "balk-sim/tension", "--lifelines", "none,1,2,4", "--protocol", "batch",
    "--exams", "3", "--questions", "4", "--pool", "8", "--level", "1-2",
)  # fmt: skip


def balk(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def summary(folder: Path) -> dict[str, object]:
    held: dict[str, object] = json.loads((folder / "summary.json").read_text())
    return held


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "study.lock.json"
    assert balk("plan", *SMALL, "--lock", "--out", str(path)).exit_code == 0
    return path


def test_a_plan_says_what_is_taken_shown_and_left_open() -> None:
    told = balk("plan", *SMALL, "--bound", "0.05").output
    for said in (
        "12 exams of 4 questions", "characters a token (assumed)", "simulated subjects",
        "smallest effects", "correlation within an exam 0.1", "ask 59", "in 1 exams without",
    ):  # fmt: skip
        assert said in " ".join(told.split())


def test_a_plan_alone_is_that_of_the_built_in_study() -> None:
    assert "1450 exams of 20 questions" in balk("plan").output


def test_a_plan_as_json_says_the_same() -> None:
    told = json.loads(balk("plan", *SMALL, "--json").output)
    assert told["total"]["n_calls"] == told["total"]["n_exams"] == 12
    assert told["subjects"][0]["price"]["model"] == "balk-sim/*"
    assert [one["lifelines"] for one in told["detectable"]] == [1, 2, 4]
    assert told["assumed"]["icc"] == 0.1
    large = ("plan", *SMALL, "--exams", "40", "--json", "--icc")
    few, more = (json.loads(balk(*large, icc).output)["detectable"] for icc in ("0.1", "0.5"))
    assert more[-1]["skips_per_exam"] > few[-1]["skips_per_exam"]


def test_what_lifelines_do_not_allow_is_shown_as_nothing_with_the_reason() -> None:
    told = " ".join(balk("plan", *SMALL, "--exams", "8").output.split())
    assert "points given away: 8 exams alone cannot show even the most" in told
    assert "lifelines 1, lifelines 2" in told
    first, *_ = json.loads(balk("plan", *SMALL, "--exams", "8", "--json").output)["detectable"]
    assert first["points_per_exam"] is None
    assert "p is still 0.25" in balk("plan", *SMALL).output


def test_of_tokens_that_skip_nothing_no_points_are_promised() -> None:
    arms = ("--arm", "lifelines", "--arm", "inert", "--exams", "40")
    *_, inert = json.loads(balk("plan", *SMALL, *arms, "--json").output)["detectable"]
    assert (inert["arm"], inert["is_inert"], inert["points_per_exam"]) == ("inert", True, None)
    assert inert["skips_per_exam"] is not None
    told = balk("plan", *SMALL, *arms).output
    assert "inert (tokens)" in told
    assert "under lifelines 1, inert" not in " ".join(told.split())


def test_a_providers_batches_cost_less_and_take_their_own_time() -> None:
    paid = ("plan", *SMALL, "--model", "openai/gpt-4o", "--json")
    asked = [one for one in paid if one != "balk-sim/tension"]
    asked.remove("--model")
    whole, half = (json.loads(balk(*asked, *more).output) for more in ((), ("--provider-batch",)))
    assert half["total"]["costs"]["USD"] == pytest.approx(whole["total"]["costs"]["USD"] / 2)
    assert (whole["total"]["wall_seconds"] > 0, half["total"]["wall_seconds"]) == (True, None)
    assert "up to a day" in balk(*asked[:-1], "--provider-batch").output


def test_a_dry_run_shows_the_same_plan() -> None:
    planned, dry = balk("plan", *SMALL).output, balk("run", *SMALL, "--dry-run").output
    assert dry.startswith(planned.rstrip())
    assert "Results: runs/" in dry


def test_a_plan_does_not_import_inspect() -> None:
    code = (
        "import sys; from balk.cli import main; main(['plan'], standalone_mode=False);"
        "sys.exit('inspect_ai' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)  # noqa: S603 -- our own interpreter
    assert done.returncode == 0, done.stderr


def test_a_model_without_a_price_is_told_as_such() -> None:
    told = balk("plan", *SMALL, "--model", "openai/unheard-of", "--model", "a/b").output
    flat = " ".join(told.split())
    assert "No price known of openai/unheard-of, a/b: their cost is in no figure" in flat
    assert "say --prices COPY" in flat
    assert "not known" in told


def test_of_the_essays_subjects_those_that_no_public_list_prices_are_named() -> None:
    told = json.loads(balk("plan", "--panel", "essay", "--json").output)["subjects"]
    unpriced = {one["subject"] for one in told if one["price"] is None}
    assert unpriced == {"Llama", "Llama base"}


def test_replies_of_a_model_that_thinks_are_not_taken_for_short_or_cheap(tmp_path: Path) -> None:
    asked = [one for one in SMALL if one not in {"--model", "balk-sim/tension"}]
    told = " ".join(balk("plan", *asked, "--model", "openai/gpt-5").output.split())
    assert "openai/gpt-5: known to think before a reply, which may take 16,384 tokens in" in told
    assert "leave thinking out" in told
    assert "No max_tokens given: a reply may take 16,384 tokens in batch" in told
    panel = " ".join(balk("plan", *asked, "--panel", "essay").output.split())
    assert "which may take" not in panel
    assert "ChatGPT, Monday, Claude, Grok, DeepSeek: known to think" in panel
    # A pilot knows how long they think.
    path = tmp_path / "one.yaml"
    path.write_text("subjects: [{model: balk-sim/tension, label: T, reasoning_effort: high}]\n")
    own = ("--panel", str(path))
    assert "leave thinking out" in " ".join(balk("plan", *asked, *own).output.split())
    assert balk("run", *asked, *own, "--out", str(tmp_path / "p")).exit_code == 0
    piloted = " ".join(balk("plan", *asked, *own, "--pilot", str(tmp_path / "p")).output.split())
    assert "leave thinking out" not in piloted


def test_ones_own_prices_take_the_place_of_balks(tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(
        "prices:\n- {model: '*', input: 1e6, output: 0, currency: EUR, date: 2026-01-01, "
        "source: mine}\n"
    )
    told = json.loads(balk("plan", *SMALL, "--json", "--prices", str(path)).output)
    assert told["total"]["costs"]["EUR"] == pytest.approx(told["total"]["input_tokens"], abs=1)


def test_a_lock_that_says_something_else_is_not_written_over(lock: Path) -> None:
    before = lock.read_text()
    again = balk("plan", *SMALL, "--lock", "--out", str(lock))
    assert again.exit_code == 0
    other = balk("plan", *SMALL, "--seed", "3", "--lock", "--out", str(lock))
    assert other.exit_code == 2
    assert "holds another lock" in other.output
    assert lock.read_text() == before


def test_a_lock_says_which_conditions_are_in_none_of_its_contrasts(tmp_path: Path) -> None:
    told = balk("plan", *SMALL, "--lock", "--out", str(tmp_path / "one.json")).output
    assert "in none of the locked contrasts" not in told
    more = ("--arm", "lifelines", "--arm", "mixed")
    told = balk("plan", *SMALL, *more, "--lock", "--out", str(tmp_path / "two.json")).output
    _, _, listed = told.partition("Asked, and in none of the locked contrasts:\n")
    assert listed.splitlines() == [f"- arm mixed, lifelines {n}, batch" for n in (1, 2, 4, "none")]


def test_a_locked_run_carries_the_hash_everywhere(lock: Path, tmp_path: Path) -> None:
    out, hashed = tmp_path / "r", lock_hash(read_lock(lock))
    done = balk("run", *SMALL, "--lock", str(lock), "--out", str(out))
    assert done.exit_code == 0, done.output
    assert f"Lock {hashed}: no deviations" in done.output
    for table in ("decisions", "exams"):
        assert pl.read_parquet(out / f"{table}.parquet")["lock"].unique().to_list() == [hashed]
    told = summary(out)["lock"]
    assert isinstance(told, dict)
    assert (told["hash"], told["deviations"]) == (hashed, [])
    assert {one["name"] for one in told["contrasts"]} == {"net_points_pooled", "dose_range"}

    # The lock lies in the folder now, and the same command without --lock goes on under it.
    again = balk("run", *SMALL, "--out", str(out))
    assert f"Lock {hashed}: no deviations" in again.output
    elsewhere = balk("table", str(out / "logs"), "--out", str(tmp_path / "t"))
    assert f"Lock {hashed}: no deviations" in elsewhere.output


def test_a_run_without_a_lock_says_so_in_its_tables(tmp_path: Path) -> None:
    balk("run", *SMALL, "--out", str(tmp_path))
    assert pl.read_parquet(tmp_path / "exams.parquet")["lock"].null_count() == 12
    assert summary(tmp_path)["lock"] is None


def test_a_study_that_differs_from_its_lock_is_refused_unless_that_is_accepted(
    lock: Path, tmp_path: Path
) -> None:
    out = tmp_path / "r"
    changed = ("run", *SMALL, "--epochs", "2", "--lock", str(lock), "--out", str(out))
    refused = balk(*changed)
    assert refused.exit_code == 2
    assert "epochs" in refused.output
    assert "--accept-deviations" in refused.output
    assert not out.exists()

    accepted = balk(*changed, "--accept-deviations")
    assert accepted.exit_code == 0
    told = summary(out)["lock"]
    assert isinstance(told, dict)
    assert any("epochs: locked 1, now 2" in said for said in told["deviations"])
    assert any("6 exams of 3 locked" in said for said in told["deviations"])
    held = json.loads((out / "deviations.json").read_text())
    assert [*held["asked"], *held["counted"]] == told["deviations"]
    assert "deviations\n- " in accepted.output

    elsewhere = tmp_path / "elsewhere"
    balk("table", str(out / "logs"), "--out", str(elsewhere))
    assert summary(elsewhere)["lock"] == told
    assert (elsewhere / "deviations.json").read_text() == (out / "deviations.json").read_text()


def test_another_lock_and_a_lock_that_comes_late_are_refused(lock: Path, tmp_path: Path) -> None:
    out, other = tmp_path / "r", tmp_path / "other.json"
    balk("run", *SMALL, "--out", str(out))
    late = balk("run", *SMALL, "--lock", str(lock), "--out", str(out))
    assert late.exit_code == 2
    assert "asked before the lock" in late.output

    balk("run", *SMALL, "--lock", str(lock), "--out", str(tmp_path / "s"))
    other.write_text(json.dumps(read_lock(lock) | {"exclusions": []}))
    second = balk("run", *SMALL, "--lock", str(other), "--out", str(tmp_path / "s"))
    assert second.exit_code == 2
    assert "was registered as" in second.output


def test_exams_that_a_limit_left_unasked_are_deviations_until_they_are_asked(
    lock: Path, tmp_path: Path
) -> None:
    run = ("run", *SMALL, "--lock", str(lock), "--out", str(tmp_path), "--max-connections", "1")
    stopped = balk(*run, "--token-limit", "1500")
    assert stopped.exit_code == 3
    assert "Stopped by --token-limit 1500" in stopped.output
    assert "exams of 3 locked" in stopped.output
    done = balk(*run, "--token-limit", "1000000")
    assert done.exit_code == 0
    assert "no deviations" in done.output


def test_another_parser_at_the_tables_is_a_deviation(
    lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "r"
    balk("run", *SMALL, "--lock", str(lock), "--out", str(out))
    monkeypatch.setattr("balk.measure.parse.PARSER_VERSION", 999)
    again = balk("table", str(out / "logs"), "--reparse", "--out", str(out))
    assert "parser version: locked" in again.output


@pytest.mark.parametrize("value", ["0", "soon", "-3", "5w"])
def test_a_time_that_is_none_is_refused(value: str) -> None:
    done = balk("run", *SMALL, "--time-limit", value)
    assert done.exit_code == 2
    assert "30m" in done.output


def test_limits_are_refused_where_rounds_are_runs_of_their_own() -> None:
    done = balk(
        "run", "--model", "balk-sim/tension", "--protocol", "batch", "--until-decided",
        "--token-limit", "5",
    )  # fmt: skip
    assert done.exit_code == 2
    assert "--token-limit with --until-decided" in done.output


def test_a_plan_says_apart_what_probes_take_at_most() -> None:
    asked = ("--model", "balk-sim/tension", "--protocol", "batch,isolated", "--lifelines", "3")
    size = ("--exams", "2", "--questions", "4", "--pool", "8")
    plain = balk("plan", *asked, *size)
    assert "Probes:" not in plain.output
    probed = balk("plan", *asked, *size, "--probe", "payoff", "--probe", "follow_up")
    # A payoff after each of four exams; a follow-up in batch, and one a lifeline in isolated.
    told = " ".join(probed.output.split())
    assert "Probes: at most 12 calls, " in told
    assert "in none of the figures above" in told
    priced = ("--model", "openai/gpt-4o", *asked[2:], *size, "--json", "--probe", "payoff")
    held = json.loads(balk("plan", *priced).output)["subjects"][0]
    assert held["probes"]["n_calls"] == 4
    assert held["probes"]["cost"] == pytest.approx(
        (held["probes"]["input_tokens"] * 2.5 + held["probes"]["output_tokens"] * 10) / 1e6,
        rel=0.01,
    )


def test_a_price_without_a_share_for_batches_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(
        "prices:\n- {model: 'openai/*', input: 1, output: 1, currency: EUR, date: 2026-01-01, "
        "source: mine}\n"
    )
    asked = ("plan", "--model", "openai/one", *SMALL[2:], "--prices", str(path))
    said = "openai/*: no share for --provider-batch known; reckoned in full"
    assert said in " ".join(balk(*asked, "--provider-batch").output.split())
    assert said not in " ".join(balk(*asked).output.split())
