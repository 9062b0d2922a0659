"""The generator of known truths against plain enumeration of every set."""

import ast
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import chdtrc, expit, logit

from balk.errors import MechanismError
from balk.mechanisms import truths
from balk.mechanisms.observed import NEVER_MENTIONED, Bools, Ints, Seen
from balk.mechanisms.truths import cells, outside
from balk.mechanisms.truths.cells import TRUTHS
from balk.mechanisms.truths.designs import Design
from balk.mechanisms.truths.drawn import draw_observed
from balk.mechanisms.truths.draws import draw_cap, draw_cost, draw_lapses, draw_of_size, draw_share
from balk.mechanisms.truths.outside import OUTSIDE
from balk.mechanisms.truths.truth import Asked, Truth, draw_parameters, draw_skips
from balk.mechanisms.truths.world import World

Floats = NDArray[np.float64]


N = 5
SETS: Bools = (np.arange(2**N)[:, None] >> np.arange(N)) % 2 == 1
SIZES: Ints = SETS.sum(axis=1)
N_DRAWS = 20_000
ALL = TRUTHS | OUTSIDE
DOSES = (0, 1, 3, 10, 20, 25)

WEIGHTS = {
    "equal": np.zeros(N),
    "spread": np.array([-1.5, 0.3, -0.4, 1.1, 0.0]),
    "extreme": np.array([-6.0, 5.0, 0.0, 9.0, -2.0]),
}


def summed(values: Floats, group: Ints) -> Floats:
    """Sum of the values of each group, N + 1 of them at least."""
    sums: Floats = np.bincount(group, values, minlength=N + 1).astype(np.float64)
    return sums


def given_sizes(a: Floats, p_size: Floats) -> Floats:
    """Probability of every set: that of its size, split in proportion to exp(sum a)."""
    weight = np.exp(SETS @ a)
    p: Floats = p_size[SIZES] * weight / summed(weight, SIZES)[SIZES]
    return p


def capped(p_size: Floats, lifelines: int) -> Floats:
    """Sizes above the budget become the budget."""
    return summed(p_size, np.minimum(np.arange(len(p_size)), lifelines))


def cap(a: Floats, level: float, lifelines: int) -> Floats:
    p = expit(a + level)
    p_wanted = np.where(SETS, p, 1 - p).prod(axis=1)
    return given_sizes(a, capped(summed(p_wanted, SIZES), lifelines))


def binomial(n: int, p: float) -> Floats:
    return np.array([math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)])


def share(a: Floats, level: float, lifelines: int) -> Floats:
    return given_sizes(a, capped(binomial(lifelines, float(expit(level))), N))


def lapses(a: Floats, lapse: float, lifelines: int) -> Floats:
    return given_sizes(a, capped(binomial(N, lapse), lifelines))


def cost(a: Floats, kappa: float, lifelines: int) -> Floats:
    weight: Floats = np.where(lifelines >= SIZES, np.exp(SETS @ a - kappa * SIZES**2), 0)
    p: Floats = weight / weight.sum()
    return p


