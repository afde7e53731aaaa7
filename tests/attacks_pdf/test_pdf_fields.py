"""What a signature's revision may bring into its field, its picture and the file: every key by
name, and nothing else is ever VALID.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic

from hocba_sign.operations.verifier import Verifier
from hocba_sign.pades.engine.widgets import KEYS
from hocba_sign.pades.write_pdf import engine
from hocba_sign.report.report import Report
from hocba_sign.testing import Identity
from hocba_sign.validation.verdict import Verdict
from tests.attacks_pdf.test_pdf_attacks import once_with_permission
from tests.support.pdf import NAME, page, page_of, revised, signed
from tests.support.pdf_tools import Box, signed_by_pyhanko
from tests.support.scene import JUDGED_AT, SIGNED_AT, Scene, causes

SCENE = Scene()
FREE: Box = (72, 100, 272, 150)
D, A, N, T = (
    generic.DictionaryObject,
    generic.ArrayObject,
    generic.NumberObject,
    generic.TextStringObject,
)


@cache
def teacher() -> Identity:
    return SCENE.world.person("Trần Thị Hồng Nhung", "048181004217")


@cache
def principal() -> Identity:
    return SCENE.world.person("Lê Quang Vinh", "048181004218")


@cache
def once() -> bytes:
    return signed(page_of(), teacher(), at=SIGNED_AT)


def judged(octets: bytes) -> Report:
    return Verifier(trust=SCENE.trust, evidence=SCENE.evidence()).verify_any(octets, at=JUDGED_AT)


def dictionary(**entries: Any) -> generic.DictionaryObject:
    return D({NAME(f"/{key}"): value for key, value in entries.items()})


def script() -> generic.DictionaryObject:
    return dictionary(S=NAME("/JavaScript"), JS=T("this.close()"))


def layer(writer: Any) -> Any:
    return writer.add_object(dictionary(Type=NAME("/OCG"), Name=T("x")))


def widget_of(writer: Any) -> Any:
    return writer.root["/AcroForm"]["/Fields"][-1]


def picture(writer: Any, **entries: Any) -> generic.StreamObject:
    form = generic.StreamObject(
        {
            NAME("/Type"): NAME("/XObject"),
            NAME("/Subtype"): NAME("/Form"),
            NAME("/BBox"): A(map(N, (0, 0, 200, 50))),
            **{NAME(f"/{key}"): value for key, value in entries.items()},
        },
        stream_data=b"0 0 50 50 re f",
    )
    widget_of(writer)[NAME("/AP")] = dictionary(N=writer.add_object(form))
    return form


def second(change: Callable[[Any], None], *, box: Box | None = FREE) -> bytes:
    """Let another program sign after the first signer, with `change` in the same revision."""

    def besides(writer: Any) -> None:
        picture(writer)
        change(writer)

    return signed_by_pyhanko(
        once(), principal(), field="Sig2", at=SIGNED_AT, box=box, besides=besides, has_stamp=False
    )


def put(**entries: Any) -> Callable[[Any], None]:
    return lambda writer: widget_of(writer).update(
        {NAME(f"/{key}"): value for key, value in entries.items()}
    )


# What real tools write: pyHanko, iText, PDFBox and DSS, Acrobat.

HONEST: dict[str, Callable[[Any], None]] = {
    "nothing more": lambda _: None,
    "a picture as iText draws it": lambda writer: void(
        picture(writer, FormType=N(1), Matrix=A(map(N, (1, 0, 0, 1, 0, 0))), Resources=D())
    ),
    "locked as iText does": put(F=N(132)),
    "as Acrobat does": put(F=N(132), MK=D(), DA=T("/MyriadPro-Regular 0 Tf 0 Tz 0 g")),
    "not turned": put(MK=dictionary(R=N(0))),
    "no line around": put(BS=dictionary(W=N(0)), Border=A(map(N, (0, 0, 0)))),
    "with a label, a name and a date": put(TU=T("Chữ ký"), NM=T("1"), M=T("D:20260601")),
    "with an image": lambda writer: void(
        picture(
            writer,
            Resources=dictionary(
                XObject=dictionary(
                    I=writer.add_object(
                        generic.StreamObject(
                            {
                                NAME("/Type"): NAME("/XObject"),
                                NAME("/Subtype"): NAME("/Image"),
                                NAME("/Width"): N(1),
                                NAME("/Height"): N(1),
                                NAME("/ColorSpace"): NAME("/DeviceGray"),
                                NAME("/BitsPerComponent"): N(8),
                            },
                            stream_data=b"\0",
                        )
                    )
                )
            ),
        )
    ),
}


def void(_: object) -> None:
    """Take a value that is of no more use."""


@pytest.mark.parametrize("change", HONEST.values(), ids=HONEST)
def test_what_honest_tools_write(change: Callable[[Any], None]) -> None:
    report = judged(second(change))
    assert report.verdict is Verdict.VALID, causes(report)


# What runs, hides, or is shown to some only.

RUNNING: dict[str, Callable[[Any], None]] = {
    "an action": put(A=script()),
    "actions on events": put(AA=dictionary(E=script())),
    "a layer": lambda writer: put(OC=layer(writer))(writer),
    **{f"flag {flag}": put(F=N(4 | flag)) for flag in (1, 2, 32, 256)},
    "a layer on the picture": lambda writer: void(picture(writer, OC=layer(writer))),
    "a layer in the picture": lambda writer: void(
        picture(writer, Resources=dictionary(Properties=dictionary(L=layer(writer))))
    ),
    "a picture by reference": lambda writer: void(
        picture(writer, Ref=dictionary(F=T("http://example.org/x.pdf"), Page=N(0)))
    ),
    "a picture for another printer": lambda writer: void(picture(writer, OPI=D())),
    "PostScript in the picture": lambda writer: void(
        picture(writer, PS=generic.StreamObject(stream_data=b"showpage"))
    ),
}


@pytest.mark.parametrize("change", RUNNING.values(), ids=RUNNING)
def test_what_runs_or_hides_is_proof(change: Callable[[Any], None]) -> None:
    report = judged(second(change))
    assert report.verdict is Verdict.INVALID
    assert "PDF.CHANGED" in causes(report)


UNKNOWN: dict[str, Callable[[Any], None]] = {
    "a background": put(MK=dictionary(BG=A(map(N, (1, 1, 1))))),
    "a caption": put(MK=dictionary(CA=T("10"))),
    "an icon": lambda writer: put(
        MK=dictionary(I=writer.add_object(generic.StreamObject(stream_data=b"")))
    )(writer),
    "a line around": put(BS=dictionary(W=N(900))),
    "a wide border": put(Border=A(map(N, (0, 0, 900)))),
    "an effect": put(BE=dictionary(S=NAME("/C"), I=N(2))),
    "a picture while pressed": lambda writer: put(
        AP=dictionary(
            N=widget_of(writer)["/AP"].raw_get("/N"), D=widget_of(writer)["/AP"].raw_get("/N")
        )
    )(writer),
    "pictures by state": lambda writer: put(
        AP=dictionary(N=dictionary(On=widget_of(writer)["/AP"].raw_get("/N"))), AS=NAME("/On")
    )(writer),
    "a text of its own": put(Contents=T("Toán 10,0")),
    "files of its own": put(AF=A()),
    "a flag nobody knows": put(F=N(4 | 1 << 20)),
    "not to be turned": put(F=N(4 | 16)),
    "another stream": lambda writer: void(picture(writer, Foo=N(1))),
}


@pytest.mark.parametrize("change", UNKNOWN.values(), ids=UNKNOWN)
def test_what_nobody_knows_to_be_harmless_is_never_valid(change: Callable[[Any], None]) -> None:
    report = judged(second(change))
    assert report.verdict is not Verdict.VALID
    assert {"PDF.CHANGED", "PDF.CHANGE_UNKNOWN"} & causes(report)


VALUES = st.sampled_from(
    [
        N(1),
        T("Toán 10,0"),
        NAME("/Toggle"),
        generic.BooleanObject(True),
        A([N(0)]),
        D(),
        script(),
        generic.NullObject(),
    ]
)
NAMES = st.from_regex(r"/[A-Z][A-Za-z]{0,8}", fullmatch=True)


@settings(max_examples=40)
@given(key=NAMES.filter(lambda key: key not in KEYS), value=VALUES)
def test_no_other_key_of_a_field_is_valid(key: str, value: Any) -> None:
    report = judged(second(put(**{key[1:]: value})))
    assert report.verdict is not Verdict.VALID, (key, value)


@settings(max_examples=40)
@given(
    holder=st.sampled_from(("catalog", "form", "page", "pages", "names", "trailer resources")),
    key=NAMES.filter(
        lambda key: (
            key
            not in {
                "/AcroForm",
                "/Fields",
                "/SigFlags",
                "/Annots",
                "/DSS",
                "/Version",
                "/Extensions",
            }
        )
    ),
    value=VALUES.filter(lambda value: not isinstance(value, generic.NullObject)),
)
def test_no_other_key_of_a_dictionary_that_is_written_again_is_valid(
    holder: str, key: str, value: Any
) -> None:
    def change(writer: Any) -> None:
        held = {
            "catalog": writer.root,
            "form": writer.root["/AcroForm"],
            "page": page(writer),
            "pages": writer.root["/Pages"],
            "names": writer.root,
            "trailer resources": page(writer)["/Resources"],
        }[holder]
        if holder == "names":
            held[NAME("/Names")] = dictionary(**{key[1:]: value})
        else:
            held[NAME(key)] = value
        writer.update_container(held)

    if holder == "catalog" and key in {"/MarkInfo", "/Metadata"}:
        return
    if holder == "form" and key in {"/DR", "/DA", "/Q"}:
        return
    for octets in (revised(once(), change), second(change)):
        report = judged(octets)
        assert report.verdict is not Verdict.VALID, (holder, key, value)


# Further ways to show something else than what was signed.


def need_appearances(writer: Any) -> None:
    writer.root["/AcroForm"][NAME("/NeedAppearances")] = generic.BooleanObject(True)
    writer.update_container(writer.root["/AcroForm"])


def xfa(writer: Any) -> None:
    writer.root["/AcroForm"][NAME("/XFA")] = writer.add_object(
        generic.StreamObject(stream_data=b"<xdp/>")
    )
    writer.update_container(writer.root["/AcroForm"])


def layers(writer: Any) -> None:
    usage = dictionary(Event=NAME("/Print"), Category=A([NAME("/Print")]), OCGs=A([layer(writer)]))
    writer.root[NAME("/OCProperties")] = dictionary(
        OCGs=A([layer(writer)]), D=dictionary(AS=A([usage]))
    )
    writer.update_root()


def attach(writer: Any) -> None:
    stream = writer.add_object(
        generic.StreamObject({NAME("/Type"): NAME("/EmbeddedFile")}, stream_data=b"<HOC_BA/>")
    )
    name = writer.add_object(
        dictionary(Type=NAME("/Filespec"), F=T("hocba.xml"), EF=dictionary(F=stream))
    )
    writer.root[NAME("/Names")] = dictionary(
        EmbeddedFiles=dictionary(Names=A([T("hocba.xml"), name]))
    )
    writer.update_root()


def labels(writer: Any) -> None:
    writer.root[NAME("/PageLabels")] = dictionary(Nums=A([N(0), dictionary(P=T("Toán 10,0"))]))
    writer.update_root()


def turn(writer: Any) -> None:
    page(writer)[NAME("/Rotate")] = N(90)
    writer.update_container(page(writer))


def crop(writer: Any) -> None:
    page(writer)[NAME("/CropBox")] = A(map(N, (0, 0, 595, 600)))
    writer.update_container(page(writer))


def scale(writer: Any) -> None:
    page(writer)[NAME("/UserUnit")] = N(3)
    writer.update_container(page(writer))


def act_on_page(writer: Any) -> None:
    page(writer)[NAME("/AA")] = dictionary(O=script())
    writer.update_container(page(writer))


def other_font(writer: Any) -> None:
    page(writer)["/Resources"]["/Font"][NAME("/F1")] = writer.add_object(
        dictionary(Type=NAME("/Font"), Subtype=NAME("/Type1"), BaseFont=NAME("/ZapfDingbats"))
    )
    writer.update_container(page(writer)["/Resources"]["/Font"])


def popup_in_the_list(writer: Any) -> None:
    popup = writer.add_object(
        dictionary(
            Type=NAME("/Annot"),
            Subtype=NAME("/Popup"),
            Rect=A(map(N, (60, 690, 300, 730))),
            Contents=T("10"),
        )
    )
    page(writer)["/Annots"].append(popup)
    writer.update_container(page(writer)["/Annots"])


def first_picture(writer: Any) -> None:
    """Return the first signature's field, which showed nothing, a picture."""
    held = writer.root["/AcroForm"]["/Fields"][0]
    form = generic.StreamObject(
        {NAME("/Subtype"): NAME("/Form"), NAME("/BBox"): A(map(N, (0, 0, 1, 1)))},
        stream_data=b"0 0 1 1 re f",
    )
    held[NAME("/AP")] = dictionary(N=writer.add_object(form))
    held[NAME("/Rect")] = A(map(N, (60, 690, 300, 730)))
    writer.update_container(held)


