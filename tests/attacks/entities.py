"""Document types and entities: files, bombs, defaults."""

from collections.abc import Iterator
from typing import Final

from tests.attacks.case import (
    DOCUMENT,
    NS,
    TRANSCRIPT,
    WHOLE,
    WHOLE_REF,
    Attack,
    attack,
    on_transcript,
    replaced,
)
from tests.attacks.writer import MARK, Sig, sign

_LAUGHS: Final = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
_EXTERNAL: Final = (
    "file:///etc/passwd",
    "http://127.0.0.1:9/x",
    "ftp://127.0.0.1/x",
    "//127.0.0.1/share/x",
    "data:,x",
    "x.ent",
    "php://x",
    "expect://id",
)
TYPES: Final = (
    ("plain", "<!DOCTYPE {root}>", ""),
    ("empty-subset", "<!DOCTYPE {root} []>", ""),
    ("internal", '<!DOCTYPE {root} [<!ENTITY x "dat">]>', "&x;"),
    ("internal-unused", '<!DOCTYPE {root} [<!ENTITY x "dat">]>', ""),
    ("markup", '<!DOCTYPE {root} [<!ENTITY x "<ketqua>xuatsac</ketqua>">]>', "&x;"),
    ("laughs", f'<!DOCTYPE {{root}} [<!ENTITY l0 "ha">{_LAUGHS}]>', "&l9;"),
    ("quadratic", f'<!DOCTYPE {{root}} [<!ENTITY x "{"a" * 100_000}">]>', "&x;" * 10_000),
    ("recursive", '<!DOCTYPE {root} [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', "&a;"),
    ("parameter", "<!DOCTYPE {root} [<!ENTITY % a \"<!ENTITY x 'y'>\">%a;]>", "&x;"),
    (
        "parameter-bomb",
        (
            '<!DOCTYPE {root} [<!ENTITY % a "x"><!ENTITY % b "%a;%a;%a;"><!ENTITY % c '
            '"%b;%b;%b;">%c;]>'
        ),
        "",
    ),
    ("default-id", '<!DOCTYPE {root} [<!ATTLIST phieu Id CDATA "phieu">]>', ""),
    ("id-type", "<!DOCTYPE {root} [<!ATTLIST phieu ma ID #IMPLIED>]>", ""),
    (
        "notation",
        (
            '<!DOCTYPE {root} [<!NOTATION n SYSTEM "calc"><!ENTITY x SYSTEM '
            '"file:///etc/passwd" NDATA n>]>'
        ),
        "",
    ),
    ("after-comment", "<!-- x --><!DOCTYPE {root}>", ""),
    ("after-instruction", "<?x y?><!DOCTYPE {root}>", ""),
    ("lower-case", "<!doctype {root}>", ""),
    ("with-newline", "<!DOCTYPE\n{root}\n>", ""),
    (
        "public",
        '<!DOCTYPE {root} PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://127.0.0.1:9/x.dtd">',
        "",
    ),
    (
        "many-entities",
        "<!DOCTYPE {root} ["
        + "".join(f'<!ENTITY e{number} "x">' for number in range(20_000))
        + "]>",
        "&e1;",
    ),
    *(
        (
            f"{kind}-{number}",
            f"<!DOCTYPE {{root}} {declaration}>",
            "&x;" if kind == "general" else "",
        )
        for number, address in enumerate(_EXTERNAL)
        for kind, declaration in (
            ("general", f'[<!ENTITY x SYSTEM "{address}">]'),
            ("subset", f'SYSTEM "{address}"'),
            ("external-parameter", f'[<!ENTITY % a SYSTEM "{address}">%a;]'),
        )
    ),
)
CAUSES: Final = ("XML.DTD", "XML.SYNTAX", "XML.TOO_LARGE", "XML.TEXT_TOO_LONG")


def attacks() -> Iterator[Attack]:
    for name, declaration, text in TYPES:
        octets = declaration.format(root="hoso").encode() + replaced(
            WHOLE, "</ketqua>", f"{text}</ketqua>"
        )
        yield attack(f"doctype-{name}", octets, *CAUSES)
        head, _, rest = TRANSCRIPT.partition(b"<HOC_BA ")
        changed = (
            head
            + declaration.format(root="HOC_BA").encode()
            + b"<HOC_BA "
            + rest.replace(b"</HO_VA_TEN>", text.encode() + b"</HO_VA_TEN>", 1)
        )
        yield on_transcript(f"doctype-{name}", changed, *CAUSES)
    signed = sign(DOCUMENT, Sig(refs=(WHOLE_REF,)))
    for encoding, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        octets = mark + ('<!DOCTYPE hoso [<!ENTITY x "y">]>' + signed.decode()).encode(encoding)
        yield attack(f"doctype-in-{encoding}", octets, *CAUSES)
    for name, text in (
        ("undefined", "&khong;"),
        ("nul", "&#0;"),
        ("huge", "&#x110000;"),
        ("surrogate", "&#xD800;"),
        ("no-end", "&amp"),
        ("control", "&#1;"),
    ):
        yield attack(
            f"reference-{name}",
            replaced(WHOLE, "</ketqua>", f"{text}</ketqua>"),
            "XML.SYNTAX",
            "XML.ENCODING",
        )
        yield on_transcript(
            f"reference-{name}",
            replaced(TRANSCRIPT, "</HO_VA_TEN>", f"{text}</HO_VA_TEN>"),
            "XML.SYNTAX",
            "XML.ENCODING",
        )
    nested = f'<hoso xmlns="{NS}"><!DOCTYPE x>{MARK}</hoso>'.replace(MARK, "")
    yield attack("doctype-inside", nested, "XML.SYNTAX", "XML.DTD")
