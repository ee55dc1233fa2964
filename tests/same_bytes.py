"""Digests of the sets that short runs make, to be compared between two checkouts: a refactoring leaves each as it was.

    python -m tests.same_bytes > after.json     in either checkout, on one machine, with the same OMP_NUM_THREADS
    diff before.json after.json

The pairs are those of the conformance tests that `make test` runs: every method on the thorough examples, and the first
of each family on every other kind of data. `--all` takes every method on every kind that it fits.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from tempfile import TemporaryDirectory

from condenset.synthetic import SyntheticSet
from tests.conformance import examples


def digest(made: SyntheticSet) -> str:
    """SHA-256 over the names, types, shapes and bytes of all stored tensors."""
    content = hashlib.sha256()
    for name, tensor in sorted(made.state_dict().items()):
        content.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        content.update(tensor.contiguous().numpy().tobytes())
    return content.hexdigest()


def main() -> None:
    """Prints one JSON object: "method on kind" -> digest."""
    pairs = examples.pairs() if "--all" in sys.argv[1:] else examples.quick_pairs()
    with TemporaryDirectory() as cache:
        os.environ["CONDENSET_CACHE"] = cache
        found = {f"{method} on {kind}": digest(examples.run(method, examples.task(kind))) for method, kind in pairs}
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