def p_value(drawn: Bools, expected: Floats) -> float:
    """Chi-square of drawn sets against their probabilities."""
    seen = np.bincount(drawn @ 2 ** np.arange(N), minlength=2**N)
    assert not seen[expected == 0].any()
    order = np.argsort(expected)
    wanted = len(drawn) * expected[order]
    # Rare sets are taken together: in rising order, every group is expected 5 times or more.
    _, group = np.unique((wanted.cumsum() - wanted) // 10, return_inverse=True)
    groups = np.eye(group.max() + 1)[group]
    expected_in, seen_in = wanted @ groups, seen[order] @ groups
    return float(chdtrc(group.max(), ((seen_in - expected_in) ** 2 / expected_in).sum()))


def copies(value: float) -> Floats:
    return np.full(N_DRAWS, value)


def rows(a: Floats) -> Floats:
    return np.tile(a, (N_DRAWS, 1))


LAWS: dict[str, tuple[Callable[..., Floats], Callable[..., Bools]]] = {
    "cap": (
        lambda a, b: cap(a, -0.4, b),
        lambda a, b, rng: draw_cap(a, copies(-0.4), b, rng),
    ),
    "share": (
        lambda a, b: share(a, 0.3, b),
        lambda a, b, rng: draw_share(a, copies(0.3), b, rng),
    ),
    "lapses": (
        lambda a, b: lapses(a, 0.3, b),
        lambda a, b, rng: draw_lapses(a, 0.3, b, rng),
    ),
    "cost": (
        lambda a, b: cost(a, 0.3, b),
        lambda a, b, rng: draw_cost(a, copies(0.3), b, rng),
    ),
    "free": (
        lambda a, b: cost(a, 0.0, b),
        lambda a, b, rng: draw_cost(a, copies(0.0), b, rng),
    ),
}


@pytest.mark.parametrize("lifelines", [1, 3, 7])
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("law", LAWS)
def test_sets_come_as_often_as_enumeration_says(law: str, weights: str, lifelines: int) -> None:
    expected, draw = LAWS[law]
    a, budget = WEIGHTS[weights], np.full(N_DRAWS, lifelines)
    drawn = draw(rows(a), budget, np.random.default_rng(11))
    assert p_value(drawn, expected(a, lifelines)) > 1e-4


@pytest.mark.parametrize("size", range(1, N))
@pytest.mark.parametrize("weights", WEIGHTS)
def test_sets_of_a_size_come_in_proportion_to_their_weights(weights: str, size: int) -> None:
    a = WEIGHTS[weights]
    drawn = draw_of_size(rows(a), np.full(N_DRAWS, size), np.random.default_rng(12))
    assert p_value(drawn, given_sizes(a, np.eye(N + 1)[size])) > 1e-4


@pytest.mark.parametrize("size", [0, N])
@pytest.mark.parametrize("weights", WEIGHTS)
def test_none_and_all_can_be_drawn(weights: str, size: int) -> None:
    a = rows(WEIGHTS[weights])[:50]
    drawn = draw_of_size(a, np.full(50, size), np.random.default_rng(14))
    assert (drawn.sum(axis=1) == size).all()


def test_each_exam_has_its_own_weights_and_size() -> None:
    a, size = np.array([[30.0, 0, 0], [0, 0, -30.0], [0, 30.0, 0]]), np.array([1, 2, 0])
    drawn = draw_of_size(a, size, np.random.default_rng(13))
    assert drawn.tolist() == [[True, False, False], [True, True, False], [False, False, False]]


CONFIDENCE = np.array([0.55, 0.1, 0.9, 0.3, 0.7])
ACCURACY = np.array([0.2, 0.8, 0.35, 0.5, 0.05])
CHARS = np.array([120.0, 200.0, 430.0, 260.0, 90.0])
# Larger than the ranges, so that a mistake in their place or sign cannot hide.
NUISANCES = {"position": -0.3, "length": 0.8}


def asked(lifelines: int) -> Asked:
    budget = np.full(N_DRAWS, lifelines)
    return Asked(budget, rows(CONFIDENCE), rows(ACCURACY), rows(CHARS))


def enumerated(truth: Truth, values: dict[str, float], lifelines: int) -> Floats:
    """Probability of every set, the exam effect integrated by a fine sum."""
    a = values["position"] * np.arange(N) + values["length"] * np.log(CHARS / 200)
    if truth.selection != "none":
        a = a - values["slope"] * (CONFIDENCE if truth.selection == "confidence" else ACCURACY)
    z = np.linspace(-7, 7, 141)
    density = np.exp(-(z**2) / 2)
    parts = [at_effect(truth, values, a, values.get("sigma", 0) * u, lifelines) for u in z]
    p: Floats = density @ np.array(parts) / density.sum()
    return p


def at_effect(
    truth: Truth, values: dict[str, float], a: Floats, effect: float, lifelines: int
) -> Floats:
    match truth.law:
        case "cap":
            return cap(a, values["alpha"] + effect, lifelines)
        case "share":
            return share(a, values["alpha"] + effect, lifelines)
        case "cost":
            return cost(a + effect, values["kappa"], lifelines)
        case "relative_cost":
            return cost(a + effect, values["kappa"] / lifelines, lifelines)
        case "lapse":
            return lapses(a, values["lapse"], lifelines)


@pytest.mark.parametrize("lifelines", [2, 6])
@pytest.mark.parametrize("name", TRUTHS)
def test_a_cell_skips_as_its_equation_says(name: str, lifelines: int) -> None:
    rng = np.random.default_rng(21)
    values = draw_parameters(TRUTHS[name], NUISANCES, rng)
    drawn = draw_skips(TRUTHS[name], values, asked(lifelines), rng)
    assert p_value(drawn, enumerated(TRUTHS[name], values, lifelines)) > 1e-4


@pytest.mark.parametrize("name", ["mixture", "bimodal_threshold"])
def test_half_of_the_exams_follow_the_other_truth(name: str) -> None:
    rng, truth = np.random.default_rng(22), OUTSIDE[name]
    values = draw_parameters(truth, NUISANCES, rng)
    others = values | {n.removeprefix("other_"): v for n, v in values.items() if "other_" in n}
    assert truth.other
    expected = (enumerated(truth, values, 3) + enumerated(truth.other, others, 3)) / 2
    assert p_value(draw_skips(truth, values, asked(3), rng), expected) > 1e-4


def test_alpha_is_made_from_what_each_cell_is_known_by() -> None:
    rng = np.random.default_rng(23)
    draw = {name: draw_parameters(truth, {}, rng) for name, truth in TRUTHS.items()}
    for name in ("indiscriminate", "use_the_parts", "selective_parts"):
        assert expit(draw[name]["alpha"]) == pytest.approx(draw[name]["rate"])
    threshold, believed = draw["threshold"], draw["believed_penalty"]
    assert threshold["alpha"] / threshold["slope"] == pytest.approx(threshold["threshold"])
    lambda_ = believed["alpha"] / (believed["slope"] - believed["alpha"])
    assert lambda_ == pytest.approx(believed["penalty"])


@pytest.mark.parametrize("name", ALL)
def test_parameters_stay_in_their_ranges_and_fill_them(name: str) -> None:
    rng, truth = np.random.default_rng(24), ALL[name]
    design = Design((1,), 1, n_questions=1, n_items=1, n_baseline=0)
    draws = [draw_observed(name, design, rng) for _ in range(200)]
    for field, (low, high) in {**truth.ranges, **truth.world}.items():
        values = [
            d.parameters[field] if field in truth.ranges else getattr(d.world, field) for d in draws
        ]
        assert low <= min(values) <= max(values) <= high
        # The mean of 200 uniform values is within 5 standard errors of the middle.
        assert abs(np.mean(values) - (low + high) / 2) <= 5 * (high - low) / math.sqrt(12 * 200)


def stated_ranges(document: str) -> set[tuple[str, str, float, float]]:
    """Rows of the table in a docstring: parameter, truth, ends of the range."""
    split = [
        [c.strip() for c in row.split("|")[1:-1]] for row in document.splitlines() if "|" in row
    ]
    return {(p, t, *map(float, r.split(" to "))) for p, t, r, _ in split[2:]}  # type: ignore[misc]


def test_the_documented_table_states_every_range() -> None:
    stated = stated_ranges(cells.__doc__ or "")
    used = set()
    for name, truth in TRUTHS.items():
        for field, (low, high) in {**truth.ranges, **truth.world}.items():
            rows_of = {(field, t, low, high) for t in (name, "every")} & stated
            assert rows_of, (field, name, low, high)
            used |= rows_of
    assert used == stated


def test_every_truth_outside_the_family_is_documented() -> None:
    named = {
        row.split("|")[1].strip() for row in (outside.__doc__ or "").splitlines() if "|" in row
    }
    assert set(OUTSIDE) <= named


def test_fixing_one_value_leaves_the_others_as_they_were() -> None:
    design = Design((2,), 2)
    free = draw_observed("threshold", design, np.random.default_rng(25))
    fixed = draw_observed("threshold", design, np.random.default_rng(25), sigma=3, bias_sd=0)
    assert fixed.parameters == free.parameters | {"sigma": 3}
    assert fixed.world == replace(free.world, bias_sd=0)
    np.testing.assert_array_equal(fixed.confidence, fixed.accuracy)
    np.testing.assert_array_equal(fixed.observed.puzzle, free.observed.puzzle)


def test_alpha_can_be_fixed_in_place_of_what_it_is_made_from() -> None:
    drawn = draw_observed("threshold", Design((2,), 2), np.random.default_rng(26), alpha=1.5)
    assert drawn.parameters["alpha"] == 1.5
    assert "threshold" not in drawn.parameters


def test_a_value_of_the_other_half_can_be_fixed() -> None:
    rng = np.random.default_rng(27)
    drawn = draw_observed("mixture", Design((2,), 2), rng, other_rate=0.5)
    assert drawn.parameters["other_alpha"] == 0


@pytest.mark.parametrize(
    ("fixed", "message"),
    [
        ({"slop": 1.0}, "Did you mean 'slope'"),
        ({"n_items": 12}, "unknown parameter 'n_items'"),
        ({"kappa": 1.0}, "unknown parameter 'kappa'"),
        ({"sigma": -1.0}, "sigma is -1.0; give 0 to inf"),
        ({"sigma": math.nan}, "sigma is nan; give a finite number"),
        ({"alpha": math.inf}, "alpha is inf; give a finite number"),
        ({"alpha": 1.0, "threshold": 0.2}, "alpha and threshold are both fixed"),
        ({"report_sd": -0.5}, "report_sd is -0.5; give a spread >= 0"),
        ({"drift": math.nan}, "drift is nan; give a finite number"),
    ],
)
def test_an_impossible_value_is_refused(fixed: dict[str, float], message: str) -> None:
    with pytest.raises(MechanismError, match=message):
        draw_observed("threshold", Design((2,), 2), np.random.default_rng(28), **fixed)


def test_an_unknown_truth_is_refused() -> None:
    with pytest.raises(MechanismError, match=r"unknown truth 'treshold'.*Did you mean 'threshold'"):
        draw_observed("treshold", Design((2,), 2), np.random.default_rng(29))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"doses": ()}, "give at least one"),
        ({"doses": (3, -1)}, "each >= 0"),
        ({"exams_per_dose": 0}, "0 exams a dose"),
        ({"n_baseline": -1}, "-1 without lifelines"),
        ({"n_questions": 41}, "n_questions is 41; give 1 to 40"),
    ],
)
def test_an_impossible_design_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(MechanismError, match=message):
        replace(Design((3, 20), 5), **change)  # type: ignore[arg-type]


