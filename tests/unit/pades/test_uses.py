"""What reading a PDF rests on, against pyHanko's own slower way to the same: paths to objects, long
strings, old versions.
"""

from io import BytesIO
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter

from hocba_sign.errors import InputError
from hocba_sign.pades.engine import bounded_document as engine
from hocba_sign.pades.engine.bounded_document import ReadRevision, open_document
from hocba_sign.pades.engine.pyhanko_reading import read_facts
from tests.support.pdf import NAME, page, page_of, revised

OBJECTS: Any = generic
WRITER: Any = PdfFileWriter
SLOWLY: Any = HistoricalResolver._load_reverse_xref_cache

TREE = (
    "<< /Type /StructTreeRoot /K [8 0 R] /ParentTree << /Nums [0 [9 0 R]] >> >>",
    (
        "<< /Type /StructElem /S /Document /P 7 0 R /K [9 0 R << /S /Form /P 8 0 R /K << /Type "
        "/OBJR /Obj 10 0 R /Pg 3 0 R >> >>] >>"
    ),
    "<< /S /P /P 8 0 R /Pg 3 0 R /K [0 << /Type /MCR /Pg 3 0 R >>] >>",
    "<< /Type /Annot /Subtype /Link /P 3 0 R /Dest [3 0 R /Fit] /Next 11 0 R >>",
    "<< /Prev 10 0 R /Parent 3 0 R /Far 99 0 R /Elem 9 0 R >>",
)


def tagged(octets: bytes) -> bytes:
    def tag(writer: Any) -> None:
        writer.root[NAME("/StructTreeRoot")] = OBJECTS.IndirectObject(7, 0, writer)
        writer.update_root()

    return revised(octets, tag)


def with_tree() -> bytes:
    def change(writer: Any) -> None:
        added = writer.add_object(
            OBJECTS.DictionaryObject({NAME("/Up"): OBJECTS.IndirectObject(3, 0, writer)})
        )
        page(writer)["/Annots"].append(added)
        writer.update_container(page(writer)["/Annots"])

    return revised(tagged(page_of(extra="/Annots [10 0 R]", objects=TREE)), change)


def test_paths_are_those_that_pyhanko_finds() -> None:
    reader = open_document(with_tree())
    assert reader.last_revision == 2
    of_page: set[Any] = set()
    for number in range(3):
        theirs: Any = ReadRevision(reader, number)
        SLOWLY(theirs)
        expected = {
            (one.idnum, one.generation): {path.path for path in paths}
            for one, paths in theirs._indirect_object_access_cache.items()
        }
        ours = reader.get_historical_resolver(number)
        for key, paths in expected.items():
            assert {path.path for path in ours.usages(generic.Reference(*key))} == paths
        assert ours.usages(generic.Reference(98, 0)) == set()
        of_page |= expected[3, 0]
    assert len(of_page) > 3


@pytest.mark.parametrize(
    "kids", ["9 0 R 9 0 R", "8 0 R"], ids=["twice below one element", "an element below itself"]
)
def test_a_tree_that_is_none_is_not_walked(kids: str) -> None:
    objects = (TREE[0], f"<< /S /Document /K [{kids}] >>", *TREE[2:])
    reader = open_document(tagged(page_of(extra="/Annots [10 0 R]", objects=objects)))
    with pytest.raises(PdfReadError, match="twice"):
        reader.get_historical_resolver(1).usages(generic.Reference(3, 0))


def test_more_paths_than_can_be_walked_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MAX_VISITS", 20_000)
    objects = [f"<< /A {number + 1} 0 R /B {number + 1} 0 R >>" for number in range(7, 47)]
    reader = open_document(page_of(extra="/Deep 7 0 R", objects=(*objects, "<< >>")))
    with pytest.raises(InputError) as raised:
        reader.get_historical_resolver(0).usages(generic.Reference(47, 0))
    assert raised.value.cause == "PDF.LIMIT"


LONG = "30820102" + "Ab" * 700
SHORT = "00" * 32


@pytest.mark.parametrize(
    "body",
    [
        f"<< /Contents <{LONG}> /Other <{SHORT}> >>",
        f"<< /Contents <{LONG}> /Second <{LONG}> >>",
        f"<< /Contents <{LONG}0> >>",
        f"<< /Deep << /Contents <{LONG}> >> >>",
        f"<< /Text (a <{LONG}> b) /Contents <{SHORT}> >>",
        f"<< /Text (endobj <{LONG}>) >>",
        f"<< /Text (stream) /Contents <{LONG}> >>",
        f"<< % <{LONG}> \n /Contents <{SHORT}> >>",
        f"<{LONG}>",
        f"[<{LONG}>]",
        f"<< /Length {len(LONG) + 2} >>\nstream\n<{LONG}>\nendstream",
    ],
)
def test_a_long_string_is_read_as_pyhanko_reads_it(body: str) -> None:
    octets = page_of(objects=(body, "<< /After 1 >>"))

    def read(reader: Any, number: int) -> Any:
        return reader.get_object(generic.Reference(number, 0, reader))

    for number in (7, 8):
        mine, theirs = (
            read(open_document(octets), number),
            read(PdfFileReader(BytesIO(octets)), number),
        )
        assert type(mine) is type(theirs)
        assert _plain(mine) == _plain(theirs)


def test_objects_in_streams_are_read_as_pyhanko_reads_them() -> None:
    writer = WRITER(stream_xrefs=True)
    stream = writer.prepare_object_stream()
    held = [
        writer.add_object(
            OBJECTS.DictionaryObject({NAME("/N"): OBJECTS.NumberObject(n)}), obj_stream=stream
        )
        for n in range(5)
    ]
    output = BytesIO()
    writer.write(output)
    theirs: Any = PdfFileReader(BytesIO(output.getvalue()))
    for is_strict in (True, False):
        mine: Any = open_document(output.getvalue(), strict=is_strict)
        for one in held:
            assert _plain(mine.get_object(one.reference)) == _plain(
                theirs.get_object(one.reference)
            )
    place = theirs.xrefs[held[1].reference]
    arguments = (held[1].idnum, place.obj_stream_id, place.ix_in_stream)
    strict: Any = open_document(output.getvalue())
    assert strict._get_object_from_stream(*arguments)["/N"] == 1
    for wrong in ((*arguments[:2], arguments[2] + 1), (99, *arguments[1:])):
        for reader in (strict, theirs):
            with pytest.raises(PdfReadError):
                reader._get_object_from_stream(*wrong)


def _plain(value: Any) -> Any:
    if isinstance(value, generic.StreamObject):
        return value.encoded_data
    if isinstance(value, generic.DictionaryObject):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, generic.ArrayObject):
        return [_plain(one) for one in value]
    strings = generic.TextStringObject | generic.ByteStringObject
    return (type(value), value.original_bytes) if isinstance(value, strings) else value


def test_long_term_data_that_cannot_be_decoded_are_none() -> None:
    broken = "<< /Length 3 /Filter /FlateDecode >>\nstream\nabc\nendstream"
    whole = "<< /Length 3 >>\nstream\nabc\nendstream"
    octets = page_of(catalog="/DSS << /CRLs [7 0 R 8 0 R] >>", objects=(broken, whole))
    assert [one.crls for one in read_facts(octets, attachment="").values] == [(b"abc",)]
