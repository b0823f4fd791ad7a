"""What is sent to the Redis protocol's port, byte by byte, and the whole answer until the connection ends.

`SAME`: a real Redis 7.0 gives the same answer. `OWN`: Doorward alone (bounds of its own, or stricter).
"""

PONG = b"+PONG\r\n"


def array(*words):
    out = b"*%d\r\n" % len(words)
    for word in words:
        word = word if isinstance(word, bytes) else str(word).encode()
        out += b"$%d\r\n%s\r\n" % (len(word), word)
    return out


def error(text):
    return b"-ERR Protocol error: " + text.encode() + b"\r\n"


MBULK = error("invalid multibulk length")
BULK = error("invalid bulk length")
LINE = error("a line of an array must end in CRLF")

# Each is followed by QUIT where it does not end the connection by itself.
SAME = [
    (array("PING"), PONG),
    (array("ping"), PONG),
    (array("PING", "a\r\nb"), b"$4\r\na\r\nb\r\n"),
    (array("PING") * 3, PONG * 3),
    (b"PING\r\n", PONG),
    (b"PING\n", PONG),
    (b"\r\n\r\nPING\r\n", PONG),
    (b"*0\r\n*-1\r\n*-5\r\n" + array("PING"), PONG),
    (b'  PING  "a\\x41\\n"  \r\n', b"$3\r\naA\n\r\n"),
    (b"PING 'it\\'s'\r\n", b"$4\r\nit's\r\n"),
    (b'PING ""\r\n', b"$0\r\n\r\n"),
    (b'PING "a\r\n', error("unbalanced quotes in request")),
    (b'PING "a"b\r\n', error("unbalanced quotes in request")),
    (b"*x\r\n", MBULK),
    (b"*+1\r\n", MBULK),
    (b"*01\r\n", MBULK),
    (b"*1.0\r\n", MBULK),
    (b"* 1\r\n", MBULK),
    (b"*\r\n", MBULK),
    (b"*2147483648\r\n", MBULK),
    (b"*1\r\n$-1\r\n", BULK),
    (b"*1\r\n$x\r\n", BULK),
    (b"*1\r\n$01\r\n", BULK),
    (b"*1\r\n$\r\n", BULK),
    (b"*1\r\n$99999999999999999999\r\n", BULK),
    (b"*1\r\n+PING\r\n", error("expected '$', got '+'")),
    (b"*1\r\n:1\r\n", error("expected '$', got ':'")),
    (b"*1\r\n*1\r\n$4\r\nPING\r\n", error("expected '$', got '*'")),
    (array("PING") + b"*1\r\n!\r\n", PONG + error("expected '$', got '!'")),
    (array("PING", "a", "b"), b"-ERR wrong number of arguments for 'ping' command\r\n"),
    (array("ECHO"), b"-ERR wrong number of arguments for 'echo' command\r\n"),
    (array("ECHO", "a", "b"), b"-ERR wrong number of arguments for 'echo' command\r\n"),
    (array("ECHO", b"\x00\xff"), b"$2\r\n\x00\xff\r\n"),
    (array(""), b"-ERR unknown command '', with args beginning with: \r\n"),
    (array("NOSUCH"), b"-ERR unknown command 'NOSUCH', with args beginning with: \r\n"),
    (array("NOSUCH", "a", "b c"), b"-ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b c' \r\n"),
    (array("NO\r\nSUCH", "a\nb"), b"-ERR unknown command 'NO  SUCH', with args beginning with: 'a b' \r\n"),
    (array("X" * 300), b"-ERR unknown command '" + b"X" * 128 + b"', with args beginning with: \r\n"),
    (
        array("X", "y" * 300, "z"),
        b"-ERR unknown command 'X', with args beginning with: '" + b"y" * 128 + b"' \r\n",
    ),
    (array("SELECT", "0"), b"+OK\r\n"),
    (array("SELECT", "16"), b"-ERR DB index is out of range\r\n"),
    (array("SELECT", "-1"), b"-ERR DB index is out of range\r\n"),
    (array("SELECT", "x"), b"-ERR value is not an integer or out of range\r\n"),
    (array("SELECT"), b"-ERR wrong number of arguments for 'select' command\r\n"),
    (array("CLIENT"), b"-ERR wrong number of arguments for 'client' command\r\n"),
    (array("CLIENT", "SETNAME"), b"-ERR wrong number of arguments for 'client|setname' command\r\n"),
    (
        array("CLIENT", "SETNAME", "a b"),
        b"-ERR Client names cannot contain spaces, newlines or special characters.\r\n",
    ),
    (array("CLIENT", "SETNAME", "a") + array("CLIENT", "GETNAME"), b"+OK\r\n$1\r\na\r\n"),
    (array("CLIENT", "GETNAME"), b"$-1\r\n"),
    (array("CLIENT", "NOSUCH"), b"-ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP.\r\n"),
    (array("HELLO", "4"), b"-NOPROTO unsupported protocol version\r\n"),
    (array("HELLO", "x"), b"-ERR Protocol version is not an integer or out of range\r\n"),
    (array("HELLO", "2", "WHAT"), b"-ERR Syntax error in HELLO option 'WHAT'\r\n"),
    (array("HELLO", "2", "SETNAME"), b"-ERR Syntax error in HELLO option 'SETNAME'\r\n"),
    (array("AUTH"), b"-ERR wrong number of arguments for 'auth' command\r\n"),
    (
        array("AUTH", "x"),
        b"-ERR AUTH <password> called without any password configured for the default user. "
        b"Are you sure your configuration is correct?\r\n",
    ),
    (array("AUTH", "a", "b"), b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"),
    (array("AUTH", "a", "b", "c"), b"-ERR syntax error\r\n"),
    (array("RESET"), b"+RESET\r\n"),
    (array("RESET", "x"), b"-ERR wrong number of arguments for 'reset' command\r\n"),
    (array("QUIT"), b"+OK\r\n"),
    (array("POST", "/", "HTTP/1.1"), b""),
    (b"POST / HTTP/1.1\r\nHost: a\r\n\r\n", b""),
    (b"Host: a\r\n", b""),
]

CELL = b"-Cell error: Store error: "
USAGE = CELL + b"Usage: cl.throttle <key> <max_burst> <count per period> <period> [<quantity>]\r\n"


def throttle(*words):
    return array("CL.THROTTLE", *words)


OWN = [
    (b"*1\r\n$1\r\nab\r\n", error("a bulk string must end in CRLF")),
    (b"*1\n$4\r\nPING\r\n", LINE),
    (b"*1\r\n$4\nPING\r\n", LINE),
    (b"*1\rx$4\r\nPING\r\n", LINE),
    (b"*65\r\n", MBULK),
    (b"*1\r\n$16385\r\n", BULK),
    (array("ECHO", "x" * 16384, "x" * 16384)[:-3], BULK),
    (b"*" + b"1" * 30, error("too big mbulk count string")),
    (b"*1\r\n$" + b"1" * 30, error("too big bulk count string")),
    (b"x" * 32768, error("too big inline request")),
    (b"a " * 65 + b"\r\n", error("too many arguments in an inline request")),
    (b"GET / HTTP/1.1\r\n", b"-ERR unknown command 'GET', with args beginning with: '/' 'HTTP/1.1' \r\n"),
    (array("SELECT", "1"), b"-ERR DB index is out of range\r\n"),
    (array("FLUSHALL"), b"-ERR unknown command 'FLUSHALL', with args beginning with: \r\n"),
    (throttle(), USAGE),
    (throttle("k"), USAGE),
    (throttle("k", 1, 1), USAGE),
    (throttle("k", 1, 1, 1, 1, 1), USAGE),
    (throttle("k", "x", 1, 1), CELL + b"Couldn't parse as integer: x\r\n"),
    (throttle("k", 1, "", 1), CELL + b"Couldn't parse as integer: \r\n"),
    (throttle("k", 1, 1, "1.5"), CELL + b"Couldn't parse as integer: 1.5\r\n"),
    (throttle("k", 1, 1, 1, " 1"), CELL + b"Couldn't parse as integer:  1\r\n"),
    (throttle("k", 1 << 63, 1, 1), CELL + b"Couldn't parse as integer: 9223372036854775808\r\n"),
    (throttle("k", 1, 0, 1), CELL + b"Zero rates are not supported\r\n"),
    (throttle("k", 1, 1, 0), CELL + b"Zero rates are not supported\r\n"),
    (throttle("k", -1, 1, 1), CELL + b"max_burst is -1; choose from 0 to 999999999\r\n"),
    (throttle("k", 10**9, 1, 1), CELL + b"max_burst is 1000000000; choose from 0 to 999999999\r\n"),
    (throttle("k", 1, -1, 1), CELL + b"count per period is -1; choose from 1 to 1000000000\r\n"),
    (throttle("k", 1, 1, 2592001), CELL + b"period is 2592001; choose from 1 to 2592000\r\n"),
    (throttle("k", 1, 1, 1, -1), CELL + b"quantity is -1; choose from 0 to 9223372036854775807\r\n"),
    (throttle("never", 4, 1, 60, 6), b"*5\r\n:1\r\n:5\r\n:5\r\n:-1\r\n:0\r\n"),
    (b"cl.throttle inline 4 1 60\r\n", b"*5\r\n:0\r\n:5\r\n:4\r\n:-1\r\n:60\r\n"),
]