def test_a_world_without_items_is_refused() -> None:
    with pytest.raises(MechanismError, match="n_items is 0; give at least 1"):
        World(ability_mean=0, bias_sd=1, n_items=0)


@given(
    n_items=st.integers(1, 30),
    part=st.floats(0, 1),
    n_forms=st.integers(1, 12),
    seed=st.integers(0, 2**32),
)
def test_decks_are_dealt_evenly(n_items: int, part: float, n_forms: int, seed: int) -> None:
    n_questions = 1 + round(part * (n_items - 1))
    design = Design((1,), n_forms, n_questions, n_items, n_baseline=0)
    asked_so_far = np.zeros(n_items, dtype=int)
    for form in design.draw_forms(np.random.default_rng(seed)):
        assert len(set(form)) == n_questions
        asked_so_far[form] += 1
        assert asked_so_far.max() - asked_so_far.min() <= 1


@given(n_questions=st.integers(1, 15), seed=st.integers(0, 2**32))
def test_consecutive_forms_halve_a_pool_of_twice_their_size(n_questions: int, seed: int) -> None:
    design = Design((1,), 6, n_questions, 2 * n_questions, n_baseline=0)
    for first, second in design.draw_forms(np.random.default_rng(seed)).reshape(3, 2, -1):
        assert sorted([*first, *second]) == list(range(2 * n_questions))


