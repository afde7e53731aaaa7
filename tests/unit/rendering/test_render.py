"""The PDF as a whole: what it says, what it carries, that nothing is cut off, that it is the same
everywhere.
"""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from pyhanko.pdf_utils.reader import PdfFileReader

from hocba_sign.errors import CallerError, InputError
from hocba_sign.model.codes import SchoolLevel, TranscriptStatus
from hocba_sign.model.identification import ReplacedVersion
from hocba_sign.model.signers import Substitute
from hocba_sign.model.transcript import Transcript
from hocba_sign.rendering.render import CURRENT, Rendering, render, shown_fields
from hocba_sign.rendering.source import read_source
from hocba_sign.rendering.text_layer import text_layer
from hocba_sign.testing.drafts import drafted
from hocba_sign.xml.layout import CANONICAL, KHO, Layout
from tests.support.pages import (
    Load,
    example,
    loaded,
    misplaced,
    missing_fields,
    rendered,
    squeezed,
    text_boxes,
    words,
)
from tests.support.scene import Scene
from tests.support.transcripts import transcripts

EXAMPLES = ("lop5", "lop9", "lop12")
MARKUP = (
    "#panic(1) $x^2$ ] [ *đậm* _nghiêng_ `mã` <a> @b = H \\ // /* - + 1. \" ' ~ -- --- "
    "... #let x = 1;"
)


def of_kind(name: str) -> Transcript:
    """Return the example of another signing plan: continuing education, digitised paper."""
    lower, upper = example("lop9"), example("lop12")
    if name == "gdtx":
        return replace(
            upper,
            identification=replace(
                upper.identification, level=SchoolLevel.CONTINUING, rule_set="TT43/2021"
            ),
        )
    withdrawn = replace(
        lower.identification,
        status=TranscriptStatus.WITHDRAWN,
        replaces=ReplacedVersion(id="truoc-1", version=1),
    )
    return replace(lower, identification=replace(withdrawn, is_digitised=True))


def signature_of_a_substitute() -> Transcript:
    transcript = example("lop9")
    person = Substitute(
        teacher="gv-19-1",
        full_name="Trịnh Xuân Lộc",
        personal_id="038075002163",
        title="Hiệu trưởng",
        reason="Giáo viên nghỉ thai sản",
    )
    return replace(transcript, signers=replace(transcript.signers, substitutes=(person,)))


KINDS = {name: example(name) for name in EXAMPLES} | {
    "gdtx": of_kind("gdtx"),
    "digitised": of_kind("digitised"),
    "substitute": signature_of_a_substitute(),
}
KINDS_RENDERED = {name: rendered(transcript) for name, transcript in KINDS.items()}
LOADS = {
    "comments of 2000 characters": Load(
        comment=words(2000), name=words(100), person=words(150), teachers=3
    ),
    "ten teachers a subject": Load(
        comment=words(200), name=words(100), person=words(150), teachers=10
    ),
    "lines": Load(
        comment="\n".join(["dòng"] * 400), name="Toán", person="Nguyễn Thị Lan Anh", teachers=2
    ),
    "words without end": Load(comment="W" * 600, name="M" * 100, person="Q" * 150, teachers=1),
    "markup": Load(comment=MARKUP, name="#emoji.face ]", person="*] #x $ \\", teachers=1),
}


@pytest.mark.parametrize("layout", [CANONICAL, KHO], ids=lambda layout: layout.name)
@pytest.mark.parametrize("name", KINDS)
def test_the_pages_show_every_field_in_its_order(name: str, layout: Layout) -> None:
    pdf = rendered(KINDS[name], layout).octets
    assert missing_fields(KINDS[name], pdf) == []
    assert misplaced(pdf) == []


@pytest.mark.parametrize("name", ["lop5", "lop9"])
@pytest.mark.parametrize("load", LOADS)
def test_nothing_is_cut_off_at_the_limits(name: str, load: str) -> None:
    transcript = loaded(example(name), LOADS[load])
    rendering = rendered(transcript)
    assert missing_fields(transcript, rendering.octets) == []
    assert misplaced(rendering.octets) == []
    assert sorted(place.slot for place in rendering.places) == sorted(map(str, transcript.slots))


