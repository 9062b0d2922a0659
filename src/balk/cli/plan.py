"""`balk plan`: what a study takes and what it can show, before anything is asked."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from balk.cli.asked import chosen_study, study_options
from balk.cli.out import check_file

if TYPE_CHECKING:
    from balk.design.rates import Rates
    from balk.design.study import Study


@click.command()
@study_options
@click.option(
    "--tokenizer",
    metavar="WHAT",
    help="What counts tokens: characters per token (default 3.2, or what the pilot measured), "
    "tiktoken:NAME, or the path of a tokenizer.json.",
)
@click.option(
    "--message-tokens",
    type=click.FloatRange(0),
    help="Tokens that the provider's frame adds to each chat message. Default: 4.",
)
@click.option(
    "--pilot",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of a run, or of its logs, whose replies and times are taken.",
)
@click.option(
    "--prices",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Table of prices to use instead of balk's.",
)
@click.option(
    "--cached-share",
    type=click.FloatRange(0, 1),
    help="Share of real-time input that the provider bills as cached. Default: 0.",
)
@click.option(
    "--icc",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="Correlation of two questions of one exam that is assumed.",
)
@click.option(
    "--skip-rate",
    type=click.FloatRange(0, 1),
    default=0.15,
    show_default=True,
    help="Share of questions skipped that is assumed.",
)
@click.option(
    "--accuracy",
    type=click.FloatRange(0, 1),
    default=0.15,
    show_default=True,
    help="Share of questions got right without lifelines that is assumed.",
)
@click.option(
    "--bound",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Share of exams with a skip that a subject who never skips is to be shown to be below.",
)
@click.option(
    "--lock", "is_lock", is_flag=True, help="Write down what the study commits itself to."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("study.lock.json"),
    show_default=True,
    help="Where the lock goes.",
)
@click.option("--json", "is_json", is_flag=True, help="Write the plan as JSON.")
@click.pass_context
def plan(ctx: click.Context, /, *, is_lock: bool, is_json: bool, out: Path, **_: Any) -> None:  # noqa: ANN401 -- read from the context
    """Say what a study takes and what it can show. Asks nothing.

    STUDY.yaml and the options are those of `balk run`. Calls are exact, as long as none has to be
    repeated; whatever else is assumed is told.
    """
    from balk.cli.show_plan import show_plan

    study = chosen_study(ctx)
    told = describe(study, **ctx.params)
    if is_json:
        click.echo(json.dumps(told, indent=1))
    else:
        show_plan(study, told)
    if is_lock:
        _lock(study, out, is_quiet=is_json)


def describe(  # noqa: PLR0913 -- the options of a command line
    study: "Study",
    *,
    max_connections: int,
    provider_batch: bool = False,
    prices: Path | None = None,
    bound: float | None = None,
    icc: float = 0.1,
    skip_rate: float = 0.15,
    accuracy: float = 0.15,
    **how: Any,  # noqa: ANN401 -- see `_rates`
) -> dict[str, Any]:
    """Return the plan of a study as JSON data.

    Raises
    ------
    StudyError
        If a table of prices, a tokenizer or a pilot cannot be read, or the provider's batch mode
        is asked for where there is none.
    """
    from balk.cli.plan_data import plan_data
    from balk.design.plan import make_plan
    from balk.design.prices import read_prices
    from balk.design.provider_batch import check_provider_batch
    from balk.measure.detectable import Assumed

    if provider_batch:
        check_provider_batch(study)
    rates, otherwise = _rates(**how)
    made = make_plan(
        study,
        rates=rates,
        otherwise=otherwise,
        prices=read_prices(prices),
        max_connections=max_connections,
        is_provider_batch=provider_batch,
    )
    assumed = Assumed(icc, skip_rate, accuracy)
    return plan_data(study, made, assumed, bound=bound, max_connections=max_connections)


def _rates(
    *,
    pilot: Path | None = None,
    tokenizer: str | None = None,
    message_tokens: float | None = None,
    cached_share: float | None = None,
    **_: Any,  # noqa: ANN401 -- options that say something else
) -> "tuple[dict[str, Rates], Rates]":
    """Return the rates by subject, and those of all others."""
    from balk.design.rates import Rates
    from balk.design.token_counts import read_tokenizer

    rates, otherwise = {}, Rates()
    if pilot:
        from balk.elicit.pilot import pooled, read_pilot

        rates = read_pilot(pilot)
        otherwise = pooled(rates)

    def changed(one: Rates) -> Rates:
        if tokenizer:
            one = replace(one, tokens=read_tokenizer(tokenizer), message_tokens=4.0)
        if message_tokens is not None:
            one = replace(one, message_tokens=message_tokens)
        if cached_share is not None:
            put = min(one.written["realtime"], 1 - cached_share)
            one = replace(
                one,
                cached={**one.cached, "realtime": cached_share},
                written={**one.written, "realtime": put},
            )
        return one

    return {name: changed(one) for name, one in rates.items()}, changed(otherwise)


def _lock(study: "Study", out: Path, *, is_quiet: bool) -> None:
    """Write the lock of a study; one that says something else is left alone."""
    from balk.design.lock import lock_hash, make_lock, read_lock
    from balk.measure.parse import PARSER_VERSION

    check_file(out)
    lock = make_lock(study, PARSER_VERSION)
    hashed = lock_hash(lock)
    if out.exists() and lock_hash(read_lock(out)) != hashed:
        raise click.UsageError(
            f"{out} holds another lock, {lock_hash(read_lock(out))}; give another --out, or remove "
            "it if nothing was asked under it"
        )
    out.write_text(json.dumps(lock, indent=1, sort_keys=True) + "\n")
    if is_quiet:
        return
    click.echo(f"\nLocked as {hashed} in {out}; ask it with: balk run ... --lock {out}")
    if alone := lock["without_contrast"]:
        click.echo("Asked, and in none of the locked contrasts:")
        click.echo("\n".join(f"- {said}" for said in alone))