WAYS = (
    *(
        need_appearances,
        xfa,
        layers,
        attach,
        labels,
        turn,
        crop,
        scale,
        act_on_page,
        other_font,
        popup_in_the_list,
        first_picture,
    ),
)


@pytest.mark.parametrize("change", WAYS, ids=lambda change: change.__name__)
@pytest.mark.parametrize("is_signed", [True, False], ids=["signed by another", "signed by nobody"])
def test_other_ways_to_show_something_else(
    change: Callable[[Any], None], *, is_signed: bool
) -> None:
    if (change is popup_in_the_list and not is_signed) or (
        change is need_appearances and is_signed
    ):
        pytest.skip("there is no list of annotations yet, or the tool takes it back")
    report = judged(second(change) if is_signed else revised(once(), change))
    assert report.verdict is Verdict.INVALID, causes(report)
    assert "PDF.CHANGED" in causes(report)


def test_long_term_data_shared_with_the_page() -> None:
    """An object of the evidence that the page uses too is no evidence when it is written again."""
    shared = page_of(catalog="/DSS << /Certs [4 0 R] >>")
    octets = signed(shared, teacher(), at=SIGNED_AT)

    def change(writer: Any) -> None:
        writer.objects[0, 4] = generic.StreamObject(
            stream_data=b"BT /F1 24 Tf 72 700 Td (Diem Toan: 10) Tj ET"
        )

    report = judged(revised(octets, change))
    assert report.verdict is Verdict.INVALID
    assert "PDF.CHANGED" in causes(report)


