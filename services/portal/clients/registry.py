"""registry's API: children, their families, who read them."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.portal.clients.api import Answer, Api


class Registry:
    """Who the child is."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def search(self, body: Mapping[str, Any]) -> Any:
        """Candidates for a name, with score and reasons; a POST, since names never stand in an address."""
        return self.api.post("/children/search", body).body

    def children(self, ids: Sequence[str]) -> Any:
        """Those of these children that the person reaches, by id; up to 50."""
        return {row["id"]: row for row in self.search({"children": list(ids)})["items"]}

    def child(self, child: str) -> Answer:
        """One child, with its version."""
        return self.api.read(f"/children/{child}")

    def of_child(self, child: str, what: str, **query: Any) -> Any:
        """What hangs on a child: care, family, siblings, measures, capacity, consents, documents, revisions, ..."""
        return self.api.get(f"/children/{child}/{what}", **query)

    def person(self, person: str) -> Any:
        """An adult relative or carer; withheld where they wished not to be named."""
        return self.api.get(f"/persons/{person}")

    def listed(self, path: str, **query: Any) -> Any:
        """One page of a list: alarms/unrepresented-children, matching/pairs, glass, ..."""
        return self.api.get(f"/{path}", **query)

    def register(self, body: Mapping[str, Any], key: str) -> Answer:
        """Register a child."""
        return self.api.post("/children", body, key=key)

    def amend(self, child: str, body: Mapping[str, Any], key: str, version: str) -> Answer:
        """The child's life changed: all of its identity, from a day on."""
        return self.api.post(f"/children/{child}/amendments", body, key=key, version=version)

    def correct(self, child: str, body: Mapping[str, Any], key: str, version: str) -> Answer:
        """The record was wrong: all of its identity, as it always was."""
        return self.api.post(f"/children/{child}/corrections", body, key=key, version=version)

    def pair(self, pair: str) -> Answer:
        """Two records that may be of one child, side by side, with the version."""
        return self.api.read(f"/matching/pairs/{pair}")

    def judge_pair(self, pair: str, body: Mapping[str, Any], key: str, version: str) -> Answer:
        """Say whether they are; it merges nothing."""
        return self.api.post(f"/matching/pairs/{pair}/decision", body, key=key, version=version)

    def break_glass(self, body: Mapping[str, Any], key: str) -> Answer:
        """Open one child out of reach, in an emergency, to be read."""
        return self.api.post("/glass", body, key=key)
