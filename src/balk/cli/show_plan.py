"""A plan as a person reads it in a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table

from balk.cli.show import asked, console

if TYPE_CHECKING:
    from balk.design.study import Study

Data = Mapping[str, Any]

MINUTE, HOUR = 60.0, 3600.0
THOUSAND, MILLION = 1e3, 1e6


def show_plan(study: "Study", told: Data) -> None:
    """Print what a study takes, what it can show, and what it leaves open."""
    console.print(asked(study))
    console.print()
    console.print(_loads(told))
    console.print(f"\n{_wall(told)}")
    _lines("Reckoned with", [*told["assumptions"], *_prices(told)])
    if told["detectable"]:
        console.print()
        console.print(_effects(told))
        console.print(_of(told["assumed"]), style="dim")
    if told["cautions"]:
        _lines("What this design leaves open", told["cautions"])


def _wall(told: Data) -> str:
    wall, flights = told["total"]["wall_seconds"], told["max_connections"]
    if wall is None:
        return (
            "Time: as long as the providers' batches take, up to a day each; an isolated exam "
            "waits for one after another."
        )
    fewer = ", or as many as a subject says" if told["own_connections"] else ""
    return f"About {_time(wall)} with {flights} calls in flight for each model{fewer}."


def _loads(told: Data) -> Table:
    table = _table("", "subject", "exams", "calls", "input", "output", "cost")
    for one in told["subjects"]:
        cost = _money(one["cost"], one["price"]["currency"]) if one["price"] else "not known"
        table.add_row(one["subject"], *_counts(one), cost)
    total = told["total"]
    if len(told["subjects"]) > 1:
        costs = [_money(cost, currency) for currency, cost in total["costs"].items()]
        known = " + ".join(costs) or "not known"
        some = any(one["price"] is None for one in told["subjects"])
        table.add_row("all", *_counts(total), f"{known} and more" if some and costs else known)
    return table


def _counts(load: Data) -> list[str]:
    return [
        str(load["n_exams"]),
        str(load["n_calls"]),
        *(_tokens(load[name]) for name in ("input_tokens", "output_tokens")),
    ]


def _prices(told: Data) -> list[str]:
    """Return where each price is from, and of which models none is known."""
    said: dict[str, None] = {}
    for one in told["subjects"]:
        price = one["price"]
        if price is None:
            continue
        cached = price["input"] if price["cached_input"] is None else price["cached_input"]
        said[
            f"{price['model']}: {price['currency']} {price['input']:g} input, {cached:g} cached, "
            f"{_write(price)}"
            f"{price['output']:g} output per million tokens{_share(price)}, {price['date']} "
            f"({price['source']})"
        ] = None
        if told["provider_batch"] and price["provider_batch"] is None:
            said[f"{price['model']}: no share for --provider-batch known; reckoned in full"] = None
    return [*said, *_unpriced(told)]


def _unpriced(told: Data) -> Iterator[str]:
    from balk.design.prices import TABLE

    models = dict.fromkeys(one["model"] for one in told["subjects"] if one["price"] is None)
    if models:
        yield (
            f"No price known of {', '.join(models)}: their cost is in no figure, and --cost-limit "
            f"is refused. To give one, copy {TABLE}, add an entry for each, with the day and the "
            "source it was read in, and say --prices COPY"
        )


def _write(price: Data) -> str:
    write = price["cache_write"]
    return "" if write is None else f"{write:g} put into the cache, "


def _share(price: Data) -> str:
    share = price["provider_batch"]
    return "" if share is None else f", {share:.0%} of that with --provider-batch"


def _effects(told: Data) -> Table:
    table = _table(
        "The smallest effects that these exams can show, per exam",
        "arm",
        "lifelines",
        "protocol",
        "exams",
        "skips",
        "points given away",
        "if none has a skip, at most",
    )
    for one in told["detectable"]:
        smallest = [
            "-" if one[name] is None else f"{one[name]:.1f}"
            for name in ("skips_per_exam", "points_per_exam")
        ]
        table.add_row(
            one["arm"] + (" (tokens)" if one["is_inert"] else ""),
            str(one["lifelines"]),
            one["protocol"],
            str(one["n_exams"]),
            *smallest,
            f"{one['share_with_skip_if_none']:.1%}",
        )
    return table


def _of(assumed: Data) -> str:
    return (
        "Found in four studies of five at the 5 % level, two arms on the same forms, exam by exam. "
        f"Assumed: {assumed['skip_rate']:.0%} of questions skipped, {assumed['accuracy']:.0%} "
        f"right, correlation within an exam {assumed['icc']:g} (--skip-rate, --accuracy, --icc). "
        "At most: exact 95 % bound on the share of exams with a skip."
    )


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title or None, title_justify="left", title_style="bold", box=None)
    table.pad_edge = False
    table.add_column(first, overflow="fold")
    for name in others:
        table.add_column(name, justify="right")
    return table


def _lines(title: str, lines: Sequence[str]) -> None:
    console.print(f"\n{title}:", style="bold")
    for line in lines:
        console.print(f"- {line}")


def _tokens(n: float) -> str:
    if n >= MILLION:
        return f"{n / MILLION:.2f} M"
    return f"{n / THOUSAND:.1f} k" if n >= THOUSAND else f"{n:.0f}"


def _money(cost: float, currency: str) -> str:
    return f"{currency} {cost:.2f}"


def _time(seconds: float) -> str:
    if seconds >= HOUR:
        return f"{seconds / HOUR:.1f} hours"
    return f"{seconds / MINUTE:.0f} minutes" if seconds >= MINUTE else f"{seconds:.0f} seconds"
