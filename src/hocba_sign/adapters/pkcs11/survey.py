"""Look at every token of a driver without a PIN."""

from pathlib import Path

from hocba_sign.adapters.pkcs11.inventory import DriverFacts, StoredCertificate, TokenFacts
from hocba_sign.adapters.pkcs11.token_signer import load_driver
from hocba_sign.errors import OutsideError
from hocba_sign.frozen_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSurvey:
    """A token and the certificates on it that can be read; `error` is why there are none."""

    facts: TokenFacts
    certificates: tuple[StoredCertificate, ...] = ()
    unreadable: int = 0
    error: OutsideError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverSurvey:
    driver: DriverFacts
    tokens: tuple[TokenSurvey, ...]


def survey(driver_path: Path) -> DriverSurvey:
    """Return what is plugged in; one token that fails does not hide the others.

    Raises: as `load_driver`; OutsideError TOKEN.* where the driver itself does not answer.
    """
    driver = load_driver(driver_path)
    found: list[TokenSurvey] = []
    with driver.lock:
        for token in driver.tokens():
            if not token.facts.is_initialised:
                found.append(TokenSurvey(facts=token.facts))
                continue
            try:
                certificates, unreadable = token.certificates()
            except OutsideError as error:
                found.append(TokenSurvey(facts=token.facts, error=error))
                continue
            found.append(
                TokenSurvey(facts=token.facts, certificates=certificates, unreadable=unreadable)
            )
    return DriverSurvey(driver=driver.facts, tokens=tuple(found))
