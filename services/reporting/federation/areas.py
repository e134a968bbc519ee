"""Areas of figures: which a signer may report and which a bundle covers.

An area is a country (ISO 3166-1 alpha-3, the whole with all its parts) or one part (ISO 3166-2). Not here: the
tree of areas with its history (the country pack).
"""

from collections.abc import Iterable

from services.reporting.federation import structure


def country_of(area: str) -> str | None:
    """The alpha-3 country of an area code, None for an unknown one."""
    prefixes = structure.care().subnational_prefix
    if area in prefixes:
        return area
    alpha2, hyphen, _ = area.partition("-")
    return _by_alpha2().get(alpha2) if hyphen else None


def covers(granted: Iterable[str], area: str) -> bool:
    """Whether one of the granted areas is this area or the country around it."""
    granted = frozenset(granted)
    return area in granted or country_of(area) in granted


def _by_alpha2() -> dict[str, str]:
    return {alpha2: alpha3 for alpha3, alpha2 in structure.care().subnational_prefix.items()}
