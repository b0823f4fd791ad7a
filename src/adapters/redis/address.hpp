// Where a Redis is and how to log in, read from a URL.
//
//   redis://[[user]:password@]host[:port][/database]     redis+unix:///path/to/socket[?db=database]
//
// User and password are percent-decoded.
// Errors:  invalid, never quoting the password.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace doorward::adapters::redis {

struct Address {
  std::string host;
  std::string port = "6379";
  std::string socket;  // path of a Unix socket; then host and port do not count
  std::string user;
  std::string password;
  std::uint32_t database = 0;

  std::string name() const;  // for messages: "host:port" or the path
};

Result<Address> parse_url(std::string_view url);

}  // namespace doorward::adapters::redis
