"""The named cells of the family as truths, with the ranges their parameters are drawn from.

Questions are skipped with weights ``a_i = -slope x_i + position (j - 1) + length log(chars / 200)``
for question j, where ``x`` is confidence (`threshold`, `selective_parts` and both tensions),
accuracy (`believed_penalty`) or absent. Ranges (`rational` has no sigma):

| parameter | truth | range | meaning |
| --- | --- | --- | --- |
| sigma | indiscriminate | 0.1 to 0.5 | SD of the exam effect, logits |
| sigma | threshold | 0.1 to 0.5 | the same |
| sigma | believed_penalty | 0.1 to 0.5 | the same |
| sigma | use_the_parts | 0.1 to 0.5 | the same |
| sigma | selective_parts | 0.1 to 0.5 | the same |
| sigma | tension | 0.05 to 0.3 | the same |
| sigma | relative_tension | 0.05 to 0.3 | the same |
| position | every | -0.03 to 0.03 | logits a question |
| length | every | -0.3 to 0.3 | logits a unit of log length |
| lapse | rational | 0 to 0.006 | skips a question |
| rate | indiscriminate | 0.35 to 0.6 | logistic(alpha): questions one would skip |
| rate | use_the_parts | 0.3 to 0.7 | logistic(alpha): lifelines used |
| rate | selective_parts | 0.3 to 0.7 | the same |
| threshold | threshold | 0.2 to 0.45 | alpha / slope: confidence at even odds |
| penalty | believed_penalty | 0.25 to 0.8 | lambda: alpha / (slope - alpha), in points |
| kappa | tension | 0.4 to 1.2 | logits a squared skip |
| kappa | relative_tension | 1.5 to 3 | logits a squared skip, times the lifelines offered |
| slope | threshold | 5 to 12 | logits a unit of confidence |
| slope | believed_penalty | 5 to 12 | logits a unit of accuracy |
| slope | selective_parts | 4 to 10 | logits a unit of confidence |
| slope | tension | 3 to 6 | the same |
| slope | relative_tension | 3 to 6 | the same |
| ability_mean | every | -1.2 to 0 | of the accuracies, logits |
| ability_sd | every | 1 to 1 | of the accuracies, logits |
| bias_sd | every | 0.8 to 1.6 | of belief about accuracy, logits |
| report_sd | every | 0.5 to 0.5 | of stated confidence about belief, logits |
| drift | every | 0 to 0 | logits of belief a unit of log(lifelines) |
"""

from balk.mechanisms.truths.truth import Ranges, Truth

NUISANCES: Ranges = {"position": (-0.03, 0.03), "length": (-0.3, 0.3)}
SHARED: Ranges = {"sigma": (0.1, 0.5), **NUISANCES}
TENSE: Ranges = {"sigma": (0.05, 0.3), **NUISANCES}
WORLD: Ranges = {
    "ability_mean": (-1.2, 0.0),
    "ability_sd": (1.0, 1.0),
    "bias_sd": (0.8, 1.6),
    "report_sd": (0.5, 0.5),
    "drift": (0.0, 0.0),
}

TRUTHS: dict[str, Truth] = {
    "rational": Truth("lapse", "none", {**NUISANCES, "lapse": (0.0, 0.006)}, WORLD),
    "indiscriminate": Truth("cap", "none", {**SHARED, "rate": (0.35, 0.6)}, WORLD),
    "threshold": Truth(
        "cap", "confidence", {**SHARED, "slope": (5.0, 12.0), "threshold": (0.2, 0.45)}, WORLD
    ),
    "believed_penalty": Truth(
        "cap", "accuracy", {**SHARED, "slope": (5.0, 12.0), "penalty": (0.25, 0.8)}, WORLD
    ),
    "use_the_parts": Truth("share", "none", {**SHARED, "rate": (0.3, 0.7)}, WORLD),
    "selective_parts": Truth(
        "share", "confidence", {**SHARED, "slope": (4.0, 10.0), "rate": (0.3, 0.7)}, WORLD
    ),
    "tension": Truth(
        "cost", "confidence", {**TENSE, "slope": (3.0, 6.0), "kappa": (0.4, 1.2)}, WORLD
    ),
    "relative_tension": Truth(
        "relative_cost", "confidence", {**TENSE, "slope": (3.0, 6.0), "kappa": (1.5, 3.0)}, WORLD
    ),
}
