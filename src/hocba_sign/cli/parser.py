"""How arguments are read, and how a wrong one is told."""

import argparse
from typing import Any, Final, NoReturn

from hocba_sign.catalogue.messages import Language
from hocba_sign.cli.help_words import say, translated

PROGRAM: Final = "hocba"


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

    def error(self, message: str) -> NoReturn:
        raise UsageError(
            translated(message, self.language), usage=self.format_usage(), command=self.prog
        )


def formatter(language: Language) -> type[argparse.HelpFormatter]:
    class Formatter(argparse.RawDescriptionHelpFormatter):
        def add_usage(
            self, usage: object, actions: object, groups: object, prefix: str | None = None
        ) -> None:
            shown = say("USAGE", language) if prefix is None else prefix
            super().add_usage(usage, actions, groups, shown)  # type: ignore[arg-type]  # handed through as given

    return Formatter
