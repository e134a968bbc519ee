"""The hub's checks, in their order: each has a bundle that only this check refuses."""

import io
import zipfile

import pytest

from services.reporting.federation import archive, cells, documents, judge, manifest
from services.reporting.federation.judge import Outcome
from tests.unit.reporting.federation import given


def refused(raw: bytes, hub: given.Hub | None = None) -> tuple[Outcome, int | None]:
    verdict = (hub or given.Hub()).deliver(raw)
    assert verdict.reasons and verdict.cells == () and verdict.known is None
    return verdict.outcome, verdict.check


def zipped(members: dict[str, bytes], compression=zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()


def test_an_honest_bundle_is_accepted_and_its_cells_arrive():
    verdict = given.Hub().deliver(given.built().raw)
    assert (verdict.outcome, verdict.reasons, verdict.alarm) == (Outcome.ACCEPTED, (), False)
    assert verdict.cells == (given.cell(),)


# 1 size and zip


def test_a_bundle_over_64_mib_is_refused():
    verdict = judge.judge(b"PK\x03\x04" + b"\0" * archive.SIZE_LIMIT, given.Hub())
    assert (verdict.check, verdict.reasons) == (1, ("the bundle is larger than 64 MiB",))


def test_bytes_that_are_no_zip_are_refused():
    assert refused(b"") == (Outcome.REFUSED_ARCHIVE, 1)
    assert refused(b"not a zip at all") == (Outcome.REFUSED_ARCHIVE, 1)


@pytest.mark.parametrize("name", ["../cells.csv", "/etc/passwd", "a/b.json", "..", "C:\\x.json"])
def test_a_member_name_that_leads_elsewhere_is_refused(name):
    members = archive.unpack(given.built().raw)
    verdict = judge.judge(zipped({name: b"x", **members}), given.Hub())
    assert (verdict.check, verdict.reasons) == (1, ("a member of the bundle has an unsafe name",))


def test_a_compressed_member_is_refused():
    members = archive.unpack(given.built().raw)
    verdict = judge.judge(zipped(members, zipfile.ZIP_DEFLATED), given.Hub())
    assert (verdict.check, verdict.reasons) == (1, ("a member of the bundle is not plainly stored",))


def test_more_than_32_members_are_refused():
    members = archive.unpack(given.built().raw) | {f"extra{n}.json": b"{}" for n in range(29)}
    verdict = judge.judge(zipped(members), given.Hub())
    assert (verdict.check, verdict.reasons) == (1, ("the bundle holds a name twice or more than 32 members",))


def test_a_member_twice_is_refused():
    first = given.built().raw
    raw = first[: first.index(b"PK\x01\x02")]
    assert judge.judge(raw + first, given.Hub()).reasons == ("the bundle holds a name twice or more than 32 members",)


@pytest.mark.parametrize("name", ["manifest.json", "signature.json", "cells.csv.gz", "audit.json"])
def test_a_bundle_without_one_of_its_parts_is_refused(name):
    raw = given.reforged(given.built().raw, without=[name])
    assert given.Hub().deliver(raw).reasons == (f"the bundle has no {name}",)


@pytest.mark.parametrize("tail", [b"\0", b"PK\x05\x06", b"#!/bin/sh"])
def test_anything_before_behind_or_between_the_members_is_refused(tail):
    raw = given.built().raw
    directory = raw.index(b"PK\x01\x02")
    for changed in (raw + tail, tail + raw, raw[:directory] + tail + raw[directory:], raw[:-1], raw[:40]):
        assert refused(changed) == (Outcome.REFUSED_ARCHIVE, 1)


def test_a_manifest_too_large_to_sign_is_refused():
    members = archive.unpack(given.built().raw) | {"manifest.json": b"[" * (archive.MANIFEST_LIMIT + 1)}
    assert refused(archive.pack(members)) == (Outcome.REFUSED_ARCHIVE, 1)


# 2 manifest


@pytest.mark.parametrize(
    "fields",
    [
        {"spec": "kinward-bundle/2"},
        {"issuer": "KZ; drop"},
        {"issuer": "kz\n"},
        {"seq": 0},
        {"seq": True},
        {"seq": 2**53},
        {"seq": 1, "prev": "0" * 64},
        {"seq": 2, "prev": None},
        {"revision": 2, "supersedes": None},
        {"revision": 1, "supersedes": "0" * 64},
        {"sdc": {"method": "cell-key"}},
        {"includes": [{"issuer": "kz-ala", "seq": 1, "sha256": "0" * 64}]},
        {"period": "2011-01-02/P1Y"},
        {"period": "2011-13-01/P1Y"},
        {"period": "2011-02-01/P3M"},
        {"period": "2011"},
        {"created_at": "2012-02-30T00:00:00Z"},
        {"coverage": {"expected": 1, "reported": 2, "late": 0, "list": ["KAZ"]}},
        {"coverage": {"expected": 2, "reported": 1, "late": 2, "list": ["KAZ"]}},
        {"coverage": {"expected": 2, "reported": 1, "late": 0, "list": []}},
        {"dsd_sha256": "F" * 64},
        {"child": "Айгүл"},
    ],
    ids=str,
)
def test_a_manifest_that_breaks_the_schema_is_refused(fields):
    raw = given.reforged(given.built().raw, **fields)
    assert refused(raw) == (Outcome.REFUSED_MANIFEST, 2)


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.replace(b'"seq":1', b'"seq":1,"seq":2'),
        lambda said: said.replace(b'"seq":1', b'"seq":1.0'),
        lambda said: said.replace(b'"seq":1', b'"seq":1e0'),
        lambda said: said.replace(b'"seq":1', b'"seq":NaN'),
        lambda said: said.replace(b'"seq":1', b'"seq": 1'),
        lambda said: said.replace(b'"seq":1', b'"seq":' + b"9" * 5000),
        lambda said: said.replace(b'"kz"', b'"\\u006bz"'),
        lambda said: said.replace(b'"kz"', b'"\\ud800"'),
        lambda said: b"\xef\xbb\xbf" + said,
        lambda said: said.replace(b"kz", b"k\xff"),
        lambda said: b"[" * 80_000,
        lambda said: b"[]",
        lambda said: b"",
    ],
)
def test_a_manifest_in_any_other_spelling_is_refused(change):
    members = archive.unpack(given.built().raw)
    changed = change(members["manifest.json"])
    assert changed != members["manifest.json"]
    raw = given.reforged(given.built().raw, also={"manifest.json": changed})
    assert refused(raw) == (Outcome.REFUSED_MANIFEST, 2)


