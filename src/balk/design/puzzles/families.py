"""The registry of puzzle families: a plain dict, one line each."""

from balk.design.puzzles.colourings import draw_colourings
from balk.design.puzzles.constrained_permutations import draw_constrained_permutations
from balk.design.puzzles.determinants import draw_determinants
from balk.design.puzzles.digit_counts import draw_digit_counts
from balk.design.puzzles.diophantine_counts import draw_diophantine_counts
from balk.design.puzzles.divisor_counts import draw_divisor_counts
from balk.design.puzzles.drafts import Generator
from balk.design.puzzles.ethics import draw_ethics
from balk.design.puzzles.far_recurrences import draw_far_recurrences
from balk.design.puzzles.impartial_games import draw_impartial_games
from balk.design.puzzles.lattice_paths import draw_lattice_paths
from balk.design.puzzles.modular_powers import draw_modular_powers
from balk.design.puzzles.orderings import draw_orderings
from balk.design.puzzles.partitions import draw_partitions
from balk.design.puzzles.spanning_trees import draw_spanning_trees
from balk.design.puzzles.stopping_times import draw_stopping_times
from balk.design.puzzles.tables import draw_tables
from balk.design.puzzles.tilings import draw_tilings
from balk.design.puzzles.truth_tellers import draw_truth_tellers

PUZZLES: dict[str, Generator] = {
    "colourings": draw_colourings,
    "constrained_permutations": draw_constrained_permutations,
    "determinants": draw_determinants,
    "digit_counts": draw_digit_counts,
    "diophantine_counts": draw_diophantine_counts,
    "divisor_counts": draw_divisor_counts,
    "ethics": draw_ethics,
    "far_recurrences": draw_far_recurrences,
    "impartial_games": draw_impartial_games,
    "lattice_paths": draw_lattice_paths,
    "modular_powers": draw_modular_powers,
    "orderings": draw_orderings,
    "partitions": draw_partitions,
    "spanning_trees": draw_spanning_trees,
    "stopping_times": draw_stopping_times,
    "tables": draw_tables,
    "tilings": draw_tilings,
    "truth_tellers": draw_truth_tellers,
}

APART = ("ethics", "tables")
"""Families that are asked only by name: no mathematics and logic for a strong reader."""
