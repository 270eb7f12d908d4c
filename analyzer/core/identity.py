"""What tells an obligation from all others, across edits that do not touch it."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from analyzer.core.obligation import Obligation

_DIGITS = 32


_Key = tuple[str, str, str, str]


def identities(obligations: Iterable[Obligation]) -> tuple[str, ...]:
    """The identity of each obligation, in the order given, which should be the canonical one.

    It is made of rule, clause, function, subject and a number that tells equal ones apart. Lines,
    columns, paths, comments and the wording of messages are not part of it, so that it lives
    through unrelated edits. All verdicts are counted, so that a site that is mended does not rename
    its neighbours.
    """
    return _numbered((_key(each), "") for each in obligations)


def identities_in_files(obligations: Iterable[Obligation]) -> tuple[str, ...]:
    """The same with a number that counts within the file: what is in the other files of a run makes
    no difference. Functions of one name in two files may have one identity.
    """
    return _numbered((_key(each), each.location.path) for each in obligations)


def _key(obligation: Obligation) -> _Key:
    subject = " ".join(obligation.subject.split())
    return obligation.rule, str(obligation.clause), obligation.function, subject


def _numbered(keys: Iterable[tuple[_Key, str]]) -> tuple[str, ...]:
    """Hashes of the keys, and of how often each was seen so far at its place."""
    seen: Counter[tuple[_Key, str]] = Counter()
    given = []
    for key, place in keys:
        seen[key, place] += 1
        digest = hashlib.sha256("\0".join((*key, str(seen[key, place]))).encode("utf-8", "replace"))
        given.append(digest.hexdigest()[:_DIGITS])
    return tuple(given)
