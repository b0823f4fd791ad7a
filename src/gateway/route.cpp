#include "gateway/route.hpp"

#include "wire/http/text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace doorward::gateway {
namespace {

using wire::equal_ignoring_case;
using wire::equal_to_cgi;

constexpr std::array<std::string_view, 8> kHopByHop = {
    "connection",       "keep-alive", "proxy-authenticate", "proxy-authorization",
    "proxy-connection", "te",         "transfer-encoding",  "upgrade"};
constexpr std::array<std::string_view, 7> kIdentity = {"x-user-id",
                                                       "x-user-type",
                                                       "x-original-url",
                                                       "x-rewrite-url",
                                                       "x-http-method-override",
                                                       "x-http-method",
                                                       "x-method-override"};
constexpr std::string_view kOwnPrefix = "x-doorward-";

template <std::size_t size>
bool one_of(std::string_view name, const std::array<std::string_view, size>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view other) {
    return name.size() == other.size() && equal_to_cgi(name, other);
  });
}

bool is_identity(std::string_view name) {
  if (equal_ignoring_case(name, "proxy")) return true;  // HTTP_PROXY, to a CGI program
  if (name.empty() || wire::to_lower(name.front()) != 'x') return false;
  return one_of(name, kIdentity) || equal_to_cgi(name.substr(0, kOwnPrefix.size()), kOwnPrefix);
}

// "Content_Length" is none, but the framing of a backend that takes '_' for '-'.
bool is_hop_by_hop(std::string_view name) {
  return one_of(name, kHopByHop) ||
         (equal_to_cgi(name, "content-length") && !equal_ignoring_case(name, "content-length"));
}

template <class Unwanted>
void remove_where(wire::Fields& fields, Unwanted unwanted) {
  for (std::size_t i = 0; i < fields.size();) {
    if (unwanted(fields[i].name)) {
      fields.remove(std::string(fields[i].name));
      i = 0;
    } else {
      ++i;
    }
  }
}

// What `Connection` names besides the fields that are always hop-by-hop.
std::vector<std::string> named_in_connection(const wire::Fields& fields) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!equal_ignoring_case(fields[i].name, "connection")) continue;
    wire::ListReader list(fields[i].value);
    while (const auto item = list.next())
      if (!item->empty() && !one_of(*item, kHopByHop) && !equal_ignoring_case(*item, "close"))
        names.emplace_back(*item);
  }
  return names;
}

}  // namespace

void remove_hop_by_hop(wire::Fields& fields) {
  bool any = false;
  for (std::size_t i = 0; i < fields.size() && !any; ++i) any = is_hop_by_hop(fields[i].name);
  if (!any) return;
  const bool trailers = fields.lists("te", "trailers");
  std::string upgrade;
  // No other protocol: through "h2c" a visitor would speak to the backend past every filter.
  if (fields.lists("connection", "upgrade") && fields.lists("upgrade", "websocket"))
    upgrade = "websocket";
  if (fields.contains("connection"))
    for (const auto& name : named_in_connection(fields)) fields.remove(name);
  remove_where(fields, is_hop_by_hop);
  if (trailers) fields.append("TE", "trailers");
  if (!upgrade.empty()) {
    fields.append("Connection", "Upgrade");
    fields.append("Upgrade", upgrade);
  }
}

void remove_identity(wire::Fields& fields) { remove_where(fields, is_identity); }

std::optional<Verdict> RouteFilter::run_now(Context& context) {
  wire::RequestHead& request = context.exchange.request();
  context.route = table_.find(context.client.host, request.path, request.method);
  if (!context.route) return Verdict::pass;
  remove_hop_by_hop(request.fields);
  remove_identity(request.fields);
  return Verdict::pass;
}

edge::Task<Verdict> RouteFilter::run(Context& context) { co_return *run_now(context); }

std::string RouteFilter::explain(const route::Route& route) const {
  return "route \"" + route.name + "\"";
}

}  // namespace doorward::gateway
