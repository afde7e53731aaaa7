"""Large inputs cost in proportion to their size: twice as much takes about twice the work, CRLs of
100,000 entries, transcripts of 50 signers, pages of 60.
"""

import io
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

import pypdfium2

from hocba_sign.model.results import Teacher
from hocba_sign.model.transcript import Transcript
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.revocation.evidence import Evidence
from hocba_sign.report.report import Report
from hocba_sign.testing.certificates import RevokedEntry, revocation_list
from hocba_sign.validation.verdict import Verdict
from tests.support.pages import example, rendered
from tests.support.pdf import signed
from tests.support.scene import GVCN, JUDGED_AT, SIGNED_AT, Scene
from tools.benchmark.lists import grown

LINEAR: Final = 2.6
"""What twice the size may cost: with the square of the size it would be 4."""
TRIES: Final = 5


def cost(work: Callable[[], Report]) -> float:
    """Return the CPU seconds of the cheapest of some tries: what else the machine does adds to
    others.
    """
    assert work().verdict is Verdict.VALID
    found = []
    for _ in range(TRIES):
        began = time.process_time()
        work().to_dict()
        found.append(time.process_time() - began)
    return min(found)


def test_a_list_of_100000_entries() -> None:
    scene = Scene("lop9", subjects=1, is_rsa=True)
    document = scene.signed()
    authority = scene.world.authority("public-ca")
    at = SIGNED_AT + timedelta(hours=1)
    model = revocation_list(
        authority.issuer,
        at,
        next_update=at + timedelta(days=7),
        entries=(RevokedEntry(serial=1, at=at, reason="superseded"),),
        signing_key=authority.key,
    )
    given = scene.evidence()

    def timed(entries: int) -> float:
        large = grown(model, entries, authority.key)
        began = time.process_time()
        evidence = Evidence.of(
            certificates=given.certificates, crls=[large, *(each.der for each in given.crls)]
        )
        verifier = Verifier(trust=scene.trust, evidence=evidence)
        assert verifier.verify(document, at=JUDGED_AT).verdict is Verdict.VALID
        return time.process_time() - began

    # One more entry each time: a list that was seen before is not read again.
    small = min(timed(50_000 + number) for number in range(TRIES))
    large = min(timed(100_000 + number) for number in range(TRIES))
    assert large < LINEAR * small


def with_teachers(count: int) -> Callable[[Transcript], Transcript]:
    """Let `count` teachers sign for each subject."""

    def changed(transcript: Transcript) -> Transcript:
        subjects = tuple(
            replace(
                subject,
                teachers=tuple(
                    Teacher(
                        full_name=f"Nguyễn Văn {'ABCDEGHIKLM'[n]}",
                        personal_id=f"0011880{place:02}{n:03}",
                    )
                    for n in range(count)
                ),
            )
            for place, subject in enumerate(transcript.subjects)
        )
        return replace(transcript, content=replace(transcript.content, subjects=subjects))

    return changed


def test_fifty_signers() -> None:
    costs = []
    for teachers in (2, 4):
        scene = Scene("lop5", subjects=None, change=with_teachers(teachers))
        document = scene.signed()
        assert len(scene.slots) == 12 * teachers + 3
        verifier = Verifier(trust=scene.trust, evidence=scene.evidence())
        costs.append(cost(partial(verifier.verify, document, at=JUDGED_AT)))
    assert costs[1] < LINEAR * costs[0]


def paged(count: int) -> bytes:
    """Return a PDF of so many pages, all with text of their own place."""
    given = pypdfium2.PdfDocument(rendered(example("lop5")).octets)
    made = pypdfium2.PdfDocument.new()
    for number in range(count):
        made.import_pages(given, [number % len(given)])
    octets = io.BytesIO()
    made.save(octets)
    return octets.getvalue()


def test_sixty_pages() -> None:
    scene = Scene("lop5")
    verifier = Verifier(trust=scene.trust, evidence=scene.evidence())
    costs = []
    for pages in (30, 60):
        document = paged(pages)
        for number in range(4):
            document = signed(document, scene.identity(GVCN), field=f"Sig{number}", at=SIGNED_AT)
        assert len(pypdfium2.PdfDocument(document)) == pages
        costs.append(cost(partial(verifier.verify_any, document, at=JUDGED_AT)))
    assert costs[1] < LINEAR * costs[0]
