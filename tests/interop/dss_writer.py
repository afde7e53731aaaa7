"""EU DSS as a writer: many files in one start of the Java machine."""

import subprocess
from collections.abc import Sequence

from tests.interop.dss_oracle import JAVA, OracleError, build
from tests.interop.programs import program
from tests.interop.realm import PASSWORD

Job = dict[str, str]
"""One line for `DssWriter`, whose head names the words."""


def write(jobs: Sequence[Job]) -> None:
    """Do all jobs in their order. Raises: OracleError for those that DSS refuses."""
    build()
    lines = "".join(
        "\t".join(f"{name}={value}" for name, value in job.items()) + "\n" for job in jobs
    )
    command = [program("java"), *map(str, JAVA), "DssWriter", PASSWORD]
    done = subprocess.run(
        command, input=lines.encode(), capture_output=True, check=False, timeout=300
    )
    answers = [line.split("\t", 1) for line in done.stdout.decode().splitlines()]
    failed = [f"{out}: {answer}" for out, answer in answers if answer != "ok"]
    if failed or len(answers) != len(jobs):
        raise OracleError("\n".join([*failed, done.stderr.decode()]))
