"""A small living caseload in the demonstration's Kazakhstan, so that every page of every person shows something.

Made through the APIs, as the people whose work it is, after the register was imported. Every child, family and place
is invented. Each request carries a key of its own (Idempotency-Key), so that making it again changes nothing.
Not here: the children's cases and decisions (caseload_cases).
"""

from services.cli.demo.caseload_cases import decide, open_cases, take_at_night
from services.cli.demo.caseload_children import register
from services.cli.demo.cast import AREA, Cast, Days, name_of

Belongs = dict[str, dict[str, str]]


def make(cast: Cast) -> Belongs:
    """Make the caseload; gives which of the people belong to which centre. Raises Unavailable."""
    days = Days.of(cast.pack)
    centre = cast.made("administrator", "/social_work/centres", {"area": AREA, "name": "Алматы: центр поддержки семьи"})
    cast.centre = centre["id"]
    worker = cast.made("supervisor", "/social_work/workers", {"centre": cast.centre, "account": "demo-social_worker"})
    _rota(cast, days)
    places = _places(cast, days)
    children = register(cast, days)
    cast.settle()
    open_cases(cast, days, children, worker["id"])
    take_at_night(cast, days, places, children)
    cast.settle()
    decide(cast, days, places, children)
    return {role: {"centre": cast.centre} for role in ("social_worker", "supervisor")}


def _rota(cast: Cast, days: Days) -> None:
    """Alarms have an owner."""
    for role in ("gatekeeper", "duty_officer", "supervisor", "social_worker", "registrar"):
        duty = {"role": role, "level": 0, "account": f"demo-{role}", "from": days.ago(30)}
        cast.made("administrator", "/placements/rota", duty)


def _places(cast: Cast, days: Days) -> dict[str, str]:
    """A shelter that is nearly full, homes, an infant home whose licence ends soon, families with room."""
    shelter = _facility(cast, "Приют «Қарлығаш»", "FACILITY", 4, ["SHELTER_EMERGENCY"], days.ago(-200))
    return {
        "shelter": shelter,
        "home": _facility(cast, "Детский дом № 2", "FACILITY", 60, ["DETSKY_DOM"], days.ago(-400), 3, 17),
        "infants": _facility(cast, "Дом ребёнка «Балапан»", "FACILITY", 40, ["DOM_REBENKA"], days.ago(-20), 0, 3),
        "small": _facility(cast, "Малый дом «Ұя»", "SMALL_GROUP_HOME", 8, ["SMALL_GROUP_HOME"], days.ago(-300), 6, 17),
        "lapsed": _facility(cast, "Дом юношества № 1", "FACILITY", 20, ["YOUTH_HOME"], days.ago(5), 14, 22),
        "family": _family(cast, days, ("Серікбаева", "Гүлнар"), 2, (0, 6)),
        "second": _family(cast, days, ("Петрова", "Анна"), 3, (3, 17)),
    }


def _facility(cast: Cast, name: str, kind: str, places: int, forms: list[str], licensed_to: str, *ages: int) -> str:
    said = {"area": AREA, "name": name, "places": places}
    made = cast.made("inspector", "/placements/providers", said | {"kind": kind})
    age = {"age_from": ages[0], "age_to": ages[1]} if ages else {}
    licence = {"number": f"Л-{places}", "from": "2023-01-01", "to": licensed_to}
    more = {"care_forms": forms, "languages": ["kk", "ru"], "approval": licence} | age
    cast.made("inspector", f"/placements/providers/{made['id']}/amendments", said | more, version=1)
    return str(made["id"])


def _family(cast: Cast, days: Days, name: tuple[str, str], places: int, ages: tuple[int, int]) -> str:
    carer = _person(cast, *name)
    asked = {"area": AREA, "carers": [carer], "languages": ["kk", "ru"], "on": days.ago(90), "own_children": 1}
    family = cast.made("foster_care_officer", "/placements/families", asked)
    path = f"/placements/families/{family['id']}"
    assessed = {"on": days.ago(60), "recommendation": "SUITABLE"}
    family = cast.made("foster_care_officer", f"{path}/assessments", assessed, family["version"])
    course = {"kind": "PREPARATION", "hours": 60, "on": days.ago(40)}
    family = cast.made("foster_care_officer", f"{path}/trainings", course, family["version"])
    terms = {
        "places": places, "age_from": ages[0], "age_to": ages[1], "care_forms": ["PRIYOMNAYA_SEMYA"],
        "from": days.ago(20), "until": days.ago(-500),
    }  # fmt: skip
    cast.made("gatekeeper", f"{path}/approvals", terms, family["version"])
    return str(family["id"])


def _person(cast: Cast, family: str, given: str) -> str:
    particulars = {"area": AREA, "names": [name_of(family, given)], "languages": ["kk", "ru"]}
    return str(cast.made("registrar", "/registry/persons", {"particulars": particulars})["id"])