def test_long_term_data_of_its_own_may_be_written_again() -> None:
    """The twin: the same object, used by nothing but the evidence."""
    octets = signed(
        page_of(
            catalog="/DSS << /Certs [7 0 R] >>",
            objects=("<< /Length 3 >>\nstream\nabc\nendstream",),
        ),
        teacher(),
        at=SIGNED_AT,
    )

    def change(writer: Any) -> None:
        writer.objects[0, 7] = generic.StreamObject(stream_data=b"abcd")

    assert judged(revised(octets, change)).verdict is Verdict.VALID


# Objects that a picture shares with the page.


def prepared(drawing: str = "") -> bytes:
    """A page that draws the very form which an empty field shows, signed once."""
    form = (
        "<< /Type /XObject /Subtype /Form /BBox [0 0 200 50] /Length 14 >>\nstream\n0 0 "
        "50 50 re f\nendstream"
    )
    field = (
        "<< /FT /Sig /T (Sig2) /Type /Annot /Subtype /Widget /F 4 /Rect [72 100 272 "
        "150] /P 3 0 R /AP << /N 7 0 R >> >>"
    )
    made = page_of(
        extra="/Annots [8 0 R]",
        objects=(form, field),
        catalog=" /AcroForm << /Fields [8 0 R] /SigFlags 3 >>",
        drawing=drawing,
        resources=" /XObject << /X 7 0 R >>",
    )
    return signed(made, teacher(), at=SIGNED_AT)


