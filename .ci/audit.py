"""Known vulnerabilities of the locked packages, by PyPI's advisories. Exit status 1: there are some.

Where the index has no advisories (a mirror, often) it says so and that nothing was audited; with AUDIT=required in
the environment that is exit status 2.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

FOUND, NOT_DONE = 1, 2


def audited(lock: str) -> list[dict[str, Any]]:
    """What pip-audit says of each package of a lock file."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner=off"]
    ran = subprocess.run([*command, "-f", "json", "-r", lock], capture_output=True, text=True, check=False)  # noqa: S603
    if not ran.stdout.strip():
        raise SystemExit(f"{lock}: not audited: {ran.stderr.strip().splitlines()[-1]}")
    return list(json.loads(ran.stdout)["dependencies"])


def findings(packages: Sequence[dict[str, Any]]) -> Iterator[str]:
    """One line a vulnerability."""
    for package in packages:
        for one in package.get("vulns", []):
            mended = ", ".join(one["fix_versions"]) or "no version"
            yield f"{package['name']} {package['version']}: {one['id']}, mended in {mended}"


def main(locks: Sequence[str]) -> int:
    """Print what was found; the exit status."""
    packages = [package for lock in locks for package in audited(lock)]
    known = [package for package in packages if "skip_reason" not in package]
    found = sorted(set(findings(known)))
    for line in found:
        print(line)
    print(f"{len(known)} of {len(packages)} locked packages audited, {len(found)} known vulnerabilities")
    if found:
        return FOUND
    if len(known) < len(packages):
        print("the rest could not be looked up: the package index here has no advisories of them", file=sys.stderr)
        return NOT_DONE if os.environ.get("AUDIT") == "required" else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
