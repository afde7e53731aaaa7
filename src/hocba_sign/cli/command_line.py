"""The commands of hocba and what each takes."""

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from hocba_sign.catalogue.messages import Language
from hocba_sign.cli import arguments
from hocba_sign.cli.extract_commands import add_extract, add_verify_extract
from hocba_sign.cli.help_words import say
from hocba_sign.cli.options import (
    JSON_FORMS,
    add_careful,
    add_detached,
    add_judge,
    add_knowledge,
    add_language,
    add_lists,
    add_many_results,
    add_material,
    add_network,
    add_out,
    add_password,
    add_timeout,
    spelled_out,
)
from hocba_sign.cli.parser import PROGRAM, Parser
from hocba_sign.cli.record_commands import add_event, add_registry, add_status_list
from hocba_sign.cli.signing_commands import (
    add_complete,
    add_extend,
    add_merge,
    add_prepare,
    add_sign,
)
from hocba_sign.cli.token_commands import add_doctor, add_token_command
from hocba_sign.version import VERSION

EXAMPLES: Final = ("lop5", "lop9", "lop12")


LAYOUTS: Final = ("canonical", "kho")


CODE_LISTS: Final = ("subjects", "rule_sets", "provinces", "ethnic_groups")


FORMATS: Final = ("etsi", "siva")


PURPOSES: Final = ("any", "signing", "timestamping")


TRUST_KINDS: Final = ("root", "issuing", "government_ca", "tsa", "impostor")


TRUST_HIERARCHIES: Final = ("public", "government", "tsa")


def build_parser(language: Language) -> Parser:
    """Return the parser of the whole command line; the result's `command` names the module that
    does the work.
    """
    parser = Parser(
        language,
        prog=PROGRAM,
        description=say("PROGRAM", language),
        epilog=say("PROGRAM_END", language),
    )
    parser.add_argument(
        "--version", action="version", version=f"{PROGRAM} {VERSION}", help=say("VERSION", language)
    )
    parser.add_argument(
        "--verbose",
        dest="is_version_verbose",
        action="store_true",
        help=say("VERSION_VERBOSE", language),
    )
    add_language(parser, language)
    commands = parser.add_subparsers(
        dest="command",
        metavar="COMMAND" if language == "en" else "LỆNH",
        required=True,
        title=say("COMMANDS", language),
    )
    for name, add in _COMMANDS.items():
        key = name.upper()
        described = say(key, language)
        command = commands.add_parser(
            name,
            language=language,
            help=described,
            description=described[:1].upper() + described[1:] + ".",
            epilog=say(f"{key}_END", language),
        )
        add(command, language)
        add_language(command, language)
    return parser


def parse(arguments: Sequence[str], language: Language) -> argparse.Namespace:
    """Read the arguments; files may stand before and after the options.

    Raises: UsageError; SystemExit after help and version.
    """
    parser = build_parser(language)
    if {"--version", "--verbose"} <= set(arguments) and _COMMANDS.keys().isdisjoint(arguments):
        import_module("hocba_sign.cli.versions").run()
        parser.exit()
    given, rest = parser.parse_known_args(spelled_out(arguments))
    if given.is_version_verbose:
        parser.error("unrecognized arguments: --verbose")
    many = _MANY.get(given.command)
    if rest and (
        many is None or any(argument.startswith("-") and argument != "-" for argument in rest)
    ):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest and many is not None:
        getattr(given, many).extend(map(Path, rest))
    return given


def _add_new(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "file", nargs="?", type=arguments.path, metavar="IN", help=say("NEW_INPUT", language)
    )
    parser.add_argument("--example", choices=EXAMPLES, help=say("NEW_EXAMPLE", language))
    parser.add_argument(
        "--layout", choices=LAYOUTS, default=LAYOUTS[0], help=say("NEW_LAYOUT", language)
    )
    parser.add_argument(
        "-o", "--out", type=arguments.path, metavar="OUT.xml", help=say("OUT", language)
    )


def _add_validate(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "files",
        nargs="+",
        type=arguments.path,
        metavar="FILE",
        help=say("VALIDATE_INPUT", language),
    )
    parser.add_argument("--json", action="store_true", help=say("JSON", language))


def _add_codes(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "list", nargs="?", choices=CODE_LISTS, metavar="LIST", help=say("CODES_LIST", language)
    )
    parser.add_argument("--json", action="store_true", help=say("JSON", language))


def _add_render(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "file", type=arguments.path, metavar="FILE", help=say("RENDER_INPUT", language)
    )
    parser.add_argument("--check-url", metavar="URL", help=say("CHECK_URL", language))
    add_out(parser, language)


