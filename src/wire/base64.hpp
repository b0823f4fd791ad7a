// base64url without padding, strictly: one text for one byte string.
//
// Errors: a decode fails on padding, on other letters, on an impossible length, and on trailing
//         bits that are not zero.
// Spec:   RFC 4648 section 5; RFC 7515 section 2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace doorward::wire {

std::string base64url_encode(std::string_view bytes);
void base64url_append(std::string& out, std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace doorward::wire
