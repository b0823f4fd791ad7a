"""The server under test before a recording backend, with keys that the tests can sign with."""

import hashlib
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from backend import Backend  # noqa: E402
from doorward import ADMIN_TOKEN, Server  # noqa: E402
from signing import RsaKey, Secret, b64, soon, token  # noqa: E402
from wire import Client  # noqa: E402

API_KEY = "key-of-a-backend-0123456789abcdef"
ISSUER = "https://id.example"
PARTNER = "https://partner.example"
NOBODY = "00000000000000000000000000000001"

CONFIG = """
upstreams: {{ shop: "http://127.0.0.1:{port}" }}
rooms:
  sale: {{ mode: paused }}
  inside: {{ session: {{ ttl: 1h }} }}
  shut: {{ mode: closed }}
  full: {{ mode: paused, max_waiting: 1 }}
routes:
  - {{ host: shop.example, path: "/buy/**", room: sale, upstream: shop }}
  - {{ host: shop.example, path: "/in/**", room: inside, upstream: shop }}
  - {{ host: shop.example, path: "/shut/**", room: shut, upstream: shop }}
  - {{ host: shop.example, path: "/full/**", room: full, upstream: shop }}
  - {{ host: shop.example, path: "/**", upstream: shop }}
tokens:
  keys:
    - {{ kid: passes, algorithm: RS256, file: passes.pem }}
    - {{ kid: secrets, algorithm: HS256, file: secrets.txt }}
identity:
  issuers:
    - {{ issuer: "{issuer}", audience: shop, jwks_file: id.json }}
    - {{ issuer: "{partner}", audience: shop, jwks_file: partner.json }}
  api_keys: [{{ name: shop, sha256: {api_key} }}]
limits: {{ body_bytes: 1MiB }}
"""


class Stage:
    def __init__(self, extra=""):
        self.backend = Backend()
        self.id_key, self.pass_key = RsaKey(), RsaKey()
        self.partner = Secret(b"a secret that the partner shares with us")
        self.secret = Secret(b"the secret of tickets and devices, of this test")
        self._keys = tempfile.TemporaryDirectory(prefix="doorward-keys-")
        config = CONFIG.format(
            port=self.backend.port,
            issuer=ISSUER,
            partner=PARTNER,
            api_key=hashlib.sha256(API_KEY.encode()).hexdigest(),
        )
        folder = Path(self._keys.name)
        config = config.replace("file: ", f"file: {folder}/")
        self.server = Server(config + extra)
        oct_key = {"kty": "oct", "kid": "partner", "alg": "HS256", "k": b64(self.partner.secret)}
        (folder / "id.json").write_text(json.dumps({"keys": [self.id_key.jwk("id")]}))
        (folder / "partner.json").write_text(json.dumps({"keys": [oct_key]}))
        (folder / "passes.pem").write_text(self.pass_key.pem)
        (folder / "secrets.txt").write_text(b64(self.secret.secret))

    def __enter__(self):
        self.server.start()
        self.control = Client(self.server.port)
        return self

    def __exit__(self, *_):
        self.control.__exit__()
        self.server.__exit__()
        self._keys.cleanup()
        self.backend.close()

    def is_alive(self):
        try:
            answer = self.control.ask(b"GET /.doorward/health/live HTTP/1.1\r\nHost: api.example\r\n\r\n")
        except OSError:
            return False
        return answer is not None and answer.status == 200

    # Tokens, right but for what the caller says.

    def user(self, key=None, header=None, **claims):
        right = {"iss": ISSUER, "aud": "shop", "sub": "user-1", "exp": soon()}
        right = {name: value for name, value in {**right, **claims}.items() if value is not None}
        return token(key or self.id_key, {"typ": "JWT", "alg": "RS256", "kid": "id", **(header or {})}, right)

    def partners(self, key=None, header=None, **claims):
        return self.user(key or self.partner, {"alg": "HS256", "kid": "partner", **(header or {})}, iss=PARTNER, **claims)

    def ticket(self, key=None, header=None, **claims):
        right = {"iss": "doorward", "aud": "sale", "sub": "device:0", "ticket": NOBODY, "at": "0-0-0", "exp": soon()}
        right = {name: value for name, value in {**right, **claims}.items() if value is not None}
        # The order of the members is that of Doorward itself: the kind is told by the header's first letters.
        head = {"typ": "doorward-ticket+jwt", "alg": "HS256", "kid": "secrets", **(header or {})}
        return token(key or self.secret, head, right)

    def device(self, key=None, **claims):
        head = {"typ": "doorward-device+jwt", "alg": "HS256", "kid": "secrets"}
        return token(key or self.secret, head, {"iss": "doorward", "sub": "d" * 32, "exp": soon(), **claims})

    def pass_(self, key=None, header=None, **claims):
        right = {"iss": "doorward", "aud": "sale", "sub": "device:0", "ticket": NOBODY, "at": "0-0-0", "exp": soon()}
        right = {name: value for name, value in {**right, **claims}.items() if value is not None}
        head = {"typ": "doorward-pass+jwt", "alg": "RS256", "kid": "passes", **(header or {})}
        return token(key or self.pass_key, head, right)
