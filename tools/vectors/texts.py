"""Area text: letters and numbers against the rules for texts, before and after signing."""

import unicodedata
from collections.abc import Iterator

from tools.vectors.case import Case
from tools.vectors.stage import Stage, first_match, swapped

_SPEC = "docs/reference: text rules; UAX #15"


def cases(stage: Stage) -> Iterator[Case]:
    draft = stage.draft()
    yield Case(
        identifier="text/good-draft",
        title="A draft in which everything is right",
        why="The good twin of all refusals before signing",
        spec=_SPEC,
        document=draft,
        verdict="VALID",
        command="validate",
        twin="text/decomposed-name",
    )
    name = "Nguyễn Hoàng Bảo Châu"
    mark = first_match(draft, "<DIEM_CA_NAM>[0-9.]+</DIEM_CA_NAM>")
    group = first_match(draft, "<DAN_TOC>[0-9]+</DAN_TOC>")
    faults = (
        (
            "decomposed-name",
            "The pupil's name in decomposed form (NFD)",
            "Looks the same, is other octets: no search finds it",
            swapped(draft, name, unicodedata.normalize("NFD", name)),
            "TEXT.NOT_NFC",
        ),
        (
            "wrong-d",
            "Ð (U+00D0, Icelandic) instead of Đ (U+0110)",
            "Looks the same, is another letter",
            swapped(draft, "<TEN_SO_GD>Sở Giáo dục và Đào", "<TEN_SO_GD>Sở Giáo dục và \u00d0ào"),
            "TEXT.WRONG_D",
        ),
        (
            "comma-mark",
            "A mark with a decimal comma",
            "The usual slip: 8,4 for 8.4",
            swapped(draft, mark, mark.replace(".", ",")),
            "TEXT.COMMA_DECIMAL",
        ),
        (
            "blank-at-the-end",
            "A blank at the end of the pupil's name",
            "Nobody sees it, programs do",
            swapped(draft, name, f"{name} "),
            "TEXT.BLANKS",
        ),
        (
            "control-character",
            "An invisible format character in the pupil's name",
            "Nobody sees it, programs do",
            swapped(draft, name, name.replace(" ", "\u200b ", 1)),
            "TEXT.CONTROL",
        ),
        (
            "filler",
            "A Hangul filler between two letters of the pupil's name",
            "A letter by category, drawn as nothing",
            swapped(draft, name, name.replace("oà", "o\u3164à", 1)),
            "TEXT.CONTROL",
        ),
        (
            "full-width-class",
            "A class name in full-width letters",
            "Looks the same, is other letters",
            swapped(draft, "<TEN_LOP>12A3<", "<TEN_LOP>１２Ａ３<"),
            "TEXT.LOOKALIKE",
        ),
        (
            "cyrillic-letter",
            "A Cyrillic А in the name of the class",
            "Looks the same, is another letter of another script",
            swapped(draft, "<TEN_LOP>12A3<", "<TEN_LOP>12\u04103<"),
            "TEXT.MIXED_SCRIPTS",
        ),
        (
            "replacement-character",
            "U+FFFD in the pupil's name",
            "A program could not read the letter: nobody knows what it was",
            swapped(draft, name, name.replace("ễ", "\ufffd", 1)),
            "TEXT.DAMAGED",
        ),
        (
            "foreigner-from-vietnam",
            "Ethnic group 55, foreigner, of a pupil of Vietnamese nationality",
            "Two fields of which one is wrong",
            swapped(draft, group, "<DAN_TOC>55</DAN_TOC>"),
            "TRANSCRIPT.FOREIGNER",
        ),
        (
            "empty-name",
            "An empty class",
            "A field that is there must say something",
            swapped(draft, "<TEN_LOP>12A3<", "<TEN_LOP><"),
            "TEXT.EMPTY",
        ),
        (
            "long-class",
            "A class name of 300 letters",
            "Longer than the column of the national database",
            swapped(draft, "<TEN_LOP>12A3<", f"<TEN_LOP>{'A' * 300}<"),
            "TEXT.TOO_LONG",
        ),
        (
            "unknown-province",
            "A province code that never existed",
            "Codes come from closed lists",
            swapped(draft, "<MA_TINH>48</MA_TINH></TRUONG>", "<MA_TINH>99</MA_TINH></TRUONG>"),
            "CODE.UNKNOWN",
        ),
        (
            "province-given-up",
            "A province that was merged away before the issue",
            "Valid once, not then",
            swapped(draft, "<MA_TINH>48</MA_TINH></TRUONG>", "<MA_TINH>49</MA_TINH></TRUONG>"),
            "CODE.NOT_VALID_THEN",
        ),
        (
            "wrong-school-year",
            "A school year of two years",
            "2025-2027",
            swapped(
                draft,
                "<THONG_TU>TT22/2021</THONG_TU><NAM_HOC>2025-2026",
                "<THONG_TU>TT22/2021</THONG_TU><NAM_HOC>2025-2027",
            ),
            "TRANSCRIPT.SCHOOL_YEAR",
        ),
        (
            "grade-of-another-level",
            "Grade 7 at upper secondary school",
            "Level and grade must fit",
            swapped(draft, "<MA_KHOI>12<", "<MA_KHOI>7<"),
            "TRANSCRIPT.LEVEL_GRADE",
        ),
        (
            "issued-before-made",
            "Issued before it was made",
            "Dates must be in order",
            swapped(draft, "<NGAY_KY_PHAT_HANH>2026-05-29", "<NGAY_KY_PHAT_HANH>2026-05-01"),
            "TRANSCRIPT.DATE_ORDER",
        ),
    )
    for identifier, title, why, document, cause in faults:
        yield Case(
            identifier=f"text/{identifier}",
            title=title,
            why=why,
            spec=_SPEC,
            document=document,
            verdict="INVALID",
            causes=(cause,),
            command="validate",
            twin="text/good-draft",
        )
    for identifier, title, document, causes in (
        (
            "minority-name",
            "A Gia-rai name whose letters combine with a breve",
            swapped(draft, name, "Rơ̆ Châm H'Mư̆ Ƀlŏ"),
            (),
        ),
        (
            "foreign-letters",
            "A foreign name in plain Latin letters",
            swapped(draft, name, "Łucja Bjørk Weiß-Çelik"),
            (),
        ),
        ("khmer-name", "A name in Khmer letters", swapped(draft, name, "សុខ ចាន់ដារា"), ()),
        (
            "pupil-from-abroad",
            "A pupil of another nationality without an ethnic group of Vietnam",
            swapped(swapped(draft, group, ""), "<QUOC_TICH>VN<", "<QUOC_TICH>KR<"),
            (),
        ),
        (
            "mojibake",
            "A name in UTF-8 that was read as Windows-1252",
            swapped(draft, name, "Nguyá»…n HÃ An"),
            ("TEXT.MOJIBAKE",),
        ),
        (
            "tcvn3",
            "A name in the encoding of TCVN3 fonts",
            swapped(draft, name, "NguyÔn V¨n An"),
            ("TEXT.OLD_ENCODING",),
        ),
    ):
        yield Case(
            identifier=f"text/{identifier}",
            title=title,
            why=(
                "Good text is not refused; what is probably damaged is advised, for nobody "
                "can prove it"
            ),
            spec=_SPEC,
            document=document,
            verdict="VALID",
            causes=causes,
            command="validate",
            twin="text/cyrillic-letter",
        )
    for identifier, title, document, cause in (
        (
            "decomposed-name-signed",
            "The pupil's name in decomposed form, signed by everybody",
            faults[0][3],
            "TEXT.NOT_NFC",
        ),
        (
            "wrong-d-signed",
            "Ð (U+00D0) instead of Đ, signed by everybody",
            faults[1][3],
            "TEXT.WRONG_D",
        ),
    ):
        yield Case(
            identifier=f"text/{identifier}",
            title=title,
            why=(
                "Another program signed it; the signatures hold, and the fault is reported "
                "as a warning"
            ),
            spec="docs/reference: a writer normalises, a reader reports",
            document=stage.completed(document),
            verdict="VALID",
            causes=(cause,),
            twin=f"text/{identifier.removesuffix('-signed')}",
        )
    yield Case(
        identifier="text/comma-mark-signed",
        title="A mark with a decimal comma, signed by everybody",
        why="The schema knows marks with a point only: such a document may not be issued",
        spec="schemas/hocba.xsd",
        document=stage.completed(faults[2][3]),
        verdict="INVALID",
        causes=("DOC.SCHEMA",),
        twin="text/comma-mark",
    )
    yield Case(
        identifier="text/comment-in-a-mark",
        title="A comment splits a signed mark",
        why=(
            "Canonicalization leaves comments out, so the signatures hold; but careless "
            "readers see half of the mark, so the document fails"
        ),
        spec="Exclusive XML Canonicalization 1.0, 3; CVE-2017-11427",
        document=swapped(stage.issued(), mark, mark.replace(".", "<!---->.")),
        verdict="INVALID",
        causes=("TRANSCRIPT.NOT_TEXT",),
        signatures={"CBQL": {"indication": "TOTAL_PASSED", "intact": True}},
        twin="signature/changed-mark",
    )
