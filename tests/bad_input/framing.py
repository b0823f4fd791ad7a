"""Malformed heads, bodies and targets: bytes on the wire, and the exact answer that each must get.

Framing that two parsers could read differently is refused and the connection closed: RFC 9112.
"""

from rows import Row, get


def post(*fields, body=b"", target="/open/a"):
    return get(target, *fields, method="POST", body=body)


def chunked(body):
    return post("Transfer-Encoding: chunked", body=body)


REQUEST_LINE = "The request line is malformed."
METHOD = "The method is malformed."
VERSION = "Only HTTP/1.0 and HTTP/1.1 are served."
LINE_END = "A line ends without CRLF."
FIELD_NAME = "A header field's name is malformed."
FIELD_VALUE = "A header field's value is malformed."
LENGTH = "Content-Length is malformed."
LENGTHS = "There is more than one Content-Length."
BOTH = "There are both Content-Length and Transfer-Encoding."
NO_HOST = "There is no Host."
HOSTS = "There is more than one Host."
BAD_HOST = "Host is malformed."
ESCAPE = "The target has a bad percent escape."
CHARACTER = "The target has a character that must be escaped."
TARGET = "The target has a forbidden character."
CHUNK_SIZE = "A chunk size is malformed."

_TABLE = [
    # Request line
    ("line: one word", b"GET\r\n\r\n", 400, METHOD, True),
    ("line: no version", b"GET /open/a\r\nHost: a\r\n\r\n", 400, TARGET, True),
    ("line: two spaces before the target", b"GET  /open/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, TARGET, True),
    ("line: two spaces before the version", b"GET /open/a  HTTP/1.1\r\nHost: a\r\n\r\n", 400, REQUEST_LINE, True),
    ("line: tab between", b"GET\t/open/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, METHOD, True),
    ("line: space at the start", b" GET /open/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, METHOD, True),
    ("line: a word too many", b"GET /open/a HTTP/1.1 x\r\nHost: a\r\n\r\n", 400, REQUEST_LINE, True),
    ("line: lower-case http", b"GET /open/a http/1.1\r\nHost: a\r\n\r\n", 400, REQUEST_LINE, True),
    ("line: HTTPS/1.1", b"GET /open/a HTTPS/1.1\r\nHost: a\r\n\r\n", 400, REQUEST_LINE, True),
    ("line: HTTP/1.10", b"GET /open/a HTTP/1.10\r\nHost: a\r\n\r\n", 400, REQUEST_LINE, True),
    ("line: HTTP/1", b"GET /open/a HTTP/1\r\nHost: a\r\n\r\n", 400, REQUEST_LINE, True),
    ("line: HTTP/2.0", get("/open/a", version="HTTP/2.0"), 505, VERSION, True),
    ("line: HTTP/0.9", get("/open/a", version="HTTP/0.9"), 505, VERSION, True),
    ("line: HTTP/1.2", get("/open/a", version="HTTP/1.2"), 505, VERSION, True),
    ("line: HTTP/3.0", get("/open/a", version="HTTP/3.0"), 505, VERSION, True),
    ("line: bare LF", b"GET /open/a HTTP/1.1\nHost: a\n\n", 400, LINE_END, True),
    ("line: bare CR", b"GET /open/a HTTP/1.1\rHost: a\r\n\r\n", 400, REQUEST_LINE, True),
    ("line: NUL in the method", b"G\0T /open/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, METHOD, True),
    ("line: bracket in the method", b"G[T /open/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, METHOD, True),
    ("line: empty method", b" /open/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, METHOD, True),
    ("line: TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, METHOD, True),
    ("line: HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, VERSION, True),
    ("line: SOCKS", b"\x05\x01\x00\r\n\r\n", 400, METHOD, True),
    ("line: longer than allowed", get("/open/" + "a" * 40000), 414, "The first line is longer than allowed.", True),
    # Targets
    ("target: NUL", b"GET /open/\0a HTTP/1.1\r\nHost: a\r\n\r\n", 400, TARGET, True),
    ("target: DEL", b"GET /open/\x7fa HTTP/1.1\r\nHost: a\r\n\r\n", 400, TARGET, True),
    ("target: raw UTF-8", b"GET /open/\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", 400, CHARACTER, True),
    ("target: backslash", get("/open\\a"), 400, "The path has a backslash.", True),
    ("target: fragment", get("/open/a#b"), 400, CHARACTER, True),
    ("target: escape cut short", get("/open/%4"), 400, ESCAPE, True),
    ("target: escape without digits", get("/open/%zz"), 400, ESCAPE, True),
    ("target: lone percent", get("/open/%"), 400, ESCAPE, True),
    ("target: escaped NUL", get("/open/%00"), 400, ESCAPE, True),
    ("target: bad escape in the query", get("/open/a?b=%x1"), 400, ESCAPE, True),
    ("target: above the root", get("/../etc/passwd"), 400, "The path leaves the root.", True),
    ("target: above the root, escaped", get("/%2e%2e/etc/passwd"), 400, "The path leaves the root.", True),
    ("target: above the root, half escaped", get("/.%2E/etc/passwd"), 400, "The path leaves the root.", True),
    ("target: above the root, later", get("/open/../../etc"), 400, "The path leaves the root.", True),
    ("target: dots beside an escaped slash", get("/open/..%2f..%2fetc"), 400, "The path has a dot segment beside an encoded separator.", True),
    ("target: dots beside an escaped backslash", get("/open/..%5c..%5cetc"), 400, "The path has a dot segment beside an encoded separator.", True),
    ("target: no slash first", get("open/a"), 400, "The target is no path and no address.", True),
    ("target: empty address", get("http://"), 400, "The target's host is malformed.", True),
    ("target: another scheme", get("ftp://shop.example/"), 400, "The target's scheme is neither http nor https.", True),
    ("target: file scheme", get("file:///etc/passwd"), 400, "The target's scheme is neither http nor https.", True),
    ("target: user in the address", get("http://me@shop.example/"), 400, "The target's host is malformed.", True),
    ("target: bad port in the address", get("http://shop.example:http/"), 400, "The target's host is malformed.", True),
    ("target: star for GET", get("*"), 400, "Only OPTIONS may ask for *.", True),
    ("target: CONNECT", get("shop.example:443", method="CONNECT"), 501, "CONNECT is not served.", True),
    # Host
    ("host: none", get("/open/a", host=None), 400, NO_HOST, True),
    ("host: two", get("/open/a", "Host: other.example"), 400, HOSTS, True),
    ("host: the same twice", get("/open/a", "Host: shop.example"), 400, HOSTS, True),
    ("host: two in other letter case", get("/open/a", "hOST: shop.example"), 400, HOSTS, True),
    ("host: with a path", get("/open/a", host="Host: shop.example/a"), 400, BAD_HOST, True),
    ("host: with a user", get("/open/a", host="Host: me@shop.example"), 400, BAD_HOST, True),
    ("host: with a space", get("/open/a", host="Host: shop example"), 400, BAD_HOST, True),
    ("host: a list", get("/open/a", host="Host: a.example, b.example"), 400, BAD_HOST, True),
    ("host: port is a word", get("/open/a", host="Host: shop.example:http"), 400, BAD_HOST, True),
    ("host: port too large", get("/open/a", host="Host: shop.example:65536"), 400, BAD_HOST, True),
    ("host: open bracket", get("/open/a", host="Host: [::1"), 400, BAD_HOST, True),
    ("host: a scheme", get("/open/a", host="Host: http://shop.example"), 400, BAD_HOST, True),
    # Fields
    ("field: space before the colon", get("/open/a", "X-A : b"), 400, FIELD_NAME, True),
    ("field: tab before the colon", get("/open/a", "X-A\t: b"), 400, FIELD_NAME, True),
    ("field: no colon", get("/open/a", "X-A b"), 400, FIELD_NAME, True),
    ("field: no name", get("/open/a", ": b"), 400, FIELD_NAME, True),
    ("field: folded", get("/open/a", "X-A: b", " c"), 400, "A header field is folded.", True),
    ("field: folded with a tab", get("/open/a", "X-A: b", "\tc"), 400, "A header field is folded.", True),
    ("field: folded at the start", get("/open/a", host=" Host: a"), 400, "A header field is folded.", True),
    ("field: NUL in the value", get("/open/a", "X-A: b\0c"), 400, FIELD_VALUE, True),
    ("field: bell in the value", get("/open/a", "X-A: b\x07c"), 400, FIELD_VALUE, True),
    ("field: DEL in the value", get("/open/a", "X-A: b\x7fc"), 400, FIELD_VALUE, True),
    ("field: CR in the value", get("/open/a", "X-A: b\rc"), 400, LINE_END, True),
    ("field: LF in the value", get("/open/a", "X-A: b\nX-B: c"), 400, LINE_END, True),
    ("field: NUL in the name", get("/open/a", "X-\0A: b"), 400, FIELD_NAME, True),
    ("field: parenthesis in the name", get("/open/a", "X(A): b"), 400, FIELD_NAME, True),
    ("field: UTF-8 in the name", get("/open/a", "X-\xe9: b"), 400, FIELD_NAME, True),
    ("field: space in the name", get("/open/a", "X A: b"), 400, FIELD_NAME, True),
    ("field: larger than allowed", get("/open/a", "X-A: " + "b" * 70000), 431, "The head is larger than allowed.", True),
    ("field: too many", get("/open/a", *[f"X-{i}: {i}" for i in range(2000)]), 431, "There are too many header fields.", True),
    ("field: another expectation", post("Expect: the-unexpected", "Content-Length: 0"), 417, "Only 100-continue can be expected.", True),
    # Lengths
    ("length: negative", post("Content-Length: -1"), 400, LENGTH, True),
    ("length: plus sign", post("Content-Length: +1", body=b"a"), 400, LENGTH, True),
    ("length: a word", post("Content-Length: ten"), 400, LENGTH, True),
    ("length: empty", post("Content-Length: "), 400, LENGTH, True),
    ("length: hexadecimal", post("Content-Length: 0x10"), 400, LENGTH, True),
    ("length: fraction", post("Content-Length: 1.0", body=b"a"), 400, LENGTH, True),
    ("length: two numbers", post("Content-Length: 1 1", body=b"a"), 400, LENGTH, True),
    ("length: list of equals", post("Content-Length: 1, 1", body=b"a"), 400, LENGTH, True),
    ("length: list of others", post("Content-Length: 1, 2", body=b"a"), 400, LENGTHS, True),
    ("length: overflows 64 bits", post("Content-Length: 18446744073709551617"), 400, LENGTH, True),
    ("length: twenty-five digits", post("Content-Length: 9999999999999999999999999"), 400, LENGTH, True),
    ("length: two fields, equal", post("Content-Length: 1", "Content-Length: 1", body=b"a"), 400, LENGTHS, True),
    ("length: two fields, other", post("Content-Length: 1", "Content-Length: 2", body=b"a"), 400, LENGTHS, True),
    ("length: larger than allowed", post("Content-Length: 9223372036854775807"), 413, "The body is larger than allowed.", True),
    ("length: and coding", post("Content-Length: 1", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 400, BOTH, True),
    ("length: coding, then length", post("Transfer-Encoding: chunked", "Content-Length: 1", body=b"0\r\n\r\n"), 400, BOTH, True),
    # Transfer codings
    ("coding: identity", post("Transfer-Encoding: identity"), 400, "The last transfer coding is not chunked.", True),
    ("coding: gzip alone", post("Transfer-Encoding: gzip"), 400, "The last transfer coding is not chunked.", True),
    ("coding: gzip, chunked", post("Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"), 501, "Only the transfer coding chunked is served.", True),
    ("coding: chunked, gzip", post("Transfer-Encoding: chunked, gzip", body=b"0\r\n\r\n"), 400, "A transfer coding follows chunked.", True),
    ("coding: chunked twice", post("Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n"), 400, "A transfer coding follows chunked.", True),
    ("coding: two fields", post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 400, "There is more than one Transfer-Encoding.", True),
    ("coding: x-chunked", post("Transfer-Encoding: xchunked"), 400, "The last transfer coding is not chunked.", True),
    ("coding: vertical tab", post("Transfer-Encoding: \x0bchunked"), 400, FIELD_VALUE, True),
    ("coding: empty", post("Transfer-Encoding: "), 400, "The last transfer coding is not chunked.", True),
    ("coding: in HTTP/1.0", get("/open/a", "Transfer-Encoding: chunked", method="POST", version="HTTP/1.0", body=b"0\r\n\r\n"), 400, "HTTP/1.0 has no Transfer-Encoding.", True),
    # Chunks
    ("chunk: no size", chunked(b"\r\n\r\n"), 400, CHUNK_SIZE, True),
    ("chunk: a word", chunked(b"xyz\r\n"), 400, CHUNK_SIZE, True),
    ("chunk: 0x", chunked(b"0x3\r\nabc\r\n0\r\n\r\n"), 400, CHUNK_SIZE, True),
    ("chunk: negative", chunked(b"-3\r\nabc\r\n0\r\n\r\n"), 400, CHUNK_SIZE, True),
    ("chunk: plus", chunked(b"+3\r\nabc\r\n0\r\n\r\n"), 400, CHUNK_SIZE, True),
    ("chunk: space before", chunked(b" 3\r\nabc\r\n0\r\n\r\n"), 400, CHUNK_SIZE, True),
    ("chunk: overflows 64 bits", chunked(b"10000000000000003\r\nabc\r\n0\r\n\r\n"), 400, "A chunk size is too long.", True),
    ("chunk: very large", chunked(b"ffffffffffffffff\r\nabc"), 413, "The body is larger than allowed.", True),
    ("chunk: longer than said", chunked(b"3\r\nabcd\r\n0\r\n\r\n"), 400, "A chunk is longer than it said.", True),
    ("chunk: bare LF after the size", chunked(b"3\nabc\r\n0\r\n\r\n"), 400, CHUNK_SIZE, True),
    ("chunk: bare LF after the data", chunked(b"3\r\nabc\n0\r\n\r\n"), 400, "A chunk is longer than it said.", True),
    ("chunk: bare LF at the end", chunked(b"3\r\nabc\r\n0\n\n"), 400, CHUNK_SIZE, True),
    ("chunk: NUL in an extension", chunked(b"3;a=\0b\r\nabc\r\n0\r\n\r\n"), 400, "A chunk extension is malformed.", True),
    ("chunk: extensions without end", chunked(b"3;" + b"a" * 40000 + b"\r\nabc\r\n0\r\n\r\n"), 400, "The chunk extensions are larger than allowed.", True),
    ("chunk: CR in an extension", chunked(b"3;a\rb\r\nabc\r\n0\r\n\r\n"), 400, "A chunk size ends without CRLF.", True),
    ("trailer: space before the colon", chunked(b"0\r\nX-A : b\r\n\r\n"), 400, "A trailer field is malformed.", True),
    ("trailer: no colon", chunked(b"0\r\nX-A\r\n\r\n"), 400, "A trailer field is malformed.", True),
    ("trailer: NUL", chunked(b"0\r\nX-A: \0\r\n\r\n"), 400, "A trailer field has a control character.", True),
    ("trailer: bare LF", chunked(b"0\r\nX-A: b\n\r\n"), 400, "A trailer line ends without CRLF.", True),
    ("trailer: larger than allowed", chunked(b"0\r\nX-A: " + b"b" * 70000 + b"\r\n\r\n"), 431, "The trailers are larger than allowed.", True),
]

ROWS = [Row(*row) for row in _TABLE]
