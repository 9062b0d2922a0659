"""What mkdocs adds while it builds: the page of commands, from the commands themselves."""

from collections.abc import Iterator
from typing import Any

import click

from balk.cli import main

COMMANDS = "<!-- the commands -->"


def on_page_markdown(markdown: str, **_: Any) -> str:  # noqa: ANN401 -- mkdocs' signature
    """Put the commands where a page asks for them."""
    if COMMANDS not in markdown:
        return markdown
    return markdown.replace(COMMANDS, "\n".join(_commands()))


def on_post_page(output: str, **_: Any) -> str:  # noqa: ANN401 -- mkdocs' signature
    """Leave out what the theme would load from elsewhere for browsers of 2011."""
    start, end = output.find("<!--[if lt IE 9]>"), output.find("<![endif]-->")
    return output if start < 0 else output[:start] + output[end + len("<![endif]-->") :]


def _commands() -> Iterator[str]:
    for name, command in main.commands.items():
        context = click.Context(command, info_name=f"balk {name}")
        yield f"## balk {name}\n"
        yield f"```text\n{command.get_usage(context)}\n```\n"
        yield f"{_prose(command.help or '')}\n"
        yield from _options(command, context)


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    records = [
        record
        for one in command.params
        if isinstance(one, click.Option) and (record := one.get_help_record(context))
    ]
    yield "| option | meaning |\n| --- | --- |"
    for option, told in records:
        yield f"| `{option}` | {_cell(told)} |"
    yield ""


def _prose(text: str) -> str:
    """Return a command's help as Markdown; click's own mark keeps the lines after it."""
    parts = [part.strip() for part in text.split("\n\n")]
    return "\n\n".join(
        f"```text\n{_lines(part.removeprefix(chr(8)))}\n```" if part.startswith("\b") else part
        for part in parts
    )


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
