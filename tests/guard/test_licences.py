"""What we ship may be shipped: the page of licences is as the locks and the installed packages say."""

import json

import pytest

from release import bill, licence_page, shipped
from tests.guard.project import ROOT

COMMIT = "0" * 40
AT = 1_700_000_000


@pytest.fixture(scope="module")
def made():
    return bill.bill(ROOT, "0.1.0", COMMIT, AT)


def test_the_page_of_licences_is_what_the_locks_and_the_installed_packages_say():
    assert (ROOT / "docs" / "licences.md").read_text(encoding="utf-8") == licence_page.page(ROOT), "run: make licences"


def test_a_lock_that_differs_from_what_is_installed_is_refused(tmp_path):
    lock = (ROOT / shipped.RUNTIME).read_text(encoding="utf-8")
    (tmp_path / shipped.RUNTIME).write_text(lock.replace("\nflask==3", "\nflask==2", 1), encoding="utf-8")
    with pytest.raises(shipped.NotAsLocked, match="flask"):
        shipped.python_parts(tmp_path)


def test_only_what_our_platform_installs_is_listed():
    pin = "{} \\\n    --hash=sha256:00\n"
    markers = ("a==1", "b==2 ; sys_platform == 'win32'", "c==3 ; python_full_version < '3.12'")
    text = "".join(map(pin.format, markers))
    assert shipped.locked(text) == {"a": "1", "c": "3"}


def test_the_bill_of_materials_fits_its_schema_and_names_every_package_that_is_locked(made):
    assert bill.faults(made) == []
    listed = {each["purl"] for each in json.loads(made)["components"]}
    parts = [*shipped.python_parts(ROOT), *shipped.page_parts(ROOT), *shipped.optional_parts(ROOT)]
    assert listed == {part.purl for part in parts}
    assert {"pkg:npm/bootstrap@5.3.9", "pkg:npm/%40fontsource-variable/noto-sans@5.3.0"} <= listed
    asked = {f"pkg:pypi/{name}@" for name in shipped.asked_for(ROOT)}
    direct = next(each for each in json.loads(made)["dependencies"] if each["ref"].startswith("pkg:pypi/kinward@"))
    assert [start for start in asked if not any(each.startswith(start) for each in direct["dependsOn"])] == []


def test_the_bill_of_materials_is_the_same_bytes_each_time(made):
    assert bill.bill(ROOT, "0.1.0", COMMIT, AT) == made
    assert bill.bill(ROOT, "0.1.0", "1" * 40, AT) != made


def test_the_validator_sees_a_bill_that_is_amiss(made):
    broken = json.loads(made)
    broken["components"][0]["type"] = "kindness"
    assert bill.faults(json.dumps(broken))
    silent = json.loads(made)
    name = silent["components"][0]["name"]
    silent["components"][0].pop("licenses")
    assert bill.faults(json.dumps(silent)) == [f"{name}: no licence"]


def test_the_image_carries_our_licence_and_the_origins():
    assert "\nCOPY LICENSE NOTICE /opt/kinward/\n" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert {"!LICENSE", "!NOTICE"} <= set((ROOT / ".dockerignore").read_text(encoding="utf-8").split())