@settings(max_examples=15)
@given(transcripts())
def test_any_transcript_can_be_shown(transcript: Transcript) -> None:
    rendering = rendered(transcript)
    assert missing_fields(transcript, rendering.octets) == []
    assert sorted(place.slot for place in rendering.places) == sorted(map(str, transcript.slots))


def test_marks_have_a_comma_and_dates_start_with_the_day() -> None:
    said = squeezed(
        "".join(text for page in text_layer(KINDS_RENDERED["lop9"].octets) for text in page.read)
    )
    assert "Ngữvăn6,97,47,2" in said
    assert "08/03/2011" in said
    assert "IaKrêng,ngày28tháng5năm2026" in said


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Giám đốc", "PHÊDUYỆTCỦAGIÁMĐỐCTRUNGTÂM"),
        ("Hiệu trưởng", "PHÊDUYỆTCỦAHIỆUTRƯỞNG"),
    ],
)
def test_the_heading_names_the_office_of_who_approves(title: str, heading: str) -> None:
    centre = of_kind("gdtx")
    director = replace(centre.signers.principal, title=title)
    transcript = replace(centre, signers=replace(centre.signers, principal=director))
    pages = text_layer(render(transcript, drafted(transcript)).octets)
    said = squeezed("".join(text for page in pages for text in page.read))
    assert said.count("PHÊDUYỆTCỦA") == 1
    assert heading in said


@pytest.mark.parametrize("name", KINDS)
def test_each_slot_has_a_place_that_is_free(name: str) -> None:
    rendering = KINDS_RENDERED[name]
    assert sorted(place.slot for place in rendering.places) == sorted(map(str, KINDS[name].slots))
    texts = dict(text_boxes(rendering.octets))
    taken: list[tuple[int, tuple[float, float, float, float]]] = []
    for place in rendering.places:
        left, bottom, right, top = place.box
        assert 45 <= left < right <= 556
        assert 30 <= bottom < top <= 800
        others = [(box.left, box.bottom, box.right, box.top) for box in texts[place.page]]
        others += [box for page, box in taken if page == place.page]
        assert not any(
            min(right, one[2]) - max(left, one[0]) > 0
            and min(top, one[3]) - max(bottom, one[1]) > 0.5
            for one in others
        )
        taken.append((place.page, place.box))


def test_a_teacher_signs_in_the_row_of_the_subject() -> None:
    rendering = KINDS_RENDERED["lop12"]
    place = next(place for place in rendering.places if place.slot == "GVBM/mon-15/gv-15-1")
    boxes = dict(text_boxes(rendering.octets))[place.page]
    middle = (place.box[1] + place.box[3]) / 2
    level = next(box for box in boxes if squeezed(box.text) == "Toán")
    name = next(box for box in boxes if squeezed(box.text) == "LêQuangVinh")
    assert abs((level.bottom + level.top) / 2 - middle) < 20
    assert name.top < place.box[1]
    assert place.box[0] < name.left < name.right < place.box[2]


def test_the_xml_is_attached_as_the_source_of_the_page() -> None:
    xml = drafted(KINDS["lop9"], CANONICAL)
    catalog = PdfFileReader(BytesIO(render(KINDS["lop9"], xml).octets)).root
    (attached,) = (one.get_object() for one in catalog["/AF"])
    assert attached["/AFRelationship"] == "/Source"
    assert attached["/UF"] == "hocba.xml"
    file = attached["/EF"]["/F"]
    assert file.data == xml
    assert file["/Subtype"] == "/application/xml"


def test_an_attached_file_in_utf16_is_the_same_octets() -> None:
    xml = (
        drafted(KINDS["lop9"], CANONICAL)
        .decode("utf-8")
        .replace("UTF-8", "UTF-16")
        .encode("utf-16")
    )
    document = pypdfium2.PdfDocument(render(KINDS["lop9"], xml).octets)
    assert bytes(document.get_attachment(0).get_data()) == xml