def redraw(writer: Any) -> None:
    writer.objects[0, 7] = generic.StreamObject(
        {
            NAME("/Type"): NAME("/XObject"),
            NAME("/Subtype"): NAME("/Form"),
            NAME("/BBox"): A(map(N, (0, 0, 200, 50))),
        },
        stream_data=b"0 0 200 50 re f",
    )


def test_a_picture_that_the_page_draws_too() -> None:
    """The second signer redraws the field's picture in place; the page would show it as well."""
    report = judged(
        signed_by_pyhanko(
            prepared(" /X Do"),
            principal(),
            field="Sig2",
            at=SIGNED_AT,
            is_new=False,
            has_stamp=False,
            besides=redraw,
        )
    )
    assert report.verdict is not Verdict.VALID
    assert {"PDF.CHANGED", "PDF.CHANGE_UNKNOWN"} & causes(report)


def nested(levels: int = 12, each: int = 20) -> bytes:
    """A page whose form draws another one so many times, which does the same."""
    forms = [
        f"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X "
        f"{number} 0 R >> >>"
        f" /Length {6 * each} >>\nstream\n{'/X Do ' * each}\nendstream"
        for number in range(8, 8 + levels)
    ]
    last = "<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Length 1 >>\nstream\nf\nendstream"
    return page_of(drawing=" /X Do", objects=(*forms, last), resources=" /XObject << /X 7 0 R >>")


