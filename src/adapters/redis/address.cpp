#include "adapters/redis/address.hpp"

#include "wire/percent.hpp"

#include <charconv>
#include <optional>

namespace doorward::adapters::redis {
namespace {

Error invalid(std::string_view what) {
  return error(Errc::invalid, "the Redis URL " + std::string(what) +
                                  "; expected redis://[[user]:password@]host[:port][/database]");
}

template <class Number>
bool parse_number(std::string_view text, Number& out) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc{} && end == text.data() + text.size();
}

bool take_login(std::string_view& rest, Address& address) {
  const auto at = rest.rfind('@');
  if (at == std::string_view::npos) return true;
  const auto login = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  const auto colon = login.find(':');
  if (colon == std::string_view::npos) return false;
  const auto user = wire::percent_decode(login.substr(0, colon));
  const auto password = wire::percent_decode(login.substr(colon + 1));
  if (!user || !password) return false;
  address.user = *user;
  address.password = *password;
  return true;
}

bool take_host(std::string_view rest, Address& address) {
  // An IPv6 address stands in brackets, so that its colons are not the port's.
  const auto bracket = rest.starts_with('[') ? rest.find(']') : 0;
  if (bracket == std::string_view::npos) return false;
  const auto colon = rest.find(':', bracket);
  if (colon != std::string_view::npos) {
    std::uint16_t port = 0;
    if (!parse_number(rest.substr(colon + 1), port) || port == 0) return false;
    address.port = std::to_string(port);
    rest = rest.substr(0, colon);
  }
  if (bracket > 0) rest = rest.substr(1, bracket - 1);
  address.host = rest;
  return !rest.empty();
}

Result<Address> parse_unix(std::string_view rest) {
  constexpr std::string_view kDatabase = "?db=";
  Address address;
  if (const auto query = rest.find('?'); query != std::string_view::npos) {
    const auto found = rest.substr(query);
    if (!found.starts_with(kDatabase) ||
        !parse_number(found.substr(kDatabase.size()), address.database)) {
      return invalid("has a query that is not ?db=NUMBER");
    }
    rest = rest.substr(0, query);
  }
  if (!rest.starts_with('/')) return invalid("names no absolute path");
  address.socket = rest;
  return address;
}

}  // namespace

std::string Address::name() const { return socket.empty() ? host + ':' + port : socket; }

Result<Address> parse_url(std::string_view url) {
  constexpr std::string_view kUnix = "redis+unix://";
  constexpr std::string_view kTcp = "redis://";
  if (url.starts_with(kUnix)) return parse_unix(url.substr(kUnix.size()));
  if (url.starts_with("rediss://"))
    return invalid("asks for TLS, which this version does not speak");
  if (!url.starts_with(kTcp)) return invalid("does not begin with redis://");
  Address address;
  auto rest = url.substr(kTcp.size());
  const auto at = rest.rfind('@');
  const auto slash = rest.find('/', at == std::string_view::npos ? 0 : at);
  if (slash != std::string_view::npos) {
    const auto database = rest.substr(slash + 1);
    if (!database.empty() && !parse_number(database, address.database)) {
      return invalid("names a database that is no number");
    }
    rest = rest.substr(0, slash);
  }
  if (!take_login(rest, address)) return invalid("has a malformed user or password");
  if (!take_host(rest, address)) return invalid("has a malformed host or port");
  return address;
}

}  // namespace doorward::adapters::redis
