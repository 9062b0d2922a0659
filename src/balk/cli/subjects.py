"""`balk subjects`: who can be asked, and who can be asked right now."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from balk.design.panel_file import Entry, Panel
    from balk.design.subjects import Subject

NOTES_WIDTH = 96


@click.command()
@click.option(
    "--panel",
    "panels",
    multiple=True,
    metavar="NAME|FILE",
    help="A panel by name, or a YAML file of your own; again for more. Default: all that come "
    "with balk, without notes.",
)
def subjects(panels: tuple[str, ...]) -> None:
    """Show the subjects of panels: who is usable right now, and what is missing for the others.

    Names of environment variables are shown, never their values. Nothing is asked.
    """
    from balk.design.panel_file import PANELS, read_panel

    for name in panels or PANELS:
        _show(name, read_panel(name), with_notes=bool(panels))
    if not panels:
        click.echo("balk subjects --panel NAME says what each of its subjects cannot do.")


def _show(name: str, panel: "Panel", *, with_notes: bool) -> None:
    click.echo(f"{click.style(name, bold=True)}: {panel.about}")
    widths = [max(len(entry.name) for entry in panel.subjects)]
    widths.append(max(len(asked_as(entry)) for entry in panel.subjects))
    for entry in panel.subjects:
        told = f"  {entry.name:<{widths[0]}}  {asked_as(entry):<{widths[1]}}  "
        click.echo(told + state_of(entry.subject))
        if with_notes and entry.notes:
            indent = "    "
            click.echo(click.wrap_text(entry.notes, NOTES_WIDTH, indent, indent))
    click.echo()


def asked_as(entry: "Entry") -> str:
    """Return what a subject's label may hide: its model, persona and interface."""
    plain = entry.subject.but(label=None, model_args={}, temperature=1.0)
    return plain.but(reasoning_effort=None, reasoning_tokens=None).name


def state_of(subject: "Subject") -> str:
    """Return ``usable``, what is missing, or that balk cannot tell."""
    from balk.design.providers import provider_of
    from balk.elicit.readiness import lacking

    if provider_of(subject.model) is None:
        return "balk cannot tell: it does not know this provider"
    lacks = lacking(subject.model, subject.model_args)
    return f"lacks {' and '.join(lacks)}" if lacks else click.style("usable", fg="green")
