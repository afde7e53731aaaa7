from datetime import UTC, datetime, timedelta, timezone

import pytest

from hocba_sign.xades.syntax.elements import local_moment_of, moment_of

VIETNAM = timezone(timedelta(hours=7))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-28T23:59:59Z", datetime(2026, 5, 28, 23, 59, 59, tzinfo=UTC)),
        ("2026-05-28T24:00:00Z", datetime(2026, 5, 29, tzinfo=UTC)),
        ("2026-12-31T24:00:00.000+07:00", datetime(2026, 12, 31, 17, tzinfo=UTC)),
        ("2026-05-28T24:00:01Z", None),
        ("2026-05-28T24:01:00Z", None),
        ("2026-05-28T24:00:00.5Z", None),
        ("2026-05-28T25:00:00Z", None),
        ("9999-12-31T24:00:00Z", None),
        ("2026-02-30T24:00:00Z", None),
    ],
)
def test_a_time_with_its_zone(text: str, moment: datetime | None) -> None:
    assert moment_of(text) == moment


def test_the_end_of_a_day_without_a_zone() -> None:
    assert local_moment_of("2026-05-28T24:00:00", VIETNAM) == datetime(2026, 5, 28, 17, tzinfo=UTC)
    assert local_moment_of("2026-05-28T24:00:00Z", VIETNAM) is None
