// Who sent a request, seen past the proxies that the operator trusts.
//
// Why:     limits and logs must count visitors, not the load balancer before us; and nobody may
//          name an address for themselves. The hops are walked from the socket's peer leftwards
//          while they are trusted; the first that is not trusted is the client.
// Threads: const-safe.
// Bounds:  the last wire::kMaxHops hops, those of the proxies; what a visitor wrote before them
//          discards none of it.
// Errors:  invalid: the `Forwarded` that is believed cannot be read, nor so the visitor be known.
// Spec:    RFC 7239; X-Forwarded-* by common use; docs/configuration.md, "trusted_proxies".
#pragma once

#include "base/result.hpp"
#include "gateway/filter.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <span>
#include <string>
#include <vector>

namespace doorward::gateway {

// A set of address blocks: "10.0.0.0/8", "2001:db8::/32", "192.0.2.1".
class Networks {
 public:
  Networks() = default;
  static Result<Networks> parse(std::span<const std::string> blocks);
  bool contains(const boost::asio::ip::address& address) const;

 private:
  struct Block {
    boost::asio::ip::address_v6::bytes_type bits;  // IPv4 as mapped
    unsigned prefix;
  };
  std::vector<Block> blocks_;
};

struct TrustedProxies {
  Networks networks;
  // Which field is believed where a trusted proxy sent both. A proxy passes on the one that it does
  // not know as the visitor wrote it, so this must be the one that it sets.
  bool prefer_forwarded = false;
  // Whether the host that they say was asked for is believed. Many a proxy passes the visitor's own
  // X-Forwarded-Host on, who would choose the route by it.
  bool host = false;
};

// IPv4-mapped addresses as IPv4, others without a scope.
boost::asio::ip::address plain_address(const boost::asio::ip::address& address);

// What limits count by: "192.0.2.1", or "2001:db8:0:1::/64".
std::string client_key(const boost::asio::ip::address& address);

// Removes Forwarded, the X-Forwarded family and X-Real-IP.
void remove_forwarding(wire::Fields& fields);

// Reads the forwarding fields and removes those that are not believed.
Result<Client> find_client(const edge::Peer& peer, wire::RequestHead& head,
                           const TrustedProxies& trusted);
// The same into `client`, which is new.
Result<> find_client(const edge::Peer& peer, wire::RequestHead& head, const TrustedProxies& trusted,
                     Client& client);

// The first phase of every request.
class ClientAddress : public Filter {
 public:
  explicit ClientAddress(TrustedProxies trusted) : trusted_(std::move(trusted)) {}
  std::string_view name() const override { return "client_address"; }
  edge::Task<Verdict> run(Context& context) override;
  std::optional<Verdict> run_now(Context& context) override;
  std::string explain(const route::Route& route) const override;

 private:
  TrustedProxies trusted_;
};

}  // namespace doorward::gateway
