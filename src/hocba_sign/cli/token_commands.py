"""The commands about tokens and about this machine."""

from pathlib import Path

from hocba_sign.catalogue.messages import Language
from hocba_sign.cli import arguments
from hocba_sign.cli.help_words import say
from hocba_sign.cli.options import add_driver, add_language, add_network, add_token
from hocba_sign.cli.parser import Parser
from hocba_sign.model.workflow import Role


def add_token_command(parser: Parser, language: Language) -> None:
    actions = parser.add_subparsers(
        dest="action",
        metavar="COMMAND" if language == "en" else "LỆNH",
        required=True,
        title=say("COMMANDS", language),
    )
    for name in ("list", "check"):
        words = say(f"TOKEN_{name.upper()}", language)
        action = actions.add_parser(
            name, language=language, help=words, description=words[:1].upper() + words[1:] + "."
        )
        add_driver(action, language, is_required=True)
        action.add_argument("--json", action="store_true", help=say("JSON", language))
        add_language(action, language)


def add_doctor(parser: Parser, language: Language) -> None:
    add_driver(parser, language)
    parser.add_argument(
        "--cert", type=arguments.path, metavar="FILE", help=say("SIGNER_CERT", language)
    )
    add_token(parser, language, has_pin=False)
    parser.add_argument(
        "--role", choices=[role.value for role in Role], help=say("DOCTOR_ROLE_OPTION", language)
    )
    parser.add_argument("--tsa", metavar="URL", help=say("TSA", language))
    parser.add_argument(
        "--folder",
        type=arguments.path,
        default=Path(),
        metavar="DIR",
        help=say("DOCTOR_FOLDER_OPTION", language),
    )
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        type=arguments.path,
        metavar="PATH",
        help=say("TRUST_PATH", language),
    )
    add_network(parser, language)
    parser.add_argument("--json", action="store_true", help=say("JSON", language))