# 3 signature and trust: forms of signatures are in test_signature


def test_an_unknown_issuer_is_refused():
    assert refused(given.built(issuer="tj").raw) == (Outcome.REFUSED_SIGNATURE, 3)


def test_a_stranger_s_key_is_refused():
    assert refused(given.built(by="stranger").raw) == (Outcome.REFUSED_SIGNATURE, 3)


def test_another_trusted_deployment_s_key_is_refused():
    verdict = given.Hub().deliver(given.built(by="uz").raw)
    assert (verdict.check, verdict.reasons) == (3, ("the key is not trusted for kz",))


def test_a_manifest_changed_after_signing_is_refused():
    raw = given.reforged(given.built().raw, resign=False, revision=2, supersedes="0" * 64)
    verdict = given.Hub().deliver(raw)
    assert (verdict.check, verdict.reasons) == (3, ("the signature does not fit the signed bytes",))


def test_a_key_trusted_for_another_dataset_is_refused():
    hub = given.Hub(given.trust(dataset="KINWARD:OTHER(1.0)"))
    assert hub.deliver(given.built().raw).reasons == ("the key is not trusted for this dataset",)


def test_a_key_signs_only_within_its_span_of_the_sequence():
    first = given.built()
    second = given.after(first)
    third = given.after(second)
    hub = given.Hub(given.trust(from_seq=2, until_seq=2))
    outcomes = [hub.deliver(sent.raw).outcome for sent in (first, second, third)]
    assert outcomes == [Outcome.REFUSED_SIGNATURE, Outcome.ACCEPTED, Outcome.REFUSED_SIGNATURE]


def test_a_rotated_key_takes_over_where_the_old_one_ends():
    first = given.built()
    second = given.after(first, by="kz-new")
    hub = given.Hub(given.trust(until_seq=1), given.trust(by="kz-new", from_seq=2))
    assert [hub.deliver(sent.raw).outcome for sent in (first, second)] == [Outcome.ACCEPTED, Outcome.ACCEPTED]


def test_a_deployment_cannot_report_another_country():
    raw = given.built([given.cell(ref_area="UZB")], coverage=manifest.Coverage(1, 1, 0, ("UZB",))).raw
    verdict = given.Hub().deliver(raw)
    assert (verdict.check, verdict.reasons) == (3, ("the key is not trusted for UZB",))


def test_a_province_cannot_report_the_whole_country():
    hub = given.Hub(given.trust(areas=frozenset({"KZ-75"})))
    assert hub.deliver(given.built().raw).check == 3
    part = given.built([given.cell(subnational_area="KZ-75")], coverage=manifest.Coverage(1, 1, 0, ("KZ-75",)))
    assert hub.deliver(part.raw).outcome == Outcome.ACCEPTED


# 4 audience and protection


def test_a_bundle_for_another_hub_is_refused():
    assert refused(given.built(audience="eca").raw) == (Outcome.REFUSED_AUDIENCE, 4)


def test_unprotected_figures_are_refused_outside_demo_mode():
    assert refused(given.built().raw, given.Hub(demo=False)) == (Outcome.REFUSED_UNPROTECTED, 4)


# 5 files


