"""How arguments are read, and how a wrong one is told."""

import argparse
from textwrap import wrap
from typing import Any, Final, NoReturn, TypeVar

from hocba_sign.catalogue.messages import Language
from hocba_sign.cli.help_words import say, translated, value_name

PROGRAM: Final = "hocba"

_Action = TypeVar("_Action", bound=argparse.Action)


class UsageError(Exception):
    """The arguments make no sense; the text is for people, in their language.

    `usage` is the usage line of the command.
    """

    def __init__(self, text: str, *, usage: str, command: str) -> None:
        super().__init__(text)
        self.usage = usage
        self.command = command


class Parser(argparse.ArgumentParser):
    """An option parser that speaks the user's language and raises instead of ending the program."""

    def __init__(self, language: Language, **settings: Any) -> None:
        super().__init__(
            add_help=False, allow_abbrev=False, formatter_class=formatter(language), **settings
        )
        self.language = language
        self._positionals.title = say("POSITIONALS", language)
        self._optionals.title = say("OPTIONS", language)
        self.add_argument("-h", "--help", action="help", help=say("HELP", language))

    def _add_action(self, action: _Action) -> _Action:
        if isinstance(action.metavar, str):
            action.metavar = value_name(action.metavar, self.language)
        return super()._add_action(action)

    def error(self, message: str) -> NoReturn:
        raise UsageError(
            translated(message, self.language), usage=self.format_usage(), command=self.prog
        )


def formatter(language: Language) -> type[argparse.HelpFormatter]:
    class Formatter(argparse.HelpFormatter):
        def add_usage(
            self, usage: object, actions: object, groups: object, prefix: str | None = None
        ) -> None:
            shown = say("USAGE", language) if prefix is None else prefix
            super().add_usage(usage, actions, groups, shown)  # type: ignore[arg-type]  # handed through as given

        def _fill_text(self, text: str, width: int, indent: str) -> str:
            lines = (line for written in text.splitlines() for line in _lines(written, width))
            return "\n".join(indent + line for line in lines)

        def _split_lines(self, text: str, width: int) -> list[str]:
            return _lines(text, width)

    return Formatter


def _lines(written: str, width: int) -> list[str]:
    """Break a line between words; an example, which begins with a blank, is left to be copied."""
    if written.startswith(" "):
        return [written]
    return wrap(written, width, break_on_hyphens=False, break_long_words=False) or [""]
