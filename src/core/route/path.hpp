// Paths and hosts in the one form that routes compare.
//
// Why:     a path in other clothes ("/BUY", "/%62uy", "//buy", "/x/../buy") must not walk past a
// room.
//          Servers differ in these: whether an escaped slash or a backslash divides segments,
//          whether `;params` belong to a segment's name, whether dots and spaces at its end do, and
//          how often escapes are resolved.
//          So a path with any of these has several readings, and RouteTable takes it only where all
//          of them lead to the same route.
// Bounds:  the result is never longer than the input.
// Threads: pure functions.
// Spec:    RFC 3986 section 6.2 (normalisation), RFC 9110 section 4.2.3.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace doorward::route {

struct Reading {
  bool wide_slashes = false;  // "%2f", "\" and "%5c" divide segments
  bool drop_params = false;   // ";x=1" and "%3bx=1" are not part of the segment
  bool trim_ends = false;     // "buy." and "buy " are "buy", as on Windows
  bool twice = false;         // "%2562uy" is "buy", as where two servers resolve escapes in turn
};

// Which readings a server behind could choose for this path; the plain one is always among them.
std::span<const Reading> readings_of(std::string_view path);

// Lower case, escapes resolved, no dot segments, no empty segments, no slash at the end: "/buy/x",
// and
// "" for the root. Nothing for a path that no server should be asked: one that does not begin with
// '/', or has a broken escape, a control character or '#'.
std::optional<std::string> read_path(std::string_view path, Reading reading);

// Whether `read_path` would give the same in every reading, as with nearly all paths. False: ask.
bool is_read(std::string_view path);

// "/.doorward" and everything below it, in a path that was read.
bool is_reserved(std::string_view read);

struct Host {
  std::string name;  // lower case, no dot at the end; IPv6 with its brackets
  std::string port;  // empty: none given
};
Host read_host(std::string_view authority);

}  // namespace doorward::route