def test_the_same_forms_serve_every_dose_and_the_baseline() -> None:
    design = Design((3, 20), exams_per_dose=4, n_baseline=6)
    observed = draw_observed("tension", design, np.random.default_rng(31)).observed
    assert observed.lifelines.tolist() == [NEVER_MENTIONED] * 6 + [3] * 4 + [20] * 4
    baseline, low, high = observed.puzzle[:6], observed.puzzle[6:10], observed.puzzle[10:]
    np.testing.assert_array_equal(low, baseline[:4])
    np.testing.assert_array_equal(high, low)
    assert observed.exam_ids[5:8] == ("none/5", "3/0", "3/1")
    assert len(set(observed.exam_ids)) == 14


@pytest.mark.parametrize("name", ALL)
def test_no_exam_has_more_skips_than_lifelines(name: str) -> None:
    observed = draw_observed(name, Design(DOSES, 10), np.random.default_rng(32)).observed
    skips = (observed.seen == Seen.SKIP).sum(axis=1)
    assert (skips <= np.maximum(observed.lifelines, 0)).all()


@pytest.mark.parametrize("name", ALL)
def test_the_same_seed_gives_the_same_data(name: str) -> None:
    one, same, other = (
        draw_observed(name, Design((3, 20), 3), np.random.default_rng(seed)) for seed in (7, 7, 8)
    )
    for field in ("seen", "puzzle", "is_right", "confidence", "stem_chars", "lifelines", "penalty"):
        np.testing.assert_array_equal(getattr(one.observed, field), getattr(same.observed, field))
    assert (one.parameters, one.world) == (same.parameters, same.world)
    assert one.parameters != other.parameters
    assert (one.observed.confidence != other.observed.confidence).any()


