#include "gateway/client_address.hpp"

#include "gateway/problems.hpp"
#include "wire/forwarded.hpp"
#include "wire/http/target.hpp"
#include "wire/http/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace doorward::gateway {
namespace {

namespace ip = boost::asio::ip;

constexpr unsigned kMappedPrefix = 96;  // of an IPv4 address within IPv6
constexpr std::string_view kFamily = "x-forwarded-";

ip::address_v6::bytes_type bits_of(const ip::address& address) {
  return address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes()
                         : address.to_v6().to_bytes();
}

// As `to_string` of it, which goes through sprintf: this is done for every request.
std::string dotted(const ip::address_v4& address) {
  std::array<char, 16> text;
  char* end = text.data();
  for (const unsigned byte : address.to_bytes()) {
    end = std::to_chars(end, text.data() + text.size(), byte).ptr;
    *end++ = '.';
  }
  return {text.data(), end - 1};
}

// What one proxy said of the hop before it. `scheme` and `host` may be empty.
struct Hop {
  std::string address, scheme, host;
};

bool is_forwarding_field(std::string_view name) {
  const char first = name.empty() ? '\0' : wire::to_lower(name.front());
  if (first != 'x' && first != 'f') return false;
  return (name.size() > kFamily.size() &&
          wire::equal_to_cgi(name.substr(0, kFamily.size()), kFamily)) ||
         wire::equal_ignoring_case(name, "forwarded") || wire::equal_to_cgi(name, "x-real-ip");
}

// All values of a list field as one.
std::string joined(const wire::Fields& fields, std::string_view name) {
  std::string all;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!wire::equal_ignoring_case(fields[i].name, name)) continue;
    if (!all.empty()) all += ", ";
    all += fields[i].value;
  }
  return all;
}

Result<std::vector<Hop>> forwarded_hops(const wire::Fields& fields) {
  std::vector<Hop> hops;
  const auto elements = wire::parse_forwarded(joined(fields, "forwarded"));
  if (!elements) return elements.error();
  for (const auto& element : *elements)
    hops.push_back(
        {std::string(wire::node_address(element.for_node)), element.proto, element.host});
  return hops;
}

// The member for the hop `from_right`; a list that is shorter was set anew on the way, and its
// leftmost member stands for all before.
std::string_view member(const std::vector<std::string_view>& list, std::size_t from_right) {
  if (list.empty()) return {};
  return list[list.size() - 1 - std::min(from_right, list.size() - 1)];
}

std::vector<Hop> x_forwarded_hops(const wire::Fields& fields) {
  std::vector<Hop> hops;
  const std::string fors = joined(fields, "x-forwarded-for");
  const std::string protos = joined(fields, "x-forwarded-proto");
  const std::string hosts = joined(fields, "x-forwarded-host");
  const auto addresses = wire::split_hops(fors);
  const auto schemes = wire::split_hops(protos);
  const auto names = wire::split_hops(hosts);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const std::size_t from_right = addresses.size() - 1 - i;
    hops.push_back({std::string(wire::node_address(addresses[i])),
                    std::string(member(schemes, from_right)),
                    std::string(member(names, from_right))});
  }
  return hops;
}

template <class Unwanted>
void remove_fields(wire::Fields& fields, Unwanted unwanted) {
  for (std::size_t i = 0; i < fields.size();) {
    if (unwanted(fields[i].name))
      fields.remove(std::string(fields[i].name)), i = 0;
    else
      ++i;
  }
}

bool is_forwarded(const wire::Fields& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (is_forwarding_field(fields[i].name)) return true;
  return false;
}

// Takes what a trusted hop says of the one before it.
void believe(const Hop& hop, bool host, Client& client) {
  if (wire::equal_ignoring_case(hop.scheme, "https"))
    client.scheme = "https";
  else if (wire::equal_ignoring_case(hop.scheme, "http"))
    client.scheme = "http";
  if (host && wire::is_host(hop.host)) client.host = hop.host;
}

void walk(const std::vector<Hop>& hops, const TrustedProxies& trusted, Client& client) {
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (!trusted.networks.contains(client.address)) return;
    believe(*hop, trusted.host, client);
    boost::system::error_code ec;
    const auto address = ip::make_address(hop->address, ec);
    if (ec) return;
    client.address = plain_address(address);
  }
}

