#include "gateway/limits/request_values.hpp"

#include "core/tenant/tenant.hpp"

#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>

namespace doorward::gateway {
namespace {

std::optional<std::string_view> if_any(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace

std::optional<std::string_view> RequestValues::header(std::string_view name, std::size_t n) const {
  const wire::Fields& fields = head().fields;
  if (n == 0) return fields.find(name);
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (wire::equal_ignoring_case(fields[i].name, name) && n-- == 0) return fields[i].value;
  return std::nullopt;
}

const Identity& RequestValues::identity() const {
  if (!identity_) identity_ = identities_.identify(head(), now_);
  return *identity_;
}

std::string_view RequestValues::claim(std::string_view name) const {
  const Identity& who = identity();
  if (who.caller != Caller::user || !who.subject) return {};
  return who.subject->claim(name);
}

// Its full name. Of the route, or of the call: "/v1/rooms/sale/tickets", where a tenant's key means
// its own room, or "/v1/tenants/acme/rooms/sale/tickets".
std::optional<std::string_view> RequestValues::room() const {
  if (context_.route != nullptr) return if_any(context_.route->room);
  std::string_view rest = endpoint_;
  const auto skip = [&rest](std::string_view part) {
    const bool is_next = rest.starts_with(part);
    if (is_next) rest.remove_prefix(part.size());
    return is_next;
  };
  const auto take_name = [&rest] {
    const std::string_view name = rest.substr(0, rest.find('/'));
    rest.remove_prefix(name.size());
    return name;
  };
  if (!skip("/v1")) return std::nullopt;
  std::string tenant(skip("/tenants/") ? take_name() : std::string_view());
  const std::string_view name = skip("/rooms/") ? take_name() : std::string_view();
  if (name.empty()) return std::nullopt;
  if (tenant.empty()) tenant = identities_.tenant_by_key(head(), now_).value_or("");
  room_ = tenant::full_name(tenant, name);
  return room_;
}

std::optional<std::string_view> RequestValues::value(const limit::KeyPart& part) const {
  using limit::KeyKind;
  switch (part.kind) {
    case KeyKind::client: return client();
    case KeyKind::user:
      if (identity().caller != Caller::user || !identity().subject) return std::nullopt;
      return identity().subject->text;
    case KeyKind::api_key: return if_any(identity().backend);
    case KeyKind::header: return header(part.name);
    case KeyKind::cookie: return cookie(head(), part.name);
    case KeyKind::claim: return if_any(claim(part.name));
    case KeyKind::room: return room();
    case KeyKind::endpoint: return endpoint_;
  }
  return std::nullopt;
}

limit::Address to_limit_address(const boost::asio::ip::address& address) {
  namespace ip = boost::asio::ip;
  const ip::address_v6 v6 =
      address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6();
  limit::Address bits;
  const auto bytes = v6.to_bytes();
  std::copy(bytes.begin(), bytes.end(), bits.begin());
  return bits;
}

}  // namespace doorward::gateway
