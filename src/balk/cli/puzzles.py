"""`balk puzzles`: see or export puzzles."""

import click


@click.command()
@click.option(
    "--family", "families", multiple=True, metavar="F", help="Name of a family; again for more."
)
@click.option(
    "--level", default="5", show_default=True, metavar="1-5", help="A level, or levels such as 3-5."
)
@click.option("--n", type=int, default=5, show_default=True, help="How many.")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same puzzles.")
@click.option("--keys", is_flag=True, help="With keys and distractors.")
@click.option("--list", "is_list", is_flag=True, help="List the families instead.")
def puzzles(
    families: tuple[str, ...], level: str, n: int, seed: int, *, keys: bool, is_list: bool
) -> None:
    """Write puzzles as JSON lines."""
    from balk.design.doses import read_levels
    from balk.design.puzzles.bank import make_puzzles
    from balk.design.puzzles.families import PUZZLES
    from balk.design.sources import puzzle_line

    if is_list:
        click.echo("\n".join(PUZZLES))
        return
    for puzzle in make_puzzles(n, seed, read_levels(level), families):
        click.echo(puzzle_line(puzzle, with_keys=keys))
