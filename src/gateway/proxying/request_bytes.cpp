#include "gateway/proxying/request_bytes.hpp"

#include "gateway/client_address.hpp"
#include "gateway/identity.hpp"
#include "wire/cookie.hpp"
#include "wire/forwarded.hpp"
#include "wire/http/writer.hpp"

#include <algorithm>
#include <array>

namespace doorward::gateway::proxying {
namespace {

using wire::append_field;

// Said by us below.
constexpr std::array<std::string_view, 8> kOurs = {
    "host",      "connection",       "content-length",    "x-forwarded-for",
    "forwarded", "x-forwarded-host", "x-forwarded-proto", "expect"};

bool is(std::string_view name, std::string_view other) {
  return name.size() == other.size() && wire::equal_ignoring_case(name, other);
}

bool is_ours(std::string_view name) {
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [&](std::string_view own) { return is(name, own); });
}

// Whether a backend is not to see this cookie, "doorward_ticket_sale=…": by a ticket and a device
// whoever has them acts for the visitor. A backend may verify passes; behind a room its own is
// enough.
bool is_kept_back(std::string_view pair, std::string_view own_pass) {
  std::string_view name = pair.substr(0, pair.find('='));
  name.remove_prefix(std::min(name.size(), name.find_first_not_of(" \t")));
  name = wire::plain_cookie_name(name);
  if (name.starts_with(kPassCookies)) return !own_pass.empty() && name != own_pass;
  return name.starts_with(kTicketCookies) || name == kDeviceCookie || name == kAdminCookie;
}

void append_cookies(std::string& out, std::string_view name, std::string_view cookies,
                    std::string_view own_pass) {
  std::string kept;
  while (!cookies.empty()) {
    const std::string_view pair = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(std::min(cookies.size(), pair.size() + 1));
    if (!is_kept_back(pair, own_pass)) kept.append(kept.empty() ? "" : ";").append(pair);
  }
  const auto begin = kept.find_first_not_of(' ');
  if (begin != std::string::npos) append_field(out, name, std::string_view(kept).substr(begin));
}

void append_came(std::string& out, const Context& context) {
  const wire::Fields& came = context.exchange.request().fields;
  const bool has_room = context.route != nullptr && !context.route->room.empty();
  for (std::size_t i = 0; i < came.size(); ++i) {
    const auto [name, value] = came[i];
    if (is_ours(name)) continue;
    if (is(name, "cookie") && value.find("doorward_") != std::string_view::npos)
      append_cookies(out, name, value, has_room ? pass_cookie(context.route->room) : std::string());
    else
      append_field(out, name, value);
  }
}

// `own` behind what came under `name`, or for want of that `otherwise`.
void append_list(std::string& out, const wire::Fields& came, std::string_view name,
                 std::string_view own, std::string_view otherwise) {
  out.append(name).append(": ");
  bool any = false;
  for (std::size_t i = 0; i < came.size(); ++i) {
    if (!is(came[i].name, name)) continue;
    out.append(came[i].value).append(", ");
    any = true;
  }
  out.append(any ? own : otherwise).append("\r\n");
}

std::string text_of(const Client& client) {
  return client.address.is_v4() ? client.key : client.address.to_string();
}

void append_forwarding(std::string& out, const Context& context) {
  const wire::Fields& came = context.exchange.request().fields;
  const Client& client = context.client;
  const std::string address = text_of(client);
  const auto peer_address = plain_address(context.exchange.peer().address);
  const std::string peer = peer_address == client.address ? address : peer_address.to_string();
  append_list(out, came, "X-Forwarded-For", peer, address);
  append_field(out, "X-Forwarded-Proto", client.scheme);
  append_field(out, "X-Forwarded-Host", client.host);
  const std::string whole =
      wire::build_forwarded({wire::node_of(address), {}, client.host, client.scheme});
  const std::string own =
      client.forwarded ? wire::build_forwarded({wire::node_of(peer), {}, {}, {}}) : std::string();
  append_list(out, came, "Forwarded", own, whole);
}

void append_framing(std::string& out, const wire::Fields& came, const RequestBody& body) {
  if (body.present && body.length) append_field(out, "Content-Length", *body.length);
  if (body.present && !body.length) append_field(out, "Transfer-Encoding", "chunked");
  if (!body.present && came.contains("content-length")) append_field(out, "Content-Length", "0");
  if (body.expect_continue) append_field(out, "Expect", "100-continue");
}

}  // namespace

bool asks_for_upgrade(const wire::RequestHead& head) { return head.fields.contains("upgrade"); }

void append_request(std::string& out, const Context& context, const ProxyTarget& target,
                    const ProxyOptions& options, std::string_view authority,
                    const RequestBody& body) {
  const wire::RequestHead& request = context.exchange.request();
  const wire::Fields& came = request.fields;
  constexpr std::size_t kUsual = 1'024;
  out.reserve(kUsual);
  out.append(request.method).append(" ").append(request.path);
  if (request.has_query) out.append("?").append(request.query);
  out.append(" HTTP/1.1\r\n");
  append_field(out, "Host", target.pass_host ? std::string_view(request.authority) : authority);
  append_came(out, context);
  const bool te = came.contains("te");
  if (asks_for_upgrade(request))
    append_field(out, "Connection", te ? "Upgrade, TE" : "Upgrade");
  else if (te)
    append_field(out, "Connection", "TE");
  append_forwarding(out, context);
  append_framing(out, came, body);
  if (!options.via.empty()) append_field(out, "Via", "1.1 " + options.via);
  wire::append_end_of_head(out);
}

}  // namespace doorward::gateway::proxying
