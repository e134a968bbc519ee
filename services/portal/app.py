"""The portal's Flask application: plain WSGI, put together from its rooms. Not here: the process (server)."""

from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from flask_babel import Babel
from jinja2 import StrictUndefined

from services.portal import (
    counting,
    fact_words,
    faults,
    formats,
    kept_forms,
    languages,
    law_words,
    navigation,
    packing,
    rules,
    sealed_session,
    security,
    signing,
    staff,
    static_files,
    tracing,
)
from services.portal.form_tokens import FormTokens
from services.portal.house import EXTENSION, House, person
from services.portal.house import house as current_house
from services.portal.i18n import speaking
from services.portal.issuer.sealing import Seal
from services.portal.pages import BLUEPRINTS

LARGEST_FORM = 1024 * 1024


def create_app(house: House) -> Flask:
    """The application. Raises ConfigurationError where the session's key is unfit."""
    key = sealed_session.load_key(house.settings.portal.key_file)
    app = Flask("kinward.portal", root_path=str(Path(__file__).parent), static_folder=None)
    app.extensions[EXTENSION] = house
    app.config.update(
        SECRET_KEY=sealed_session.form_secret(key),
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=False,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    counting.register(app)
    tracing.register(app)
    packing.register(app)
    app.session_interface = sealed_session.SealedSessions(key)
    static_files.serve(app)
    security.protect(app)
    app.before_request(signing.recognise)
    kept_forms.register(app, Seal(key, "kept form"))
    csrf = FormTokens(app)
    app.before_request(lambda: _tokens_of_forms(csrf))
    speaking.register(app, Babel(app, locale_selector=lambda: str(languages.locale())))
    formats.register(app)
    app.jinja_env.filters["somebody"] = staff.somebody
    rules.register(app)
    law_words.register(app)
    fact_words.register(app)
    faults.register(app)
    app.context_processor(_in_every_template)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.after_request(_say_language)
    return app


def _tokens_of_forms(csrf: FormTokens) -> None:
    """A form is taken with its token; one that is only shown again has none any more, and changes nothing."""
    if current_app.config["WTF_CSRF_ENABLED"] and not g.get("shown_again"):
        csrf.protect()


def _in_every_template() -> dict[str, Any]:
    return {
        "person": person(),
        "house": current_house(),
        "language": languages.language(),
        "direction": languages.direction(),
        "languages": languages.available(),
        "drafts_plain": session.get("drafts") == "plain",
        "menu": navigation.menu(),
        "part": request.headers.get("HX-Request") == "true",
    }


def _say_language(response: Response) -> Response:
    response.headers["Content-Language"] = g.get("language", "en")
    return response
