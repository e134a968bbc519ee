"""Deployments, figures and a hub in memory for the federation's tests. Not here: any database or wire."""

import functools
from datetime import UTC, datetime
from pathlib import Path

from joserfc.jwk import OKPKey

from services.reporting.federation import archive, bundle, documents, judge, keys, manifest, signature, standing
from services.reporting.federation.cells import Cell
from services.reporting.federation.period import Period

CARE = "KINWARD:CARE(1.0)"
EPOCH = "0190163d-8694-739b-aea5-966c26f8ad91"


@functools.cache
def key(name: str) -> OKPKey:
    """The signing key of a deployment, one for each name."""
    return keys.generate()


def cell(**changes) -> Cell:
    """Kazakhstan, 31 October 2011: 14,052 children in residential care."""
    return Cell(
        **{
            "ref_area": "KAZ",
            "indicator": "PT_CHLD_INRESIDENTIAL",
            "sex": "_T",
            "age": "Y0T17",
            "time_period": "2011",
            "value": 14052,
            "unit_measure": "PS",
            "obs_status": "D",
            "coverage_time": "2011-10-31",
            "data_source": "Тіркелім",
            "obs_footnote": 'Жасы мен жынысы "ойдан алынған"\nvon uns gezogen, nicht gemeldet',
            **changes,
        }
    )


def statement(**changes) -> manifest.Statement:
    """The first bundle of kz for the year 2011."""
    return manifest.Statement(
        **{
            "issuer": "kz",
            "audience": "unicef",
            "seq": 1,
            "prev": None,
            "period": Period.year(2011),
            "revision": 1,
            "supersedes": None,
            "as_of": (manifest.Position("urn:kinward:kz:placements", EPOCH, 41017),),
            "created_at": datetime(2012, 1, 15, 9, 30, tzinfo=UTC),
            "coverage": manifest.Coverage(17, 16, 1, ("KAZ",)),
            "code_version": "0.1.0",
            **changes,
        }
    )


def built(figures=None, by="kz", **changes) -> bundle.Built:
    """A bundle that a hub accepts."""
    return bundle.build(statement(**changes), [cell()] if figures is None else figures, key(by))


def after(last: bundle.Built, figures=None, **changes) -> bundle.Built:
    """The bundle that follows another one of kz: the next seq and, unless said otherwise, the next revision."""
    stated = {
        "seq": last.manifest.seq + 1,
        "prev": last.manifest_sha256,
        "revision": last.manifest.revision + 1,
        "supersedes": last.manifest_sha256,
        **changes,
    }
    return built(figures, **stated)


def reforged(raw: bytes, by: str = "kz", also=(), without=(), resign=True, **fields) -> bytes:
    """The bundle with fields of its manifest changed and signed anew, as a dishonest deployment would."""
    members = archive.unpack(raw)
    document = {**documents.parse(members["manifest.json"], "manifest.json"), **fields}
    members |= {"manifest.json": documents.canonical(document), **dict(also)}
    if resign:
        members["signature.json"] = signature.detached(members["manifest.json"], key(by), signature.BUNDLE)
    return archive.pack({name: content for name, content in members.items() if name not in without})


def trust(issuer: str = "kz", by: str | None = None, **changes) -> keys.TrustEntry:
    """The hub's trust in an issuer."""
    area = {"kz": "KAZ", "uz": "UZB"}.get(issuer, "KAZ")
    known = {"areas": frozenset({area}), "dataset": CARE, **changes}
    return keys.TrustEntry(issuer, keys.public_jwk(key(by or issuer)), **known)


class Hub:
    """A hub that keeps everything in memory: what the service does in one transaction, without the transaction."""

    deployment = "unicef"

    def __init__(self, *entries: keys.TrustEntry, demo: bool = True) -> None:
        self.demo = demo
        self.entries = entries or (trust("kz"), trust("uz"))
        self.bundles: dict[standing.Known, tuple[Cell, ...]] = {}

    def trust(self, issuer):
        return [entry for entry in self.entries if entry.issuer == issuer]

    def known(self, issuer):
        return [known for known in self.bundles if known.issuer == issuer]

    def deliver(self, raw: bytes) -> judge.Verdict:
        verdict = judge.judge(raw, self)
        if verdict.outcome.sound:
            self.bundles.setdefault(verdict.known, verdict.cells)
        return verdict

    def effective(self):
        return standing.effective(self.bundles)


def written_pair(folder: Path) -> tuple[OKPKey, Path, Path]:
    """A key pair in files."""
    pair = keys.generate()
    keys.write_pair(pair, folder / "private.jwk", folder / "public.jwk")
    return pair, folder / "private.jwk", folder / "public.jwk"
