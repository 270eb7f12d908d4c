"""Paths and addresses as they leave the machine."""

import pytest

from analyzer.report.locations import repository_uri, uri


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("mm/memory.c", "mm/memory.c"),
        ("mm/a b%.c", "mm/a%20b%25.c"),
        ("mm/ä#?[].c", "mm/%C3%A4%23%3F%5B%5D.c"),
        ("mm/\udcff.c", "mm/%FF.c"),
        ("c:/x.c", "c%3A/x.c"),
    ],
)
def test_a_path_is_percent_encoded(path: str, expected: str) -> None:
    assert uri(path) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://git.example.org/linux.git", "https://git.example.org/linux.git"),
        ("https://user:token@git.example.org/linux.git", "https://git.example.org/linux.git"),
        ("https://git.example.org:8443/l?token=1#x", "https://git.example.org:8443/l"),
        ("git@git.example.org:mm/linux.git", "ssh://git.example.org/mm/linux.git"),
        ("git://git.example.org/linux.git", "git://git.example.org/linux.git"),
        ("/home/someone/linux", ""),
        ("../linux", ""),
        ("./a:b", ""),
        ("file:///home/someone/linux", ""),
        ("https://git.example.org:port/linux", ""),
        ("", ""),
    ],
)
def test_an_address_leaves_without_secrets_and_local_paths(address: str, expected: str) -> None:
    assert repository_uri(address) == expected
