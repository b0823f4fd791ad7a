"""A real issuer of JWTs for tests: the npm package oauth2-mock-server, on a free port."""

import json
import subprocess
from pathlib import Path

HERE = Path(__file__).parent


class Issuer:
    def __init__(self, *certificate):
        """Speaks TLS where the files of a certificate and its key are given."""
        self.process = subprocess.Popen(
            ["node", str(HERE / "issuer.mjs"), *map(str, certificate)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        ready = json.loads(self.process.stdout.readline())
        self.port, self.name = ready["port"], ready["issuer"]
        self.jwks_uri = f"http://127.0.0.1:{self.port}/jwks"

    def _say(self, command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "fault" not in answer, answer
        return answer["answer"]

    def token(self, subject, key="key-1", expires=3600, **claims):
        """Claims given as None are left out."""
        said = {"sub": subject, "userType": "CUSTOMER", **claims}
        return self._say({"mint": said, "kid": key, "expires": expires})

    def add_key(self, kid, algorithm="RS256"):
        self._say({"add": kid, "alg": algorithm})

    def go_away(self, gone):
        self._say({"away": gone})

    def times_asked(self):
        return self._say({"asked": True})

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()