def test_pages_that_take_forever_are_unproven() -> None:
    first = signed(nested(), teacher(), at=SIGNED_AT)
    started = time.monotonic()
    report = judged(
        signed(first, principal(), field="Sig2", at=SIGNED_AT, box=(72.0, 100.0, 272.0, 150.0))
    )
    assert time.monotonic() - started < 20
    assert report.verdict is Verdict.INDETERMINATE
    assert "PDF.PAGE_LIMIT" in causes(report)


def test_pages_that_take_little_are_looked_at() -> None:
    """The twin, of two levels."""
    first = signed(nested(2, 3), teacher(), at=SIGNED_AT)
    assert (
        judged(
            signed(first, principal(), field="Sig2", at=SIGNED_AT, box=(72.0, 100.0, 272.0, 150.0))
        ).verdict
        is Verdict.VALID
    )


# A signature that permits no changes, and what tools write when they keep the file.


def dated(writer: Any, **entries: Any) -> None:
    information = writer.trailer["/Info"]
    information[NAME("/ModDate")] = T("D:20260602100000+07'00'")
    information[NAME("/Producer")] = T("iText; modified using iText")
    information.update({NAME(f"/{key}"): value for key, value in entries.items()})
    writer.update_container(information)
    writer.root[NAME("/DSS")] = writer.add_object(
        dictionary(Certs=A([writer.add_object(generic.StreamObject(stream_data=b"0"))]))
    )
    writer.update_root()


@cache
def closed() -> bytes:
    return once_with_permission(1)


def test_long_term_data_with_a_date_after_a_closing_signature() -> None:
    report = judged(revised(closed(), dated))
    assert report.verdict is Verdict.VALID, causes(report)


def titled(writer: Any) -> None:
    dated(writer, Title=T("Toán 10,0"))


def dated_alone(writer: Any) -> None:
    writer.trailer["/Info"][NAME("/ModDate")] = T("D:20260602100000+07'00'")
    writer.update_container(writer.trailer["/Info"])


@pytest.mark.parametrize("change", [titled, dated_alone])
def test_more_than_a_date_after_a_closing_signature(change: Callable[[Any], None]) -> None:
    report = judged(revised(closed(), change))
    assert report.verdict is Verdict.INVALID
    assert "PDF.NOT_PERMITTED" in causes(report)


# White space behind the end.


@pytest.mark.parametrize(
    "octets", [b" " * 2_000, b"\0" * 5_000, b"\r\n" * 700, b"\0 \n" * 100_000], ids=len
)
@pytest.mark.parametrize("is_covered", [True, False])
def test_white_space_behind_the_end(octets: bytes, *, is_covered: bool) -> None:
    """Some tools fill a file up to whole blocks, before or after it is signed."""
    if is_covered:
        report = judged(
            signed(
                signed(page_of() + octets, teacher(), at=SIGNED_AT) + octets,
                principal(),
                field="Sig2",
                at=SIGNED_AT,
            )
        )
    else:
        report = judged(once() + octets)
    assert report.verdict is Verdict.VALID, causes(report)


def test_anything_else_among_white_space() -> None:
    report = judged(once() + b" " * 2_000 + b"x" + b" " * 2_000)
    assert report.verdict is not Verdict.VALID


def test_the_engine_signs_a_padded_file() -> None:
    assert engine().read_form(page_of() + b"\0" * 3_000).pages == ((595.0, 842.0),)
