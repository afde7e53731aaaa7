"""Parsed ASN.1 of certificates, CRLs and OCSP responses, kept per thread under their octets.

asn1crypto objects parse lazily and may be half filled while another thread reads them, so they are
never shared.
"""

import threading
from functools import lru_cache

from asn1crypto import crl, ocsp, x509

MAX_KEPT_CERTIFICATES = 256
MAX_KEPT_CRLS = 64
MAX_KEPT_CRL_OCTETS = 64 * 1024
"""A parsed CRL takes some fifty times its octets once it has been searched."""
MAX_KEPT_OCSPS = 64


class _PerThread(threading.local):
    def __init__(self) -> None:
        self.certificate = lru_cache(maxsize=MAX_KEPT_CERTIFICATES)(x509.Certificate.load)
        self.crl = lru_cache(maxsize=MAX_KEPT_CRLS)(crl.CertificateList.load)
        self.ocsp = lru_cache(maxsize=MAX_KEPT_OCSPS)(ocsp.OCSPResponse.load)


_kept = _PerThread()


def parsed_certificate(der: bytes) -> x509.Certificate:
    """Raises: ValueError for other octets; fields are parsed when read and may raise ValueError or
    TypeError too.
    """
    return _kept.certificate(der)


def parsed_crl(der: bytes) -> crl.CertificateList:
    """Raises: as `parsed_certificate`."""
    return _kept.crl(der) if len(der) <= MAX_KEPT_CRL_OCTETS else crl.CertificateList.load(der)


def parsed_ocsp(der: bytes) -> ocsp.OCSPResponse:
    """Raises: as `parsed_certificate`."""
    return _kept.ocsp(der)
