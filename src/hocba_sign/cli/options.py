"""Which commands and options there are.

Cheap to import: what a command does is loaded when it is called.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from hocba_sign.cli import arguments
from hocba_sign.cli.words import say, translated
from hocba_sign.model.event import EventKind
from hocba_sign.model.workflow import Role
from hocba_sign.report.messages import LANGUAGES, Language
from hocba_sign.version import VERSION

EXAMPLES: Final = ("lop5", "lop9", "lop12")
LAYOUTS: Final = ("canonical", "kho")
LEVELS: Final = ("B", "T")
LONG_TERM_LEVELS: Final = ("LT", "LTA")
PURPOSES: Final = ("any", "signing", "timestamping")
TRUST_KINDS: Final = ("root", "issuing", "government_ca", "tsa", "impostor")
TRUST_HIERARCHIES: Final = ("public", "government", "tsa")
PROGRAM: Final = "hocba"
OUTPUTS: Final = frozenset({"out", "html", "csv"})
"""Options that name a file or folder to be written; every other path is read."""


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
            add_help=False, allow_abbrev=False, formatter_class=_formatter(language), **settings
        )
        self.language = language
        self._positionals.title = say("POSITIONALS", language)
        self._optionals.title = say("OPTIONS", language)
        self.add_argument("-h", "--help", action="help", help=say("HELP", language))

    def error(self, message: str) -> NoReturn:
        raise UsageError(
            translated(message, self.language), usage=self.format_usage(), command=self.prog
        )


def _formatter(language: Language) -> type[argparse.HelpFormatter]:
    class Formatter(argparse.RawDescriptionHelpFormatter):
        def add_usage(
            self, usage: object, actions: object, groups: object, prefix: str | None = None
        ) -> None:
            shown = say("USAGE", language) if prefix is None else prefix
            super().add_usage(usage, actions, groups, shown)  # type: ignore[arg-type]  # handed through as given

    return Formatter


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
    _add_language(parser, language)
    commands = parser.add_subparsers(
        dest="command",
        metavar="COMMAND" if language == "en" else "LỆNH",
        required=True,
        title=say("COMMANDS", language),
    )
    for name, add in _COMMANDS.items():
        key = name.upper()
        epilog = say("SIGN_END", language) if name == "sign" else None
        described = say(key, language)
        command = commands.add_parser(
            name,
            language=language,
            help=described,
            description=described[:1].upper() + described[1:] + ".",
            epilog=epilog,
        )
        add(command, language)
        _add_language(command, language)
    return parser


def parse(arguments: Sequence[str], language: Language) -> argparse.Namespace:
    """Read the arguments; files may stand before and after the options.

    Raises: UsageError; SystemExit after help and version.
    """
    parser = build_parser(language)
    given, rest = parser.parse_known_args(list(arguments))
    many = _MANY.get(given.command)
    if rest and (
        many is None or any(argument.startswith("-") and argument != "-" for argument in rest)
    ):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest and many is not None:
        getattr(given, many).extend(map(Path, rest))
    return given


def _add_language(parser: Parser, language: Language) -> None:
    parser.add_argument("--lang", choices=LANGUAGES, default=language, help=say("LANG", language))


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


def _add_render(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "file", type=arguments.path, metavar="FILE", help=say("RENDER_INPUT", language)
    )
    _add_out(parser, language)


def _add_slot(parser: Parser, language: Language, *, words: str = "DOCUMENT") -> None:
    parser.add_argument("file", type=arguments.path, metavar="FILE", help=say(words, language))
    parser.add_argument(
        "--role", required=True, choices=[role.value for role in Role], help=say("ROLE", language)
    )
    parser.add_argument("--subject", metavar="ID", help=say("SUBJECT", language))
    parser.add_argument("--teacher", metavar="ID", help=say("TEACHER", language))
    parser.add_argument("--algorithm", metavar="NAME", help=say("ALGORITHM", language))
    parser.add_argument(
        "--roles",
        type=arguments.roles,
        default=(),
        metavar="ROLE,ROLE",
        help=say("ROLES", language),
    )


def _add_level(parser: Parser, language: Language) -> None:
    parser.add_argument("--tsa", metavar="URL", help=say("TSA", language))
    parser.add_argument("--level", choices=LEVELS, default="T", help=say("LEVEL", language))


def _add_out(parser: Parser, language: Language, *, words: str = "OUT") -> None:
    parser.add_argument(
        "-o", "--out", type=arguments.path, required=True, metavar="OUT", help=say(words, language)
    )


def _add_sign(parser: Parser, language: Language) -> None:
    _add_slot(parser, language, words="SIGN_INPUT")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--p12", type=arguments.path, metavar="FILE", help=say("P12", language))
    source.add_argument("--key", type=arguments.path, metavar="FILE", help=say("KEY", language))
    parser.add_argument(
        "--cert", type=arguments.path, metavar="FILE", help=say("SIGNER_CERT", language)
    )
    parser.add_argument(
        "--password-env",
        type=arguments.variable,
        metavar="NAME",
        help=say("PASSWORD_ENV", language),
    )
    _add_level(parser, language)
    _add_demands(parser, language)
    _add_out(parser, language, words="SIGN_OUT")
    parser.add_argument("--json", action="store_true", help=say("JSON", language))


def _add_prepare(parser: Parser, language: Language) -> None:
    _add_slot(parser, language)
    parser.add_argument(
        "--cert",
        type=arguments.path,
        required=True,
        metavar="FILE",
        help=say("SIGNER_CERT", language),
    )
    _add_demands(parser, language)
    _add_out(parser, language, words="OUT_STATE")


def _add_demands(parser: Parser, language: Language) -> None:
    """Add what a signer may say of the verifiers; `cli.demands` reads it."""
    for option, key in (("--trust", "SIGN_TRUST"), ("--crl", "SIGN_CRL")):
        parser.add_argument(
            option,
            action="append",
            default=[],
            type=arguments.path,
            metavar="PATH",
            help=say(key, language),
        )
    add_judge(parser, language)
    _add_network(parser, language, words="SIGN_OFFLINE")


def _add_complete(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "state", type=arguments.path, metavar="STATE.json", help=say("STATE", language)
    )
    value = parser.add_mutually_exclusive_group(required=True)
    value.add_argument("--value-base64", metavar="TEXT", help=say("VALUE_TEXT", language))
    value.add_argument(
        "--value", type=arguments.path, metavar="FILE", help=say("VALUE_FILE", language)
    )
    _add_level(parser, language)
    _add_out(parser, language)
    parser.add_argument("--json", action="store_true", help=say("JSON", language))


def _add_merge(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "file", type=arguments.path, metavar="TARGET", help=say("MERGE_TARGET", language)
    )
    parser.add_argument(
        "copies", nargs="+", type=arguments.path, metavar="COPY", help=say("MERGE_COPIES", language)
    )
    _add_out(parser, language)
    parser.add_argument("--json", action="store_true", help=say("JSON", language))


def _add_extend(parser: Parser, language: Language) -> None:
    parser.add_argument("file", type=arguments.path, metavar="FILE", help=say("DOCUMENT", language))
    parser.add_argument(
        "--to", required=True, choices=LONG_TERM_LEVELS, help=say("EXTEND_TO", language)
    )
    _add_material(parser, language)
    _add_network(parser, language, words="EXTEND_OFFLINE")
    parser.add_argument("--tsa", metavar="URL", help=say("EXTEND_TSA", language))
    _add_out(parser, language)
    parser.add_argument("--json", action="store_true", help=say("JSON", language))


def _add_material(parser: Parser, language: Language) -> None:
    """Add what a judgement may rest on; `cli.material` reads it."""
    for option, key in (
        ("--trust", "TRUST_PATH"),
        ("--crl", "CRL"),
        ("--ocsp", "OCSP"),
        ("--cert", "CERT_PATH"),
    ):
        parser.add_argument(
            option,
            action="append",
            default=[],
            type=arguments.path,
            metavar="PATH",
            help=say(key, language),
        )
    parser.add_argument("--at", type=arguments.moment, metavar="RFC3339", help=say("AT", language))


def _add_network(parser: Parser, language: Language, *, words: str = "OFFLINE") -> None:
    parser.add_argument("--offline", action="store_true", help=say(words, language))
    parser.add_argument(
        "--timeout",
        type=arguments.seconds,
        default=60.0,
        metavar="SECONDS",
        help=say("TIMEOUT", language),
    )
    parser.add_argument(
        "--unsafe-allow-loopback", action="store_true", help=say("UNSAFE_ALLOW_LOOPBACK", language)
    )


def add_judge(parser: Parser, language: Language) -> None:
    """Add what says by which rules and by whose word signers are judged; `cli.policy` and
    `cli.knowledge` read it.
    """
    words = say("REGISTRY_FILES", language)
    parser.add_argument(
        "--registry", action="append", default=[], type=arguments.path, metavar="PATH", help=words
    )
    _add_pin(parser, language)
    parser.add_argument(
        "--policy",
        type=arguments.policy,
        default=(),
        metavar="NAME[,NAME]|FILE",
        help=say("POLICY", language),
    )


def _add_pin(parser: Parser, language: Language) -> None:
    words = say("REGISTRY_PIN", language)
    parser.add_argument(
        "--registry-pin",
        action="append",
        default=[],
        type=arguments.sha256,
        metavar="SHA256",
        help=words,
    )


def _add_verify(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "files", nargs="+", type=arguments.path, metavar="FILE", help=say("VERIFY_FILES", language)
    )
    _add_material(parser, language)
    _add_network(parser, language)
    add_judge(parser, language)
    for option, key in (("--events", "EVENT_FILES"), ("--status-list", "STATUS_LIST_FILES")):
        parser.add_argument(
            option,
            action="append",
            default=[],
            type=arguments.path,
            metavar="PATH",
            help=say(key, language),
        )
    parser.add_argument("--any", action="store_true", help=say("ANY", language))
    _add_detached(parser, language)
    parser.add_argument("--json", action="store_true", help=say("JSON", language))
    parser.add_argument("--html", type=arguments.path, metavar="FILE", help=say("HTML", language))


def _add_explain(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "file", type=arguments.path, metavar="FILE", help=say("EXPLAIN_FILE", language)
    )
    _add_detached(parser, language)
    parser.add_argument("--json", action="store_true", help=say("JSON", language))


def _add_detached(parser: Parser, language: Language) -> None:
    metavar = "NAME=FILE" if language == "en" else "TÊN=TỆP"
    parser.add_argument(
        "--detached",
        action="append",
        default=[],
        type=arguments.named_file,
        metavar=metavar,
        help=say("DETACHED", language),
    )


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
    _add_material(action, language)
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
    _add_network(action, language)
    action.add_argument("--json", action="store_true", help=say("JSON", language))
    _add_language(action, language)


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
        _add_language(action, language)
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
    add("update")


def _add_action(actions: Any, name: str, language: Language, *, words: str) -> Parser:
    said = say(words, language)
    action: Parser = actions.add_parser(
        name, language=language, help=said, description=said[:1].upper() + said[1:] + "."
    )
    _add_language(action, language)
    return action


def _actions_of(parser: Parser, language: Language) -> Any:
    metavar = "COMMAND" if language == "en" else "LỆNH"
    return parser.add_subparsers(
        dest="action", metavar=metavar, required=True, title=say("COMMANDS", language)
    )


def _add_event(parser: Parser, language: Language) -> None:
    action = _add_action(_actions_of(parser, language), "new", language, words="EVENT_NEW")
    action.add_argument(
        "file", type=arguments.path, metavar="FILE", help=say("EVENT_TARGET", language)
    )
    action.add_argument(
        "--kind",
        required=True,
        choices=[kind.value for kind in EventKind],
        help=say("EVENT_KIND", language),
    )
    action.add_argument(
        "--reason", required=True, metavar="TEXT", help=say("EVENT_REASON", language)
    )
    action.add_argument(
        "--successor", type=arguments.path, metavar="FILE", help=say("EVENT_SUCCESSOR", language)
    )
    action.add_argument(
        "--correct",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help=say("EVENT_CORRECT", language),
    )
    action.add_argument(
        "--effective",
        type=arguments.day,
        metavar="YYYY-MM-DD",
        help=say("EVENT_EFFECTIVE", language),
    )
    for option, key in (("id", "EVENT_ID"), ("decision", "EVENT_DECISION")):
        action.add_argument(f"--{option}", metavar="TEXT", help=say(key, language))
    for option in ("name", "id", "title"):
        action.add_argument(
            f"--principal-{option}",
            metavar="TEXT",
            help=say(f"EVENT_PRINCIPAL_{option.upper()}", language),
        )
    _add_out(action, language)


def _add_registry(parser: Parser, language: Language) -> None:
    actions = _actions_of(parser, language)
    new = _add_action(actions, "new", language, words="REGISTRY_NEW")
    new.add_argument(
        "file", type=arguments.path, metavar="IN.json", help=say("REGISTRY_INPUT", language)
    )
    _add_out(new, language)
    check = _add_action(actions, "check", language, words="REGISTRY_CHECK")
    check.add_argument(
        "certificate",
        type=arguments.path,
        metavar="CERT",
        help=say("REGISTRY_CERTIFICATE", language),
    )
    check.add_argument(
        "--registry",
        action="append",
        required=True,
        type=arguments.path,
        metavar="PATH",
        help=say("REGISTRY_FILES", language),
    )
    _add_pin(check, language)
    check.add_argument(
        "--role", required=True, choices=[role.value for role in Role], help=say("ROLE", language)
    )
    check.add_argument(
        "--department", required=True, metavar="CODE", help=say("REGISTRY_DEPARTMENT", language)
    )
    check.add_argument(
        "--school", required=True, metavar="CODE", help=say("REGISTRY_SCHOOL", language)
    )
    check.add_argument(
        "--on",
        required=True,
        type=arguments.day,
        metavar="YYYY-MM-DD",
        help=say("REGISTRY_ON", language),
    )
    _add_material(check, language)
    check.add_argument("--json", action="store_true", help=say("JSON", language))


def _add_status_list(parser: Parser, language: Language) -> None:
    action = _add_action(_actions_of(parser, language), "new", language, words="STATUS_LIST_NEW")
    action.add_argument(
        "files",
        nargs="+",
        type=arguments.path,
        metavar="FILE",
        help=say("STATUS_LIST_INPUT", language),
    )
    for option, key in (
        ("id", "STATUS_LIST_ID"),
        ("department", "REGISTRY_DEPARTMENT"),
        ("issuer", "STATUS_LIST_ISSUER"),
    ):
        action.add_argument(f"--{option}", required=True, metavar="TEXT", help=say(key, language))
    action.add_argument("--tax-id", metavar="TEXT", help=say("STATUS_LIST_TAX_ID", language))
    action.add_argument(
        "--version", required=True, type=int, metavar="N", help=say("STATUS_LIST_VERSION", language)
    )
    action.add_argument(
        "--issued",
        type=arguments.day,
        metavar="YYYY-MM-DD",
        help=say("STATUS_LIST_ISSUED", language),
    )
    action.add_argument(
        "--next-update",
        required=True,
        type=arguments.day,
        metavar="YYYY-MM-DD",
        help=say("STATUS_LIST_NEXT", language),
    )
    _add_out(action, language)


def _add_demo(parser: Parser, language: Language) -> None:
    parser.add_argument(
        "-o",
        "--out",
        type=arguments.path,
        default=Path("demo-out"),
        metavar="DIR",
        help=say("DEMO_OUT", language),
    )


_COMMANDS: Final[dict[str, Callable[[Parser, Language], None]]] = {
    "new": _add_new,
    "validate": _add_validate,
    "render": _add_render,
    "sign": _add_sign,
    "prepare": _add_prepare,
    "complete": _add_complete,
    "merge": _add_merge,
    "extend": _add_extend,
    "verify": _add_verify,
    "explain": _add_explain,
    "cert": _add_cert,
    "trust": _add_trust,
    "event": _add_event,
    "registry": _add_registry,
    "status-list": _add_status_list,
    "demo": _add_demo,
}

_MANY: Final = {"validate": "files", "merge": "copies", "verify": "files"}
"""Where the files of a command that takes several go."""
