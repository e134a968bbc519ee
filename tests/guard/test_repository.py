"""What the repository may not hold: secrets, binary files nobody can review, executables, text that is not UTF-8."""

import re

import pytest

from tests import history
from tests.guard.project import ROOT

PICTURES = re.compile(r"docs/portal/[\w./-]+\.png")
SIGNATURES = {
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"PK\x03\x04": "an archive",
    b"\xca\xfe\xba\xbe": "a program",
}
SECRETS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}"),
    "the private half of a JWK": re.compile(r"""["']d["']\s*:\s*["'][A-Za-z0-9_-]{43,}["']"""),
    "a token": re.compile(r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}"),
    "a cloud account's key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a forge's token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[A-Za-z0-9_-]{20}|xox[abp]-[A-Za-z0-9-]{20})"),
    "a password in an address": re.compile(
        r"\b(?:amqps?|postgresql(?:\+\w+)?|https?)://[\w.-]+:(?P<word>[^@\s/\"'{}$<>]+)@"
    ),
}
# What tests invent freely: addresses of servers that live for one run, passwords that must not show in a log.
INVENTED = {"a password in an address"}
# What is on purpose as it is, and why.
LEFT = {
    "tests/registers/kz-guardianship.csv": "an office's register in Windows-1251, which the import must read",
}
# Words that stand for a password in documents, samples and servers of tests that live for one run.
STAND_INS = {
    "guest",
    "password",
    "secret",
    "pass",
    "pw",
    "wrong",
    "kinward",
    "test",
    "x",
    "y",
    "p",
    "...",
    "PASSWORD",
    "%s",
    "***",
}


def tracked(root):
    """Every file that git has."""
    return [name for name in history.git(root, "ls-files", "-z").split("\0") if name and (root / name).is_file()]


def amiss(name, content):
    """What is wrong with a file: its kind, its encoding, what looks like a secret; never the secret itself."""
    if PICTURES.fullmatch(name):
        return [] if content.startswith(b"\x89PNG\r\n") else ["no picture"]
    found = [what for start, what in SIGNATURES.items() if content.startswith(start)]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return [*found, "not UTF-8 text"]
    if "\0" in text:
        found.append("binary")
    for what, pattern in SECRETS.items():
        if what in INVENTED and name.startswith("tests/"):
            continue
        hits = (match.groupdict().get("word") for match in pattern.finditer(text))
        found += [what for word in hits if word is None or word not in STAND_INS]
    return found


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    return history.repository(tmp_path_factory.mktemp("tree"))


@pytest.fixture(scope="module")
def files(repository):
    return tracked(repository)


def test_the_repository_holds_text_in_utf_8_and_pictures_of_pages_and_no_secret(files):
    assert len(files) > 1000
    found = {name: amiss(name, (ROOT / name).read_bytes()) for name in files}
    assert {name: what for name, what in found.items() if what and name not in LEFT} == {}
    assert [name for name in LEFT if not found.get(name)] == []


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x7fELF\x02", "a program"),
        (b"caf\xe9", "not UTF-8 text"),
        (b"a\0b", "binary"),
        (b"-----BEGIN PRIVATE " + b"KEY-----\nMIGHAgEAMBMGByqGSM49AgEG", "a private key"),
        (b'{"kty": "OKP", "d": "' + b"A" * 43 + b'"}', "the private half of a JWK"),
        (b"Bearer eyJ" + b"a" * 20 + b".eyJ" + b"b" * 20 + b"." + b"c" * 30, "a token"),
        (b"AKIA" + b"Z" * 16, "a cloud account's key"),
        (b"amqp://kz:9fe2c1" + b"@broker/kz", "a password in an address"),
    ],
)
def test_the_guard_sees_what_may_not_be_there(content, what):
    assert amiss("file", content) == [what]


def test_what_stands_for_a_password_is_no_secret():
    assert amiss("tests/unit/test_logs.py", b"amqp://kz:9fe2c1" + b"@broker/kz") == []
    assert amiss("file", b"amqp://guest:guest@localhost and postgresql://{user}:{password}@host") == []


def test_nothing_but_scripts_is_executable(repository):
    staged = history.git(repository, "ls-files", "--stage").splitlines()
    executable = [line.split("\t")[1] for line in staged if line.startswith("100755")]
    assert ".ci/run" in executable
    assert [name for name in executable if not (ROOT / name).read_bytes().startswith(b"#!")] == []
