"""What pages claim of the program in a sentence, tried with the program."""

import pytest

from hocba_sign.catalogue.messages import LANGUAGES, Language
from hocba_sign.cli.help_words import say
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.trust.store import TrustStore
from tests.support.scene import JUDGED_AT
from tests.unit.docs.pages import ROOT

README = (ROOT / "README.md").read_text("utf-8")
CONNECTIONS = {
    "en": "connections are opened only to fetch CRLs, OCSP responses and certificates (never with"
    " `--offline`), the trust list (`trust update`) or a time-stamp",
    "vi": "Chỉ kết nối mạng để tải CRL, phản hồi OCSP, chứng thư (trừ khi có `--offline`), tải danh"
    " sách chứng thư (`trust update`) hoặc xin dấu thời gian",
}
"""Verifying fetches revocation data unless told not to, so that no page says it never connects."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_says_what_a_connection_is_opened_for(language: Language) -> None:
    assert CONNECTIONS[language] in README
    assert "no connection is opened" not in README
    assert "không kết nối mạng nếu" not in README


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_document_is_said_to_be_xml_or_pdf(language: Language) -> None:
    page = (ROOT / "docs" / "howto" / "verify-any.md").read_text("utf-8")
    for text in (say("ANY", language), page.partition("```")[0]):
        assert "XML" in text
        assert "PDF" in text


def test_any_document_may_be_a_pdf() -> None:
    pytest.importorskip("pyhanko")
    octets = (ROOT / "test_vectors" / "pdf" / "sealed-transcript" / "document.pdf").read_bytes()
    report = Verifier(trust=TrustStore()).verify_any(octets, at=JUDGED_AT)
    assert report.conclusion is not None
    assert report.conclusion.is_other
    assert report.conclusion.signatures
