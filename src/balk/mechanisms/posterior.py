"""The posterior of a mechanism: its parameters, and the beliefs that it reads.

The unknowns are a vector: first the mechanism's parameters on the scale of the fit, then, where
the selection reads a belief, a standard score z for each item. What the skips say of the z's is
integrated out by Laplace's approximation, whose log-determinant is

    -1/2 sum_i log(1 + slope^2 D_i^2 I_i),

D_i the change of item i's log-weight per unit of slope and z, and I_i the information that the
exams hold about that log-weight. Without it a large slope would be too cheap: it widens what the
mechanism allows each item to do, and pays for that nowhere else (Breslow & Clayton 1993,
doi:10.1080/01621459.1993.10594284).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from balk.mechanisms import announced
from balk.mechanisms.beliefs import Belief
from balk.mechanisms.exams import Exams
from balk.mechanisms.items import Items
from balk.mechanisms.likelihood import Likelihood, evaluate
from balk.mechanisms.mechanism import Mechanism
from balk.mechanisms.observed import Bools
from balk.mechanisms.selections.selection import Selection
from balk.mechanisms.sequential import evaluate_in_turn, simulate_in_turn
from balk.mechanisms.simulate import draw_skips
from balk.mechanisms.symmetric import Floats

CHUNK = 1024
"""Exams evaluated at a time: what fits the processor's cache."""
STEP = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The posterior at one value of the unknowns.

    Attributes
    ----------
    value : float
        Log posterior density, up to a constant, with the Laplace term of the items.
    gradient : array of shape (P + I,)
        Its derivatives.
    log_p : array of shape (E,)
        Log-likelihood of each exam.
    scores : array of shape (E, P)
        Derivatives of log_p by the parameters.
    information : array of shape (I,)
        About the log-weight of each item.
    """

    value: float
    gradient: Floats
    log_p: Floats
    scores: Floats
    information: Floats


class Posterior:
    """What a mechanism makes of exams.

    Parameters
    ----------
    mechanism : Mechanism
        The explanation.
    exams : Exams
        What was seen.
    """

    def __init__(self, mechanism: Mechanism, exams: Exams) -> None:
        self.mechanism = mechanism
        self.exams = exams
        self.order = np.argsort(exams.lifelines, kind="stable")
        """Exams with as many lifelines stand together: few counts are possible in a chunk."""
        starts = range(0, max(len(exams), 1), CHUNK)
        self.chunks = [exams.take(self.order[i : i + CHUNK]) for i in starts]
        self.belief = _belief(mechanism, exams)
        self.n_parameters = len(mechanism.parameters)
        self.n_items = 0 if self.belief is None else self.belief.mean.size
        self.spread = np.zeros(self.n_items)
        """D_i^2 I_i of the Laplace term, held while the unknowns move."""
        self._kept: dict[tuple[int, str], Floats] = {}
        self._last: tuple[Floats, tuple[Floats, ...]] | None = None

    def at(self, unknowns: Floats) -> Point:
        """Return the posterior at a value of the unknowns, shape (P + I,)."""
        fitted, z = unknowns[: self.n_parameters], unknowns[self.n_parameters :]
        if self._last is None or not np.array_equal(self._last[0], unknowns):
            self._last = unknowns.copy(), self._whole(fitted, z)
        log_p, scores, d_z, information = self._last[1]
        prior, d_prior = self._prior(fitted, z)
        gradient = np.concatenate([scores.sum(axis=0), d_z]) + d_prior
        return Point(float(log_p.sum()) + prior, gradient, log_p, scores, information)

    def _whole(self, fitted: Floats, z: Floats) -> tuple[Floats, ...]:
        """Return log_p, scores, dL/dz and information of all exams."""
        parts = [self._part(chunk, fitted, z) for chunk in self.chunks]
        log_p, scores = (self._in_order([part[i] for part in parts]) for i in (0, 1))
        d_z, information = (
            sum((part[i] for part in parts), np.zeros(self.n_items)) for i in (2, 3)
        )
        return log_p, scores, d_z, information

    def _in_order(self, parts: list[Floats]) -> Floats:
        """Return what was found of each chunk's exams, in the order in which exams were given."""
        sorted_ = np.concatenate(parts)
        found = np.empty_like(sorted_)
        found[self.order] = sorted_
        return found

    def settle(self, unknowns: Floats) -> None:
        """Hold the Laplace term at what the items are worth at these unknowns."""
        z = unknowns[self.n_parameters :]
        if self.n_items:
            self.spread = self._bend(z) ** 2 * self.at(unknowns).information

    def item_terms(self, unknowns: Floats) -> Floats:
        """Return what each item adds to the log evidence: prior of z and Laplace term."""
        if not self.n_items:
            return np.zeros(0)
        z, slope = unknowns[self.n_parameters :], self._slope(unknowns)
        return np.asarray(-0.5 * z**2 - 0.5 * np.log1p(slope**2 * self.spread))

    def item_precision(self, unknowns: Floats) -> Floats:
        """Return the precision of each z, given the parameters."""
        return np.asarray(1 + self._slope(unknowns) ** 2 * self.spread)

    def log_p_at(self, fitted: Floats, z: Floats) -> Floats:
        """Return each exam's log-likelihood under parameters of its own, shape (E, P)."""
        done, parts = 0, []
        for chunk in self.chunks:
            own = fitted[self.order[done : done + len(chunk)]].T
            parts.append(self._likelihood(chunk, own, z).log_p)
            done += len(chunk)
        return self._in_order(parts)

    def draw(self, fitted: Floats, z: Floats, rng: np.random.Generator) -> Bools:
        """Return the skips of fresh copies of the exams, shape (n, E)."""
        draw = draw_skips if self.mechanism.form == "whole" else simulate_in_turn
        weights, sigma, law, tilt = self._settings(self.exams, fitted, z)
        return draw(self.exams, self.mechanism.law, weights, sigma, law, rng, tilt)

    def values(self, fitted: Floats) -> dict[str, Floats]:
        """Return the parameters by name, each on its natural scale."""
        return {
            parameter.name: parameter.natural(value)
            for parameter, value in zip(self.mechanism.parameters, fitted, strict=True)
        }

    def _settings(
        self, exams: Exams, fitted: Floats, z: Floats
    ) -> tuple[Floats, Floats, dict[str, Floats], Floats]:
        """Return log-weights, sigma, the law's parameters, and the tilt of exams or questions."""
        mechanism, values = self.mechanism, self.values(fitted)
        weights = self._weighted((mechanism.selection, *mechanism.nuisances), values, exams, z)
        law = {parameter.name: values[parameter.name] for parameter in mechanism.law.parameters}
        sigma = values["sigma"] if mechanism.sigma else np.asarray(0.0)
        tilt = announced.tilt(mechanism, values, exams.penalty)
        if mechanism.running:
            tilt = tilt + self._weighted(mechanism.running, values, exams, z)
        return weights, sigma, law, tilt

    def _weighted(
        self, parts: Sequence[Selection], values: dict[str, Floats], exams: Exams, z: Floats
    ) -> Floats:
        """Return the sum of slope times direction over the parts, shape (n, E)."""
        total = np.zeros(exams.item.shape)
        for part in parts:
            if part.slope:
                total += values[part.slope.name] * self._direction(part, exams, z)
        return total

    def _direction(self, part: Selection, exams: Exams, z: Floats) -> Floats:
        """Return the log-weights per unit of slope, 0 where absent; kept where z has no part."""
        if self.n_items and part is self.mechanism.selection:
            return np.where(exams.is_present, part.direction(exams.items(self._scores(z))), 0.0)
        key = id(exams), part.name
        if key not in self._kept:
            self._kept[key] = np.where(exams.is_present, part.direction(exams.items()), 0.0)
        return self._kept[key]

    def _likelihood(self, exams: Exams, fitted: Floats, z: Floats) -> Likelihood:
        weights, sigma, law, tilt = self._settings(exams, fitted, z)
        by_form = {"whole": evaluate, "in_turn": evaluate_in_turn}
        run = by_form[self.mechanism.form]
        return run(exams, self.mechanism.law, weights, sigma, law, tilt)

    def _part(self, exams: Exams, fitted: Floats, z: Floats) -> tuple[Floats, ...]:
        """Return log_p, scores, dL/dz and information of some exams."""
        seen = self._likelihood(exams, fitted, z)
        scores = self._parameter_scores(exams, fitted, z, seen)
        if not self.n_items:
            return seen.log_p, scores, np.zeros(0), np.zeros(0)
        inclusion = np.clip(exams.is_skip - seen.d_weights, 0, 1)
        by_item, information = (
            np.bincount(
                exams.item.ravel(),
                np.where(exams.is_present, by_question, 0.0).ravel(),
                minlength=self.n_items,
            )
            for by_question in (seen.d_weights, inclusion * (1 - inclusion))
        )
        slope = self._slope(np.concatenate([fitted, z]))
        d_z = np.asarray(slope * self._bend(z) * by_item, dtype=np.float64)
        return seen.log_p, scores, d_z, np.asarray(information, dtype=np.float64)

    def _parameter_scores(
        self, exams: Exams, fitted: Floats, z: Floats, seen: Likelihood
    ) -> Floats:
        """Return the derivatives of each log-likelihood by the parameters, shape (E, P)."""
        mechanism, by_name = self.mechanism, dict(seen.d_law)
        weighing = [(part, seen.d_weights) for part in (mechanism.selection, *mechanism.nuisances)]
        for part, by_question in [*weighing, *((part, seen.d_tilt) for part in mechanism.running)]:
            if part.slope:
                direction = self._direction(part, exams, z)
                by_name[part.slope.name] = np.einsum("ie,ie->e", direction, by_question)
        by_exam = seen.d_tilt.sum(axis=0) if seen.d_tilt.ndim > 1 else seen.d_tilt
        moved = announced.d_tilt(mechanism, self.values(fitted), exams.penalty)
        for name, derivative in moved.items():
            by_name[name] = by_name.get(name, 0.0) + derivative * by_exam
        by_name["sigma"] = seen.d_sigma
        columns = [
            by_name[parameter.name] * parameter.d_natural(value)
            for parameter, value in zip(mechanism.parameters, fitted, strict=True)
        ]
        return np.stack(columns, axis=1)

    def _prior(self, fitted: Floats, z: Floats) -> tuple[float, Floats]:
        means = np.array([p.prior_mean for p in self.mechanism.parameters])
        sds = np.array([p.prior_sd for p in self.mechanism.parameters])
        standard = (fitted - means) / sds
        value = -0.5 * float(standard @ standard) - 0.5 * float(z @ z)
        gradient = np.concatenate([-standard / sds, -z])
        if self.n_items:
            slope = self._slope(np.concatenate([fitted, z]))
            value -= 0.5 * float(np.log1p(slope**2 * self.spread).sum())
            index = self._slope_index()
            gradient[index] -= float((slope * self.spread / (1 + slope**2 * self.spread)).sum())
        return value, gradient

    def _slope_index(self) -> int:
        return len(self.mechanism.law.parameters)

    def _slope(self, unknowns: Floats) -> float:
        return float(unknowns[self._slope_index()]) if self.n_items else 0.0

    def _scores(self, z: Floats) -> dict[str, Floats]:
        reads = self.mechanism.selection.reads
        return {reads: z} if self.n_items and reads else {}

    def _bend(self, z: Floats) -> Floats:
        """Return the change of each item's log-weight per unit of slope and of z."""
        if self.belief is None:
            return np.zeros(0)
        reads, value = self.mechanism.selection.reads, self.belief.at(z)
        ends = []
        for step in (STEP, -STEP):
            moved = Items(**_UNIT | {str(reads): value + step})
            ends.append(self.mechanism.selection.direction(moved))
        return np.asarray((ends[0] - ends[1]) / (2 * STEP) * self.belief.slope_at(z))


_UNIT = {
    "confidence": np.ones(1),
    "accuracy": np.ones(1),
    "position": np.ones(1),
    "stem_chars": np.ones(1),
}
"""Items that a selection is tried on, where only the belief it reads matters."""


def _belief(mechanism: Mechanism, exams: Exams) -> Belief | None:
    """Return the belief that the selection reads, unless it is known exactly."""
    reads = mechanism.selection.reads
    if reads is None or reads not in exams.beliefs:
        return None
    if reads == "confidence" and exams.reads_stated:
        return None
    belief = exams.beliefs[reads]
    return belief if (belief.sd > 0).any() else None