def _add_verify(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "files", nargs="*", type=arguments.path, metavar="FILE", help=say("VERIFY_FILES", language)
    )
    add_lists(parser, language)
    add_material(parser, language)
    add_network(parser, language)
    add_judge(parser, language)
    add_knowledge(parser, language)
    parser.add_argument("--any", action="store_true", help=say("ANY", language))
    add_careful(parser, language)
    add_detached(parser, language)
    told = parser.add_mutually_exclusive_group()
    told.add_argument(
        "--json", choices=JSON_FORMS, metavar="[=short]", help=say("JSON_SHORT", language)
    )
    told.add_argument("--format", choices=FORMATS, help=say("FORMAT", language))
    parser.add_argument(
        "--sign-report", type=arguments.path, metavar="FILE", help=say("SIGN_REPORT", language)
    )
    add_password(parser, language)
    add_many_results(parser, language)
    parser.add_argument(
        "--evidence", type=arguments.path, metavar="DIR", help=say("EVIDENCE", language)
    )


def _add_explain(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "file", type=arguments.path, metavar="FILE", help=say("EXPLAIN_FILE", language)
    )
    add_detached(parser, language)
    parser.add_argument("--json", action="store_true", help=say("JSON", language))


def _add_cert(parser: Parser, language: Language) -> None:
    actions = parser.add_subparsers(
        dest="action",
        metavar="COMMAND" if language == "en" else "LỆNH",
        required=True,
        title=say("COMMANDS", language),
    )
    words = say("CERT_VERIFY", language)
    action = actions.add_parser(
        "verify", language=language, help=words, description=words[:1].upper() + words[1:] + "."
    )
    action.add_argument(
        "file", type=arguments.path, metavar="CERT", help=say("CERT_FILE", language)
    )
    add_material(action, language)
    action.add_argument(
        "--purpose", choices=PURPOSES, default="any", help=say("CERT_PURPOSE", language)
    )
    action.add_argument(
        "--initial-policy",
        action="append",
        default=[],
        type=arguments.oid,
        metavar="OID",
        help=say("CERT_INITIAL_POLICY", language),
    )
    for option in ("explicit-policy", "inhibit-mapping", "inhibit-any"):
        key = f"CERT_{option.upper().replace('-', '_')}"
        action.add_argument(f"--{option}", action="store_true", help=say(key, language))
    add_network(action, language)
    action.add_argument("--json", action="store_true", help=say("JSON", language))
    add_language(action, language)


def _add_trust(parser: Parser, language: Language) -> None:
    actions = parser.add_subparsers(
        dest="action",
        metavar="COMMAND" if language == "en" else "LỆNH",
        required=True,
        title=say("COMMANDS", language),
    )

    def add(name: str) -> Parser:
        words = say(f"TRUST_{name.upper()}", language)
        action = actions.add_parser(
            name, language=language, help=words, description=words[:1].upper() + words[1:] + "."
        )
        action.add_argument("--json", action="store_true", help=say("JSON", language))
        add_language(action, language)
        return action

    add("list").add_argument("--kind", choices=TRUST_KINDS, help=say("TRUST_KIND", language))
    add("show").add_argument("wanted", metavar="NAME", help=say("TRUST_WANTED", language))
    imported = add("import")
    imported.add_argument(
        "files", nargs="+", type=arguments.path, metavar="FILE", help=say("TRUST_FILES", language)
    )
    imported.add_argument("--as-anchor", action="store_true", help=say("TRUST_AS_ANCHOR", language))
    imported.add_argument(
        "--stands-for",
        action="append",
        default=[],
        choices=TRUST_HIERARCHIES,
        help=say("TRUST_STANDS_FOR", language),
    )
    add("remove").add_argument("sha256", metavar="SHA256", help=say("TRUST_FINGERPRINT", language))
    add_timeout(add("update"), language, words="TIMEOUT_UPDATE")


def _add_demo(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "-o",
        "--out",
        type=arguments.path,
        default=Path("demo-out"),
        metavar="DIR",
        help=say("DEMO_OUT", language),
    )
    parser.add_argument(
        "--practice",
        type=arguments.path,
        metavar="DIR",
        help=say("DEMO_PRACTICE", language),
    )


_COMMANDS: Final[dict[str, Callable[[Parser, Language], None]]] = {
    "new": _add_new,
    "validate": _add_validate,
    "codes": _add_codes,
    "render": _add_render,
    "sign": add_sign,
    "prepare": add_prepare,
    "complete": add_complete,
    "merge": add_merge,
    "extend": add_extend,
    "verify": _add_verify,
    "explain": _add_explain,
    "extract": add_extract,
    "verify-extract": add_verify_extract,
    "cert": _add_cert,
    "trust": _add_trust,
    "event": add_event,
    "registry": add_registry,
    "status-list": add_status_list,
    "token": add_token_command,
    "demo": _add_demo,
    "doctor": add_doctor,
}


_MANY: Final = {"validate": "files", "merge": "copies", "verify": "files"}
"""Where the files of a command that takes several go."""