def test_the_file_says_what_it_is() -> None:
    transcript = KINDS["lop9"]
    xml = drafted(transcript, CANONICAL)
    rendering = render(transcript, xml)
    document = pypdfium2.PdfDocument(rendering.octets)
    facts = document.get_metadata_dict()
    assert facts["Title"] == "Học bạ – Rơ Châm H'Nhi – năm học 2025 – 2026"
    assert facts["Author"] == "Trường THCS Ia Krêng"
    assert facts["CreationDate"] == "D:20260521170000Z"  # the 22nd in Vietnam
    assert facts["Keywords"].split(", ") == [
        "hocba-id=0c94e7d2-6b18-4a3f-b5d0-71e8c2a9f634",
        "hocba-version=1",
        f"hocba-data-sha256={read_source(xml).digest}",
        f"hocba-template={CURRENT}",
        f"hocba-template-sha256={rendering.template_sha256}",
    ]
    assert PdfFileReader(BytesIO(rendering.octets)).root["/Lang"] == "vi-VN"


def test_the_cover_says_how_many_signatures_the_file_has() -> None:
    scene = Scene(subjects=1)
    assert "khilậptrangnày:0/4" in _cover(render(scene.transcript, scene.draft))
    assert "khilậptrangnày:1/4" in _cover(render(scene.transcript, scene.signed(scene.teachers)))
    assert "khilậptrangnày:4/4" in _cover(render(scene.transcript, scene.signed()))


def _cover(rendering: Rendering) -> str:
    return squeezed("".join(text_layer(rendering.octets)[0].read))


@pytest.mark.parametrize("layout", [CANONICAL, KHO], ids=lambda layout: layout.name)
def test_the_digest_is_the_one_of_a_report(layout: Layout) -> None:
    scene = Scene(subjects=1, layout=layout)
    signed = scene.signed()
    assert read_source(signed).digest == scene.verify(signed).to_dict()["document"]["data_sha256"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_same_input_gives_the_same_octets_in_another_process(
    name: str, root: Path, tmp_path: Path
) -> None:
    program = (
        "import hashlib, sys; from tests.support.pages import example, rendered;"
        "print(hashlib.sha256(rendered(example(sys.argv[1])).octets).hexdigest())"
    )
    surroundings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}",
        "TZ": "America/Lima",
        "LC_ALL": "C",
        "HOME": str(tmp_path),
        "PYTHONHASHSEED": "7",
    }
    done = subprocess.run(
        (sys.executable, "-c", program, name),
        env=surroundings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == hashlib.sha256(rendered(example(name)).octets).hexdigest()


def test_threads_do_not_disturb_each_other() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda name: rendered(example(name)).octets, EXAMPLES * 3))
    assert made == [rendered(example(name)).octets for name in EXAMPLES] * 3


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Nguyễn 😀 Lan", "U+1F600"),
        ("Nguyễn 漢 Lan", "U+6F22"),
        ("Nguyễn \u200bLan", "U+200B"),
        ("Nguyễn \u202eLan", "U+202E"),
        ("Nguyễn אב Lan", "U+05D0"),
        ("Nguyễn\tLan", "U+0009"),
        ("Nguyễn \ue000 Lan", "U+E000"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_its_code_point_and_place(name: str, code: str) -> None:
    transcript = example("lop9")
    changed = replace(
        transcript,
        identification=replace(
            transcript.identification, pupil=replace(transcript.pupil, full_name=name)
        ),
    )
    with pytest.raises(InputError) as refused:
        rendered(changed)
    assert refused.value.cause == "RENDER.GLYPH"
    assert refused.value.where == f"/HOC_BA/DU_LIEU_HOC_BA/DINH_DANH/HOC_SINH/HO_VA_TEN: {code}"
    assert "Lan" not in str(refused.value)


def test_letters_of_minority_languages_are_shown() -> None:
    transcript = example("lop9")
    name = "Y Ƀhăm Čil Ñŭ Ĕban Ơ̆ Ƀlŏ K'Brĭu"
    changed = replace(
        transcript,
        identification=replace(
            transcript.identification, pupil=replace(transcript.pupil, full_name=name)
        ),
    )
    assert missing_fields(changed, rendered(changed).octets) == []


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(CallerError, match=r"RENDER\.TEMPLATE"):
        shown_fields(example("lop9"), "0")
