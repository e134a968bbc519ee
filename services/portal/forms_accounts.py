"""The forms of accounts: whom to invite, which roles to give and where they reach."""

from typing import Any, Self
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Field, SelectMultipleField, StringField, ValidationError

from services.portal import ordering
from services.portal.formats import area as area_words
from services.portal.forms import Form, required
from services.portal.house import house
from services.portal.issuer.grants import Granted
from services.portal.words import role_words
from shared.auth.principal import EVERYWHERE


def _roles() -> list[tuple[str, str]]:
    return sorted(((role, role_words(role)) for role in house().pack.roles), key=lambda each: ordering.key(each[1]))


def _areas() -> list[tuple[str, str]]:
    areas, today = house().pack.areas, house().today()
    found = [area for code in areas.codes(today) if (area := areas.get(code, today))]
    named = sorted(((each.code, area_words(each.code)) for each in found), key=lambda each: ordering.key(each[1]))
    return [(EVERYWHERE, _("Everywhere")), *named]


class GrantForm(Form):
    """Roles, and where they reach."""

    roles = SelectMultipleField(
        lazy_gettext("Roles"), [required(lazy_gettext("Choose at least one role."))], choices=_roles
    )
    areas = SelectMultipleField(lazy_gettext("Areas"), choices=_areas)
    centre = StringField(lazy_gettext("Centre of social work"))
    provider = StringField(lazy_gettext("Provider"))

    @classmethod
    def of(cls, granted: Granted) -> Self:
        """Filled in with what an account has."""
        return cls(
            formdata=None,
            data={
                "roles": sorted(granted.roles),
                "areas": sorted(granted.areas),
                "centre": str(granted.centre or ""),
                "provider": str(granted.provider or ""),
            },
        )

    def granted(self) -> Granted:
        """What was chosen."""
        return Granted(
            frozenset(self.roles.data or ()),
            frozenset(self.areas.data or ()),
            _an_id(self.centre.data),
            _an_id(self.provider.data),
        )

    def validate_centre(self, field: Field) -> None:
        """It is an id, and given where a role reaches a centre alone."""
        self._belongs(field, "centre", _("A chosen role reaches one centre: give its id."))

    def validate_provider(self, field: Field) -> None:
        """It is an id, and given where a role reaches a provider alone."""
        self._belongs(field, "provider", _("A chosen role reaches one provider: give its id."))

    def validate_areas(self, field: Field) -> None:
        """Given where a role reaches areas."""
        if not field.data and self._reach("area"):
            raise ValidationError(_("A chosen role reaches areas: choose at least one."))

    def _belongs(self, field: Field, scope: str, message: str) -> None:
        if not (field.data or "").strip():
            if self._reach(scope):
                raise ValidationError(message)
            return
        try:
            _an_id(field.data)
        except ValueError:
            raise ValidationError(_("This is no id; copy it from its page.")) from None

    def _reach(self, scope: str) -> bool:
        roles = house().pack.roles
        return any(roles[role]["scope"] == scope for role in self.roles.data or () if role in roles)


class InviteForm(GrantForm):
    """Who, besides."""

    login = StringField(lazy_gettext("Sign-in name"), [required(lazy_gettext("Give a sign-in name."))])
    name = StringField(lazy_gettext("Name"), [required(lazy_gettext("Give the person's name."))])


def _an_id(text: Any) -> UUID | None:
    plain = str(text or "").strip()
    return UUID(plain) if plain else None
