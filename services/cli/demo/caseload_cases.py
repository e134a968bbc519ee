"""What happens to the children of the demonstration's caseload: cases, a night, and how far gatekeeping is."""

from typing import Any

from services.cli.demo.caseload_children import Children
from services.cli.demo.cast import AREA, Cast, Days

Places = dict[str, str]
ASSESSED = {
    "domains": ["SAFETY", "HEALTH", "PARENTING", "FAMILY_NETWORK", "CHILD_WISHES"],
    "necessity": True, "necessity_words": "Support at home was tried for five months and did not keep the child safe.",
}  # fmt: skip
PANEL = [
    {"account": "demo-panel_member", "profession": "PSYCHOLOGY"},
    {"account": "dr-seidakhmet", "profession": "MEDICINE"},
    {"account": "k-lee", "profession": "TEACHING"},
]


def open_cases(cast: Cast, days: Days, children: Children, worker: str) -> None:
    """Each child has a case and a worker who answers for it."""
    for number, child in enumerate(children.of_worker):
        body = {"child": child, "centre": cast.centre, "kind": "PROTECTION", "opened_on": days.ago(5 * number)}
        case = cast.made("supervisor", "/social_work/cases", body)
        put = {"worker": worker, "on": days.ago(5 * number)}
        cast.made("supervisor", f"/social_work/cases/{case['id']}/assignments", put, case["version"])


def take_at_night(cast: Cast, days: Days, places: Places, children: Children) -> None:
    """Police brought three children at two in the morning; the duty officer has told the prosecutor."""
    taken = {
        "children": list(children.taken), "taken_by": "POLICE", "situation": "WITH_PARENTS", "taken_from": "PARENT",
        "taken_at": days.night.isoformat(),
        "stay": {
            "care_form": "SHELTER_EMERGENCY", "area": AREA, "provider": places["shelter"], "entry_reason": "VIOLENCE",
        },
    }  # fmt: skip
    found = cast.made("duty_officer", "/placements/emergencies", taken)
    told = {"means": "TELEPHONE", "sent_at": days.night.isoformat()}
    first = found["items"][0]
    notice = next(each for each in first["notices"] if each["to"] == "PROSECUTOR")
    version = cast.read("duty_officer", f"/placements/children/{first['child']}/decisions")["version"]
    cast.made("duty_officer", f"/placements/notices/{notice['id']}/sent", told, version)


def decide(cast: Cast, days: Days, places: Places, children: Children) -> None:
    """Gatekeeping cases in every state that a panel meets."""
    _ask(cast, children.newcomer, "ENTRY", ["NEGLECT", "POVERTY"], ["HOME_VISITS"])
    teenager = Way(cast, days, children.teenager, "MORE_RESTRICTIVE", ["CHILD_BEHAVIOUR"], ["SCHOOL_SUPPORT"])
    teenager.screen()
    infant = Way(cast, days, children.infant, "ENTRY", ["NEGLECT"], ["HOME_VISITS", "PARENTING_SUPPORT"])
    infant.screen()
    infant.hear("OBSERVATION", "Calm with her aunt, cries and clings when she leaves.")
    infant.parents("The mother wants her back when she has been treated.")
    infant.assess()
    infant.options([
        _asked(days, "PRIYOMNAYA_SEMYA", places["family"], "NO_ANSWER"),
        {"care_form": "DOM_REBENKA", "provider": places["infants"], "answer": "YES_AGREES", "asked_on": days.ago(0)},
    ])  # fmt: skip
    infant.panel()
    siblings = Way(cast, days, children.brother, "ENTRY", ["PARENT_ILL"], ["KIN_SUPPORT", "HOME_VISITS"])
    siblings.screen()
    siblings.hear("NO_SUPPORT", "Әжеммен тұрғым келеді. Мөлдірмен бірге болайық.", "FOLLOWED")
    siblings.parents("She agrees that they live with her own mother until she is well.", agrees=True)
    siblings.assess()
    kin = {"care_form": "OPEKA", "person": children.grandmother, "answer": "YES_AGREES", "asked_on": days.ago(0)}
    home = {"care_form": "DETSKY_DOM", "provider": places["home"], "answer": "NOT_ASKED", "reason": "OTHER_FITS_BETTER"}
    siblings.options([kin, _asked(days, "PRIYOMNAYA_SEMYA", places["second"], "YES_AGREES"), home])
    siblings.panel()
    siblings.recommend("KIN", "OPEKA", "With their grandmother, together, near their school.", against=1)
    _decided(cast, days, places, children)