// Walks by the one field that is believed, and removes its rival.
Result<> believe_fields(wire::Fields& fields, const TrustedProxies& trusted, Client& client) {
  const bool by_forwarded = fields.contains("forwarded") &&
                            (trusted.prefer_forwarded || !fields.contains("x-forwarded-for"));
  if (by_forwarded) {
    const auto hops = forwarded_hops(fields);
    if (!hops) return hops.error();
    walk(*hops, trusted, client);
    remove_fields(fields, [](std::string_view name) {
      return is_forwarding_field(name) && !wire::equal_ignoring_case(name, "forwarded");
    });
  } else {
    walk(x_forwarded_hops(fields), trusted, client);
    fields.remove("forwarded");
  }
  return {};
}

}  // namespace

Result<Networks> Networks::parse(std::span<const std::string> blocks) {
  Networks networks;
  for (const std::string& block : blocks) {
    const auto slash = block.find('/');
    boost::system::error_code ec;
    const auto address = ip::make_address(block.substr(0, slash), ec);
    const unsigned widest = !ec && address.is_v4() ? 32 : 128;
    unsigned prefix = widest;
    if (!ec && slash != std::string::npos) {
      const char* end = block.data() + block.size();
      const auto [at, fault] = std::from_chars(block.data() + slash + 1, end, prefix);
      if (fault != std::errc() || at != end) prefix = widest + 1;
    }
    if (ec || prefix > widest)
      return error(Errc::invalid, "\"" + block + "\" is no network; write \"10.0.0.0/8\"");
    networks.blocks_.push_back({bits_of(address), widest == 32 ? prefix + kMappedPrefix : prefix});
  }
  return networks;
}

bool Networks::contains(const ip::address& address) const {
  if (blocks_.empty()) return false;
  const auto bits = bits_of(address);
  return std::any_of(blocks_.begin(), blocks_.end(), [&](const Block& block) {
    const std::size_t whole = block.prefix / 8;
    if (!std::equal(bits.begin(), bits.begin() + static_cast<std::ptrdiff_t>(whole),
                    block.bits.begin()))
      return false;
    const unsigned rest = block.prefix % 8;
    return rest == 0 || (bits[whole] ^ block.bits[whole]) >> (8 - rest) == 0;
  });
}

ip::address plain_address(const ip::address& address) {
  if (address.is_v4()) return address;
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6);
  return ip::address_v6(v6.to_bytes());
}

std::string client_key(const ip::address& address) {
  const auto plain = plain_address(address);
  if (plain.is_v4()) return dotted(plain.to_v4());
  auto bytes = plain.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return ip::address_v6(bytes).to_string() + "/64";
}

void remove_forwarding(wire::Fields& fields) { remove_fields(fields, is_forwarding_field); }

Result<Client> find_client(const edge::Peer& peer, wire::RequestHead& head,
                           const TrustedProxies& trusted) {
  Client client;
  if (const auto found = find_client(peer, head, trusted, client); !found) return found.error();
  return client;
}

Result<> find_client(const edge::Peer& peer, wire::RequestHead& head, const TrustedProxies& trusted,
                     Client& client) {
  client.address = plain_address(peer.address);
  client.scheme = peer.tls ? "https" : "http";
  client.host = head.authority;
  client.forwarded = is_forwarded(head.fields);
  if (!trusted.networks.contains(client.address)) {
    head.fields.remove("x-request-id");
    if (client.forwarded) remove_forwarding(head.fields);
  } else if (client.forwarded) {
    // A proxy writes no "X_Forwarded_For"; its visitor might.
    remove_fields(head.fields, [](std::string_view name) {
      return is_forwarding_field(name) && name.find('_') != std::string_view::npos;
    });
    if (auto believed = believe_fields(head.fields, trusted, client); !believed) return believed;
  }
  client.key = client_key(client.address);
  return {};
}

std::optional<Verdict> ClientAddress::run_now(Context& context) {
  const edge::Peer& peer = context.exchange.peer();
  wire::RequestHead& head = context.exchange.request();
  if (find_client(peer, head, trusted_, context.client)) return Verdict::pass;
  // Not the proxy's address in the visitor's place: that passes every limit.
  context.client = {};
  static_cast<void>(find_client(peer, head, {}, context.client));
  context.reply = answer(problems::kMalformed, "The field Forwarded cannot be read.");
  return Verdict::answered;
}

edge::Task<Verdict> ClientAddress::run(Context& context) { co_return *run_now(context); }

std::string ClientAddress::explain(const route::Route&) const {
  return "the socket's peer, or the first untrusted hop before a trusted proxy";
}

}  // namespace doorward::gateway
