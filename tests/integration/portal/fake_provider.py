"""A small OpenID provider on loopback that signs whoever comes as the person the test names. Not here: any test."""

import base64
import hashlib
import json
import secrets
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from shared import clock

CLIENT = "kinward-portal"


@dataclass
class FakeProvider:
    """Its keys, who is signed in there, and what the test wants it to do wrong."""

    address: str = ""
    person: dict = field(default_factory=lambda: {"sub": "u-17", "name": "Ainur Provided", "groups": ["reg"]})
    spoil: dict = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True))
    codes: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    def metadata(self):
        at = self.address
        return {
            "issuer": self.spoil.get("metadata_issuer", at),
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys",
            "userinfo_endpoint": f"{at}/userinfo",
            "end_session_endpoint": self.spoil.get("goodbye", f"{at}/goodbye"),
        }

    def authorize(self, query):
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        answer = {"code": code, "state": self.spoil.get("state", query["state"])}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def token(self, form):
        query = self.codes.pop(form["code"], None)
        if query is None:
            return None
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if challenge.rstrip(b"=").decode() != query["code_challenge"] or query["code_challenge_method"] != "S256":
            return None
        now = int(clock.now().timestamp())
        claims = {"iss": self.address, "aud": CLIENT, "sub": self.person["sub"], "name": self.person["name"]}
        claims |= {"iat": now, "exp": now + 300, "nonce": query["nonce"]} | self.spoil.get("claims", {})
        key = self.spoil.get("key", self.key)
        signed = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, key, algorithms=["RS256"])
        return {"access_token": "a" * 20, "token_type": "Bearer", "expires_in": 300, "id_token": signed}


def serve(provider):
    """Serve it until `close` of what is returned."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def answer(self, body, status=200):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def do_GET(self):
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
            elif parts.path == "/userinfo":
                self.answer(provider.person | provider.spoil.get("userinfo", {}))
            elif parts.path == "/keys":
                self.answer({"keys": [provider.key.as_dict(private=False)]})
            elif parts.path == "/goodbye":
                self.answer({"signed": "out"})
            else:
                self.answer(provider.metadata())

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            found = provider.token(form)
            self.answer(found or {"error": "invalid_grant"}, 200 if found else 400)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@contextmanager
def offered():
    """A provider that answers on loopback until the end."""
    made = FakeProvider()
    server = serve(made)
    yield made
    server.shutdown()
    server.server_close()
