"""No file of the tree points anywhere that is not meant: no foreign page, no package index, no place on a machine."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_tree import ROOT, named, project_files

ADDRESS = re.compile(r"(?<![\w.])(?:https?|wss?)://([A-Za-z0-9._~-]+|\[[0-9a-f:]+\])")
MEANT = {
    "127.0.0.1": "this machine",
    "0.0.0.0": "every interface of this machine",  # noqa: S104 - compared, not bound
    "api.weixin.qq.com": "WeChat's own API, the default of KEHOU_WECHAT_URL",
    "dysmsapi.aliyuncs.com": "the SMS provider's API, the default of KEHOU_SMS_URL",
    "www.apache.org": "named in the text of the licence",
    "www.w3.org": "the name of an XML namespace; nobody fetches it",
}
RESERVED = re.compile(r"(?:^|\.)(?:test|example|invalid|localhost)$|^example\.(?:com|org|net)$")
"""Names that can never exist (RFC 2606), for tests."""

PLACE = re.compile(r"(?<![\w.:/-])/(?:home|root|Users|work|mnt)/\w")
INDEX = re.compile(
    r"--(?:extra-)?index-url|--find-links|--trusted-host|pythonhosted|pypi\.org", re.IGNORECASE
)


def texts() -> Iterator[tuple[Path, str]]:
    for path in project_files():
        if path == Path(__file__):
            continue
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a spreadsheet


def is_meant(host: str) -> bool:
    """Tell whether a host is on this machine or a private network (no dot), reserved, or named above."""
    return "." not in host or host in MEANT or bool(RESERVED.search(host))


def test_no_file_points_to_a_foreign_address() -> None:
    foreign = {
        f"{named(path)}: {host}"
        for path, text in texts()
        for host in ADDRESS.findall(text)
        if not is_meant(host)
    }
    assert not foreign


def test_no_file_names_a_package_index() -> None:
    """Except the Makefile, which forbids pip-compile to write one."""
    naming = {
        f"{named(path)}: {found.group()}"
        for path, text in texts()
        for found in INDEX.finditer(text)
        if path.name != "Makefile"
    }
    assert not naming


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    places = {f"{named(path)}: {found.group()}" for path, text in texts() for found in PLACE.finditer(text)}
    places |= {named(path) for path, text in texts() if f"{ROOT}/" in text}
    assert not places
