"""Parsed ASN.1 of certificates, CRLs and OCSP responses, kept per thread under their octets.

asn1crypto objects parse lazily and may be half filled while another thread reads them, so they are
never shared. asn1crypto loads with the first object that is read by it.
"""

import threading
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asn1crypto import crl, ocsp, x509

MAX_KEPT_CERTIFICATES = 256
MAX_KEPT_CRLS = 64
MAX_KEPT_CRL_OCTETS = 64 * 1024
"""A parsed CRL takes some fifty times its octets once it has been searched."""
MAX_KEPT_OCSPS = 64


def asn1crypto(module: str) -> Any:
    """Return a module of asn1crypto."""
    return import_module(f"asn1crypto.{module}")


def load_certificate(der: bytes) -> "x509.Certificate":
    """Return one that nobody else holds. Raises: as `parsed_certificate`."""
    return asn1crypto("x509").Certificate.load(der)


def load_crl(der: bytes, *, strict: bool = False) -> "crl.CertificateList":
    """Return as `load_certificate`; `strict` refuses octets behind it."""
    return asn1crypto("crl").CertificateList.load(der, strict=strict)


def load_ocsp(der: bytes, *, strict: bool = False) -> "ocsp.OCSPResponse":
    """Return as `load_crl`."""
    return asn1crypto("ocsp").OCSPResponse.load(der, strict=strict)


class _PerThread(threading.local):
    def __init__(self) -> None:
        self.certificate = lru_cache(maxsize=MAX_KEPT_CERTIFICATES)(load_certificate)
        self.crl = lru_cache(maxsize=MAX_KEPT_CRLS)(load_crl)
        self.ocsp = lru_cache(maxsize=MAX_KEPT_OCSPS)(load_ocsp)


_kept = _PerThread()


def parsed_certificate(der: bytes) -> "x509.Certificate":
    """Raises: ValueError for other octets; fields are parsed when read and may raise ValueError or
    TypeError too.
    """
    return _kept.certificate(der)


def parsed_crl(der: bytes) -> "crl.CertificateList":
    """Raises: as `parsed_certificate`."""
    return _kept.crl(der) if len(der) <= MAX_KEPT_CRL_OCTETS else load_crl(der)


def parsed_ocsp(der: bytes) -> "ocsp.OCSPResponse":
    """Raises: as `parsed_certificate`."""
    return _kept.ocsp(der)
