"""The commands about documents beside a transcript: events, registries, status lists."""

from typing import Any

from hocba_sign.catalogue.messages import Language
from hocba_sign.cli import arguments
from hocba_sign.cli.help_words import say
from hocba_sign.cli.options import (
    add_language,
    add_material,
    add_out,
    add_pin,
)
from hocba_sign.cli.parser import Parser
from hocba_sign.model.codes import EventKind
from hocba_sign.model.workflow import Role


def _add_action(actions: Any, name: str, language: Language, *, words: str) -> Parser:
    said = say(words, language)
    action: Parser = actions.add_parser(
        name, language=language, help=said, description=said[:1].upper() + said[1:] + "."
    )
    add_language(action, language)
    return action


def _actions_of(parser: Parser, language: Language) -> Any:
    metavar = "COMMAND" if language == "en" else "LỆNH"
    return parser.add_subparsers(
        dest="action", metavar=metavar, required=True, title=say("COMMANDS", language)
    )


def add_event(parser: Parser, language: Language) -> None:
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
    add_out(action, language)


def add_registry(parser: Parser, language: Language) -> None:
    actions = _actions_of(parser, language)
    new = _add_action(actions, "new", language, words="REGISTRY_NEW")
    new.add_argument(
        "file", type=arguments.path, metavar="IN.json", help=say("REGISTRY_INPUT", language)
    )
    add_out(new, language)
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
    add_pin(check, language)
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
    add_material(check, language)
    check.add_argument("--json", action="store_true", help=say("JSON", language))


def add_status_list(parser: Parser, language: Language) -> None:
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
    add_out(action, language)
