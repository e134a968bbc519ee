"""The children of the demonstration's caseload: who they are, who is kin to whom, and one child written twice."""

from dataclasses import dataclass

from services.cli.demo.cast import AREA, Cast, Days, name_of


@dataclass(frozen=True)
class Children:
    """Their ids by what they are in the story."""

    infant: str
    brother: str
    sister: str
    grandmother: str
    newcomer: str
    decided: str
    teenager: str
    taken: tuple[str, str, str]

    @property
    def of_worker(self) -> tuple[str, ...]:
        """Those in the care of the social worker."""
        return (self.infant, self.brother, self.sister, self.newcomer, self.decided, self.teenager, *self.taken)


def register(cast: Cast, days: Days) -> Children:
    """Register them. Raises Unavailable."""
    infant = _child(cast, days, "Ниязова", "Айлин", "Ержановна", "F", 1, 200)
    brother = _child(cast, days, "Жақсыбеков", "Санжар", "Болатұлы", "M", 9)
    sister = _child(cast, days, "Жақсыбекова", "Мөлдір", "Болатқызы", "F", 6)
    grandmother = _person(cast, "Жақсыбекова", "Зейнеп")
    for child in (brother, sister):
        kin = {"kind": "GRANDPARENT", "other": grandmother, "other_kind": "person"}
        cast.made("registrar", f"/registry/children/{child}/relationships", kin, cast.version(child))
    cast.made("registrar", f"/registry/children/{brother}/siblings", {"siblings": [sister]}, cast.version(brother))
    newcomer = _child(cast, days, "Иванов", "Артём", "Сергеевич", "M", 11)
    decided = _child(cast, days, "Тұрсынова", "Дана", "Маратқызы", "F", 7)
    teenager = _child(cast, days, "Кузнецов", "Данил", "Олегович", "M", 16, 300)
    taken = (
        _child(cast, days, "Абенова", "Камила", "Руслановна", "F", 10),
        _child(cast, days, "Абенов", "Тимур", "Русланович", "M", 5),
        _child(cast, days, "Абенова", "Сафия", "Руслановна", "F", 2, 20),
    )
    cast.made(
        "registrar", f"/registry/children/{taken[0]}/siblings", {"siblings": list(taken[1:])}, cast.version(taken[0])
    )
    _twice(cast, days)
    return Children(infant, brother, sister, grandmother, newcomer, decided, teenager, taken)


def _twice(cast: Cast, days: Days) -> None:
    """One child registered in two scripts, and a registrar who was not sure: a pair to be judged."""
    birth = days.born(8, 40)
    first = _identity(days, "Сейтқали", "Айгерім", "Нұрланқызы", "F") | {"birth": birth}
    made = cast.made("registrar", "/registry/children", {"identity": first})
    second = first | {"names": [name_of("Seitkali", "Aigerim", "Nurlankyzy", "Latn")]}
    unsure = {"child": made["id"], "decision": "unsure", "because": "The same day of birth; no paper to compare."}
    cast.made("registrar", "/registry/children", {"identity": second, "compared": [unsure]})


def _child(
    cast: Cast, days: Days, family: str, given: str, patronymic: str, sex: str, years: int, more: int = 100
) -> str:
    identity = _identity(days, family, given, patronymic, sex) | {"birth": days.born(years, more)}
    return str(cast.made("registrar", "/registry/children", {"identity": identity})["id"])


def _identity(days: Days, family: str, given: str, patronymic: str, sex: str) -> dict[str, object]:
    return {"names": [name_of(family, given, patronymic)], "sex": sex, "area": AREA, "languages": ["kk"]}


def _person(cast: Cast, family: str, given: str) -> str:
    particulars = {"area": AREA, "names": [name_of(family, given)], "languages": ["kk"]}
    return str(cast.made("registrar", "/registry/persons", {"particulars": particulars})["id"])