@pytest.mark.parametrize("name", ALL)
def test_confidence_is_stated_in_whole_percents(name: str) -> None:
    design = Design((3, 20), 10)
    drawn = draw_observed(name, design, np.random.default_rng(33), ability_mean=-3)
    stated = drawn.observed.confidence
    assert set(stated.ravel()) <= {percent / 100 for percent in range(1, 100)}
    assert stated.min() == 0.01


def test_reports_without_noise_state_the_belief() -> None:
    rng = np.random.default_rng(34)
    drawn = draw_observed("threshold", Design((3, 20), 10), rng, report_sd=0)
    gap = np.abs(drawn.observed.confidence - drawn.confidence[drawn.observed.puzzle])
    assert gap.max() <= 0.01 + 1e-12  # rounding, and 0.99 for 1


def test_beliefs_drift_with_the_lifelines_offered() -> None:
    rng = np.random.default_rng(35)
    drawn = draw_observed("drifting_confidence", Design((1, 3, 20), 10), rng, report_sd=0)
    observed = drawn.observed
    offered = np.maximum(observed.lifelines, 1)[:, None]
    believed = expit(logit(drawn.confidence)[observed.puzzle] - 0.5 * np.log(offered))
    assert np.abs(observed.confidence - believed).max() <= 0.01 + 1e-12


def test_drifting_beliefs_decide_what_is_skipped() -> None:
    fixed = {"slope": 200.0, "threshold": 0.3, "sigma": 0.0, "position": 0.0, "length": 0.0}
    rng = np.random.default_rng(36)
    drawn = draw_observed("drifting_confidence", Design((20,), 10, n_baseline=0), rng, **fixed)
    believed = expit(logit(drawn.confidence)[drawn.observed.puzzle] - 0.5 * np.log(20))
    is_clear = np.abs(believed - 0.3) > 0.05  # 10 logits or more away from even odds
    is_skip = drawn.observed.seen == Seen.SKIP
    np.testing.assert_array_equal(is_skip[is_clear], believed[is_clear] < 0.3)


def test_noise_in_reports_is_that_of_the_world() -> None:
    rng = np.random.default_rng(37)
    belief = np.zeros((100, 100))
    stated = World(ability_mean=0, bias_sd=1, report_sd=0.5).draw_reports(belief, rng)
    # The SD of 10,000 normal draws has a standard error of sd / sqrt(20,000); percents add little.
    assert logit(stated).std() == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(20_000))


def test_items_have_the_stated_moments() -> None:
    n = 20_000
    world = World(ability_mean=-0.6, ability_sd=1.2, bias_sd=0.7, n_items=n)
    items = world.draw_items(np.random.default_rng(38))
    ability, log_length = logit(items.accuracy), np.log(items.stem_chars / 200)
    for values, mean, sd in (
        (ability, -0.6, 1.2),
        (items.belief - ability, 0.0, 0.7),
        (log_length, 0.0, 0.4),
    ):
        assert values.mean() == pytest.approx(mean, abs=4 * sd / math.sqrt(n))
        assert values.std() == pytest.approx(sd, abs=4 * sd / math.sqrt(2 * n))


def test_only_attempts_are_marked() -> None:
    observed = draw_observed("threshold", Design((10,), 20), np.random.default_rng(39)).observed
    is_skip = observed.seen == Seen.SKIP
    assert is_skip.any()
    np.testing.assert_array_equal(observed.is_right == -1, is_skip)


def test_attempts_are_right_as_often_as_each_item_is_known() -> None:
    drawn = draw_observed("threshold", Design((10,), 500), np.random.default_rng(40), bias_sd=2)
    observed, p = drawn.observed, drawn.accuracy
    item = observed.puzzle[observed.seen == Seen.ATTEMPT]
    right = np.bincount(item, observed.is_right[observed.seen == Seen.ATTEMPT], len(p))
    n = np.bincount(item, minlength=len(p))
    deviance = ((right - n * p) ** 2 / (n * p * (1 - p))).sum()
    assert chdtrc(len(p), deviance) > 1e-4


FOLDER = Path(str(truths.__file__)).parent
MAY_IMPORT = ("balk.errors", "balk.mechanisms.observed", "balk.mechanisms.truths.")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_the_generator_shares_no_code_with_the_fits(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    modules = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    modules += [a.name for node in nodes if isinstance(node, ast.Import) for a in node.names]
    own = [module for module in modules if module.split(".")[0] == "balk"]
    assert all(module.startswith(MAY_IMPORT) for module in own), own