def _decided(cast: Cast, days: Days, places: Places, children: Children) -> None:
    done = Way(cast, days, children.decided, "ENTRY", ["PARENTAL_RIGHTS_DEPRIVED"], ["TREATMENT", "HOME_VISITS"])
    done.screen()
    done.hear("DRAWING", "Я хочу в семью, где есть собака.", "PARTLY_FOLLOWED")
    done.assess()
    done.options([_asked(days, "PRIYOMNAYA_SEMYA", places["second"], "YES_AGREES")])
    done.panel()
    done.recommend("FAMILY_FORM", "PRIYOMNAYA_SEMYA", "A family with room and training.", provider=places["second"])
    terms = {
        "act": "ENTRY", "situation": "WITH_PARENTS", "outcome": "FAMILY_FORM", "body": "COURT",
        "instrument": "JUDGMENT", "number": "2-1187/26", "made_on": days.ago(0), "effective_from": days.ago(0),
        "area": AREA, "care_forms": ["PRIYOMNAYA_SEMYA"], "provider": places["second"],
    }  # fmt: skip
    done.decide(terms)


def _ask(cast: Cast, child: str, kind: str, reasons: list[str], tried: list[str]) -> Any:
    asked = {"kind": kind, "area": AREA, "reasons": reasons, "help_tried": tried}
    return cast.made("social_worker", f"/placements/children/{child}/gatekeeping", asked)


def _asked(days: Days, form: str, provider: str, answer: str) -> dict[str, Any]:
    return {"care_form": form, "provider": provider, "answer": answer, "asked_on": days.ago(0)}


class Way:
    """One case on its way, step by step, each by who takes it."""

    def __init__(self, cast: Cast, days: Days, child: str, kind: str, reasons: list[str], tried: list[str]) -> None:
        self.cast, self.days = cast, days
        made = _ask(cast, child, kind, reasons, tried)
        self.case, self._version = str(made["id"]), int(made["version"])

    def screen(self) -> None:
        """It is one for this gate."""
        self._do("screening", {"words": "The school called; a visit was made on the same day."})

    def hear(self, support: str, words: str, weight: str | None = None) -> None:
        """The child said something."""
        view = {
            "heard": True, "on": self.days.ago(0), "heard_by": "demo-social_worker", "support": support, "words": words,
            "weight": weight,
        }  # fmt: skip
        self._do("hearings", view)

    def parents(self, words: str, *, agrees: bool = False) -> None:
        """The mother was told and heard."""
        day = self.days.ago(0)
        self._do("parents", {"who": "MOTHER", "notified_on": day, "heard_on": day, "agrees": agrees, "words": words})

    def assess(self) -> None:
        """Care is necessary."""
        self._do("assessment", ASSESSED | {"on": self.days.ago(0), "words": "Two visits, school and clinic asked."})

    def options(self, options: list[dict[str, Any]]) -> None:
        """Who was asked, and what they answered."""
        kin = any(each.get("person") for each in options)
        self._do("options", {"options": options} | ({"kin_searched_on": self.days.ago(0)} if kin else {}))

    def panel(self) -> None:
        """Members of three professions."""
        self._do("panel", {"members": PANEL}, "gatekeeper")

    def recommend(self, outcome: str, form: str, words: str, **more: Any) -> None:
        """What the panel says."""
        said = {"outcome": outcome, "care_form": form, "on": self.days.ago(0), "words": words}
        self._do("recommendation", said | more, "gatekeeper")

    def decide(self, terms: dict[str, Any]) -> None:
        """What was decided."""
        self._do("decision", {"terms": terms}, "gatekeeper")

    def _do(self, what: str, body: dict[str, Any], role: str = "social_worker") -> None:
        made = self.cast.made(role, f"/placements/gatekeeping/{self.case}/{what}", body, self._version)
        self._version = int(made["version"])
