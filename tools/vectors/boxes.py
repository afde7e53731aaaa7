"""Pages that say who signed the XML that they show, and where phones may ask."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from hocba_sign.ades.shown_signature import ShownSignature, shown_signatures
from hocba_sign.pades.facts.field_names import field_name
from hocba_sign.rendering.render import render
from hocba_sign.xades.transcript.read import read
from tools.vectors.case import Case
from tools.vectors.stage import SEAL, Stage

_ADDRESS, _OTHER = "https://tracuu.example.vn/hoc-ba", "https://tracuu.example.vn/hoc-vu"


def shown_cases(stage: Stage, *, sign: Callable[..., bytes]) -> Iterator[Case]:
    issued, content = stage.issued(), stage.transcript()
    right = shown_signatures(read(issued))

    def case(name: str, title: str, why: str, pages: bytes, **facts: Any) -> Case:
        seal = {"field": field_name(SEAL), "role": SEAL.role}
        return Case(
            identifier=f"pdf/{name}",
            title=title,
            why=why,
            document=sign(pages, stage.holder(SEAL), **seal),
            is_pdf=True,
            spec="ADR 0010",
            **facts,
        )

    def pages(signed: tuple[ShownSignature, ...], address: str | None = None) -> bytes:
        return render(content, issued, template="2", signed=signed, check_url=address).octets

    yield case(
        "boxes-say-who-signed",
        "The boxes of the pages say who signed the XML and when",
        "What they say follows from the attached XML",
        pages(right),
        verdict="VALID",
        twin="pdf/boxes-name-another",
    )
    yield case(
        "boxes-name-another",
        "A box of the pages names another signer than the XML has",
        "A page is what people look at",
        pages((replace(right[0], name="Nguyễn Văn Khác"), *right[1:])),
        verdict="INVALID",
        causes=("PDF.CONTENT_DIFFERS",),
        twin="pdf/boxes-say-who-signed",
    )
    yield case(
        "boxes-claim-a-stamp",
        "A box of the pages gives a claimed time for one of a time-stamp",
        "A claimed time proves nothing",
        pages((replace(right[0], is_stamped=not right[0].is_stamped), *right[1:])),
        verdict="INVALID",
        causes=("PDF.CONTENT_DIFFERS",),
        twin="pdf/boxes-say-who-signed",
    )
    yield case(
        "address-for-phones",
        "The code of the pages is a link, and the address is printed beside it",
        "Whoever signed the pages has seen it",
        pages(right, _ADDRESS),
        verdict="VALID",
        twin="pdf/another-address",
    )
    yield case(
        "another-address",
        "The file states another address than its pages print",
        "Nobody can tell where phones are sent",
        pages(right, _ADDRESS).replace(
            f"hocba-check-url={_ADDRESS}".encode(), f"hocba-check-url={_OTHER}".encode()
        ),
        verdict="INVALID",
        causes=("PDF.CONTENT_DIFFERS",),
        twin="pdf/address-for-phones",
    )
