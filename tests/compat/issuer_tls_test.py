#!/usr/bin/env python3
"""Keys of an issuer over TLS: whom Doorward believes, and whom it does not."""

import json
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from doorward import Server  # noqa: E402
from issuer import Issuer  # noqa: E402

PATIENCE = 30
JOIN = "/v1/rooms/sale/tickets"


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """A certificate authority of a test's own."""

    def __init__(self, folder, name):
        self.folder = folder / name
        self.folder.mkdir()
        self.pem, self.key = self.folder / "ca.pem", self.folder / "ca.key"
        self.made = 0
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 2, "-subj", f"/CN={name}",
                "-keyout", self.key, "-out", self.pem)  # fmt: skip

    def certificate(self, *names, expired=False):
        """The files of a certificate for these names and of its key."""
        self.made += 1
        key, request, made = (self.folder / f"{self.made}.{kind}" for kind in ("key", "csr", "pem"))
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=issuer", "-keyout", key, "-out", request,
                "-addext", "subjectAltName=" + ",".join(names))  # fmt: skip
        index = self.folder / f"{self.made}.index"
        index.write_text("")
        settings = self.folder / f"{self.made}.cnf"
        settings.write_text(
            f"[ca]\ndefault_ca=it\n[it]\ndatabase={index}\nnew_certs_dir={self.folder}\nrand_serial=yes\n"
            "default_md=sha256\npolicy=any\ncopy_extensions=copy\n[any]\ncommonName=supplied\n"
        )
        until = "20200102000000Z" if expired else "20491231000000Z"
        openssl("ca", "-batch", "-notext", "-config", settings, "-cert", self.pem, "-keyfile", self.key, "-in", request,
                "-startdate", "20200101000000Z", "-enddate", until, "-out", made)  # fmt: skip
        return made, key


class IssuerOverTls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        folder = Path(cls.temporary.name)
        cls.ours, cls.another = Authority(folder, "ours"), Authority(folder, "another")
        cls.good = cls.ours.certificate("DNS:localhost", "IP:127.0.0.1")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def issuer(self, *certificate):
        issuer = Issuer(*certificate)
        self.addCleanup(issuer.close)
        return issuer

    def server(self, issuer, host="localhost", authority=None, **environment):
        it = {"jwks_uri": f"https://{host}:{issuer.port}/jwks", "jwks_cooldown": "100ms", "jwks_timeout": "30s"}
        if authority:
            it["jwks_ca"] = str(authority.pem)
        config = {"identity": {"issuers": [it]}, "rooms": {"sale": {"capacity": 1}}}
        server = Server(json.dumps(config), environment=environment).start()
        self.addCleanup(server._folder.cleanup)
        self.addCleanup(server.kill)
        return server

    def assert_believed(self, issuer, server):
        token = issuer.token("ann")
        until = time.monotonic() + PATIENCE
        while (answer := server.call("POST", JOIN, token=token))[0] == 503 and time.monotonic() < until:
            time.sleep(0.1)
        self.assertEqual(answer[0], 201, (answer[2], server.errors()))

    def assert_refused(self, issuer, server, why):
        until = time.monotonic() + PATIENCE
        while why not in server.errors() and time.monotonic() < until:
            time.sleep(0.1)
        self.assertIn(why, server.errors())
        self.assertEqual(server.call("POST", JOIN, token=issuer.token("ann"))[0], 503)
        self.assertEqual(issuer.times_asked(), 0, "it was asked for nothing")

    def test_an_authority_of_ones_own(self):
        issuer = self.issuer(*self.good)
        for host in ("localhost", "127.0.0.1"):
            with self.subTest(host):
                self.assert_believed(issuer, self.server(issuer, host, self.ours))

    def test_those_of_the_system(self):
        issuer = self.issuer(*self.good)
        self.assert_believed(issuer, self.server(issuer, SSL_CERT_FILE=str(self.ours.pem)))

    def test_an_authority_that_nobody_knows(self):
        issuer = self.issuer(*self.good)
        for authority in (None, self.another):
            with self.subTest(authority):
                why = "the certificate of localhost is not believed: unable to get local issuer certificate"
                self.assert_refused(issuer, self.server(issuer, authority=authority), why)

    def test_another_host(self):
        issuer = self.issuer(*self.ours.certificate("DNS:other.example", "DNS:localhost.example"))
        for host, why in (("localhost", "hostname mismatch"), ("127.0.0.1", "IP address mismatch")):
            with self.subTest(host):
                self.assert_refused(issuer, self.server(issuer, host, self.ours), why)

    def test_one_that_has_expired(self):
        issuer = self.issuer(*self.ours.certificate("DNS:localhost", expired=True))
        self.assert_refused(issuer, self.server(issuer, authority=self.ours), "certificate has expired")

    def test_one_that_speaks_no_tls(self):
        issuer = self.issuer()
        self.assert_refused(issuer, self.server(issuer, authority=self.ours), "no TLS was agreed on")

    def test_a_rotation_and_an_absence(self):
        issuer = self.issuer(*self.good)
        server = self.server(issuer, authority=self.ours)
        self.assert_believed(issuer, server)
        issuer.go_away(True)
        self.assertEqual(server.call("POST", JOIN, token=issuer.token("ann"))[0], 200, "by the keys that are there")
        issuer.add_key("key-2")
        token = issuer.token("bob", key="key-2")
        self.assertEqual(server.call("POST", JOIN, token=token)[0], 503)
        issuer.go_away(False)
        until = time.monotonic() + PATIENCE
        while (answer := server.call("POST", JOIN, token=token))[0] == 503 and time.monotonic() < until:
            time.sleep(0.1)
        self.assertEqual(answer[0], 201, (answer[2], server.errors()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
