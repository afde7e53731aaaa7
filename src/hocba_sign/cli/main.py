"""The program `hocba`: arguments in, exit code out, never a traceback."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import cast

from hocba_sign.catalogue.messages import Language
from hocba_sign.cli import console
from hocba_sign.cli.command_line import parse
from hocba_sign.cli.help_words import say, spoken_language
from hocba_sign.cli.options import OUTPUTS
from hocba_sign.cli.parser import UsageError
from hocba_sign.errors import CallerError, HocbaSignError, InputError

_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code (see the contract in docs/reference/cli.md)."""
    arguments = tuple(sys.argv[1:] if argv is None else argv)
    language = spoken_language(arguments)
    console.prepare_streams()
    try:
        code = _run(arguments, language)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone; nothing may complain about that at the end of the program either.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return console.EXIT_OUTSIDE
    except KeyboardInterrupt:
        console.note(say("INTERRUPTED", language))
        return _INTERRUPTED
    return code


def _run(arguments: Sequence[str], language: Language) -> int:
    is_json = any(word.partition("=")[0] == "--json" for word in arguments)
    try:
        given = parse(arguments, language)
        if not OUTPUTS.isdisjoint(vars(given)):
            import_module("hocba_sign.cli.guard").refuse_replacing(given)
        command = cast(
            "Callable[[argparse.Namespace], int]",
            import_module(f"hocba_sign.cli.commands.{given.command.replace('-', '_')}").run,
        )
        return command(given)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else console.EXIT_VALID
    except UsageError as error:
        console.note(
            f"{error.usage}{say('ERROR', language)}: "
            f"{error}\n{say('SEE_HELP', language, command=error.command)}"
        )
        if is_json:
            console.result_json(console.failure(CallerError("CLI.USAGE"), None))
        return console.EXIT_USAGE
    except HocbaSignError as error:
        return _fail(error, language, is_json=is_json)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence: people get a sentence, never a traceback
        if os.environ.get("HOCBA_DEBUG"):
            import_module("traceback").print_exc()
        console.note(
            f"{say('ERROR', language)}: {say('INTERNAL', language, kind=type(error).__name__)}"
        )
        if is_json:
            console.result_json(console.failure(HocbaSignError("CLI.INTERNAL"), None))
        return console.EXIT_OUTSIDE


def _fail(error: HocbaSignError, language: Language, *, is_json: bool) -> int:
    console.note(f"{say('ERROR', language)}: {console.described(error, language)}")
    if isinstance(error, InputError):
        for finding in error.findings[1:]:
            console.note(f"  {console.described_finding(finding, language)}")
    if is_json:
        console.result_json(console.failure(error, None))
    if os.environ.get("HOCBA_DEBUG"):
        import_module("traceback").print_exc()
    return console.exit_code(error)
