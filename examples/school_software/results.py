"""What may be taken over from received transcripts: `python results.py folder trust lists`.

Content is read from transcripts that are VALID and in force only; of all others the reason is said.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from hocba_sign import NotPassed, TrustStore, Verifier, collect_certificates, collect_evidence


def main(folder: Path, trust: Path, lists: Path) -> int:
    verifier = Verifier(
        trust=TrustStore.vietnam().with_certificates(collect_certificates([trust])),
        evidence=collect_evidence(crls=[lists]),
    )
    taken = 0
    paths = sorted(folder.glob("*.xml"))
    for path in paths:
        report = verifier.verify(path.read_bytes(), at=datetime.now(UTC), name=path.name)
        try:
            transcript = report.require_passed()
        except NotPassed:
            print(f"{path.name}: {report.message('en')}")
            continue
        taken += 1
        print(f"{path.name}: {transcript.pupil.full_name}, {transcript.identification.school_year}")
    print(f"{taken} of {len(paths)} taken over")
    return 0 if taken == len(paths) else 1


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:4])))