def lying(figures: bytes, rows: int = 1, packed: bytes | None = None, **fields) -> bytes:
    """A validly signed bundle whose cells file is anything."""
    packed = cells.pack(figures) if packed is None else packed
    raw = given.built().raw
    audit = archive.unpack(raw)["audit.json"]
    entries = [
        {"name": name, "bytes": len(content), "sha256": documents.sha256(content), "rows": count}
        for name, content, count in (("audit.json", audit, None), ("cells.csv.gz", packed, rows))
    ]
    return given.reforged(raw, also={"cells.csv.gz": packed}, **{"files": entries, **fields})


def sound() -> bytes:
    return cells.to_csv([given.cell()])


def test_the_forger_of_these_tests_makes_bundles_that_pass_when_nothing_is_wrong():
    assert given.Hub().deliver(lying(sound())).outcome == Outcome.ACCEPTED


@pytest.mark.parametrize("name", ["cells.csv.gz", "audit.json"])
def test_a_file_changed_after_signing_is_refused(name):
    members = archive.unpack(given.built().raw)
    raw = given.reforged(given.built().raw, resign=False, also={name: members[name][:-1] + b"!"})
    assert refused(raw) == (Outcome.REFUSED_FILES, 5)


def test_a_file_that_the_manifest_does_not_list_is_refused():
    assert refused(given.reforged(given.built().raw, also={"extra.json": b"{}"})) == (Outcome.REFUSED_FILES, 5)


def test_a_file_listed_twice_is_refused():
    files = documents.parse(archive.unpack(given.built().raw)["manifest.json"], "manifest.json")["files"]
    raw = given.reforged(given.built().raw, files=[*files, files[0]])
    assert refused(raw) == (Outcome.REFUSED_MANIFEST, 2)


def test_a_wrong_number_of_rows_is_refused():
    assert refused(lying(sound(), rows=2)) == (Outcome.REFUSED_FILES, 5)


@pytest.mark.parametrize("rows", [10_000, 3_000_000])
def test_a_gzip_bomb_is_refused_without_unpacking_it(rows):
    import gzip

    bomb = gzip.compress(sound() + b"0" * (rows * 100), mtime=0)
    verdict = given.Hub().deliver(lying(b"", packed=bomb))
    assert (verdict.check, verdict.reasons) == (5, ("cells.csv.gz unpacks to more than 100 times its size",))


@pytest.mark.parametrize(
    "change",
    [
        lambda packed: b"",
        lambda packed: b"no gzip",
        lambda packed: packed[:-1],
        lambda packed: packed + b"y",
        lambda packed: packed + cells.pack(b""),
    ],
)
def test_a_cells_file_that_is_not_one_gzip_is_refused(change):
    assert refused(lying(b"", packed=change(cells.pack(sound())))) == (Outcome.REFUSED_FILES, 5)


@pytest.mark.parametrize(
    "change",
    [
        (b"14052", b"014052"),
        (b"14052", b"14052.0"),
        (b"14052", b"-1"),
        (b"14052", b"1e9"),
        (b"14052", b"NaN"),
        (b"14052", "١٤".encode()),
        (b"14052", b""),
        (b",D,", b",O,"),
        (b"Y0T17", b"Y0T99"),
        (b"2011,14052", b"2012,14052"),
        (b",A,2011-10-31", b",Q,2011-10-31"),
        (b"KAZ,_T", b"KAZ,UZ-AN"),
        (b"KAZ,_T", b"UZB,_T"),
        (b"KAZ,_T", b"XXX,_T"),
        (b",PS,0,", b",PS,00,"),
        (b"\n", b"\r\n"),
        (b"dataflow,", b"dataflow, "),
        ("Тіркелім".encode(), b"\xff"),
        ("Тіркелім".encode(), b"a\0b"),
        (b"OBS_VALUE", b"OBS_WERT"),
        (b"OBS_VALUE,", b""),
    ],
    ids=str,
)
def test_figures_that_break_the_structure_are_refused(change):
    changed = sound().replace(*change)
    assert changed != sound()
    assert refused(lying(changed)) == (Outcome.REFUSED_FILES, 5)


def test_rows_out_of_order_or_doubled_are_refused():
    head, rest = sound().split(b"\n", 1)
    assert refused(lying(head + b"\n" + rest + rest, rows=2)) == (Outcome.REFUSED_FILES, 5)
    two = cells.to_csv([given.cell(sex="F", obs_footnote=""), given.cell(sex="M", obs_footnote="")]).splitlines(True)
    assert given.Hub().deliver(lying(b"".join(two), rows=2)).outcome == Outcome.ACCEPTED
    assert refused(lying(b"".join([two[0], two[2], two[1]]), rows=2)) == (Outcome.REFUSED_FILES, 5)


def test_a_structure_that_the_hub_does_not_know_is_refused():
    assert refused(lying(sound(), dsd_sha256="0" * 64)) == (Outcome.REFUSED_FILES, 5)
    assert refused(lying(sound(), codelists={})) == (Outcome.REFUSED_FILES, 5)
