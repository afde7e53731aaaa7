"""Certificates from the official addresses of the operators, taken only if the trust list pins
them.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from hocba_sign.adapters.fetch import Fetcher, FetchLimits, Hop, Refused
from hocba_sign.adapters.home import CertificateStore, Imported, read_certificates
from hocba_sign.errors import Finding, InputError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.pki.loading.objects import MAX_FILE_OCTETS
from hocba_sign.pki.trust.vietnam_list import TrustList

LIMITS = FetchLimits(max_octets=MAX_FILE_OCTETS, timeout=timedelta(seconds=20))
"""For one address; a bundle has 5 kB."""

_SILENT = frozenset({"FETCH.NAME", "FETCH.UNREACHABLE", "FETCH.TIMEOUT", "FETCH.ADDRESS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What one address gave.

    `finding` says why nothing was read from it; certificates in it may still be refused one by one.
    """

    url: str
    imported: tuple[Imported, ...] = ()
    finding: Finding | None = None
    detail: str = ""
    hops: tuple[Hop, ...] = ()


def update(
    store: CertificateStore,
    *,
    urls: Iterable[str] | None = None,
    fetcher: Fetcher | None = None,
    trust_list: TrustList | None = None,
) -> Iterator[Update]:
    """Ask every official address and keep what is pinned, one address after the other.

    A host that did not answer is not asked again. Raises: OutsideError where the store cannot be
    written.
    """
    known = trust_list or TrustList.load()
    asker = fetcher or Fetcher(limits=LIMITS)
    silent: set[str] = set()
    for url in urls if urls is not None else [address.url for address in known.official]:
        host = _host(url)
        if host in silent:
            yield Update(url=url, finding=Finding("FETCH.SKIPPED", url))
            continue
        outcome = asker.attempt(url)
        if isinstance(outcome, Refused):
            if outcome.finding.cause in _SILENT:
                silent.add(host)
            yield Update(url=url, finding=outcome.finding, detail=outcome.detail, hops=outcome.hops)
            continue
        try:
            certificates = read_certificates(outcome.octets)
        except InputError as error:
            yield Update(
                url=url, finding=Finding(error.cause, url), detail=error.detail, hops=outcome.hops
            )
            continue
        yield Update(url=url, imported=store.add(certificates, trust_list=known), hops=outcome.hops)


def _host(url: str) -> str:
    try:
        parsed = parse_url(url)
    except LocationParseError:
        return url
    return f"{parsed.scheme}://{parsed.netloc}"
