// A request as rules read it: its headers, and what tells one client from another.
//
// Why:     an identity costs a signature's check; it is asked for only where a rule needs one.
// Ownership: refers to its arguments.
// Threads: single owner.
#pragma once

#include "core/limit/rule_set.hpp"
#include "gateway/filter.hpp"
#include "gateway/identity.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace doorward::gateway {

class RequestValues final : public limit::HeaderSource, public limit::KeySource {
 public:
  RequestValues(const Context& context, const Identities& identities, LogTime now)
      : context_(context), identities_(identities), now_(now) {}

  std::optional<std::string_view> header(std::string_view name, std::size_t n = 0) const override;
  std::string_view client() const override { return context_.client.key; }
  std::optional<std::string_view> value(const limit::KeyPart& part) const override;

  // The claim's value of a verified token; empty: none.
  std::string_view claim(std::string_view name) const;
  // What RuleSet::find said the endpoint is; must outlive this.
  void set_endpoint(std::string_view endpoint) { endpoint_ = endpoint; }

 private:
  const wire::RequestHead& head() const { return context_.exchange.request(); }
  const Identity& identity() const;
  std::optional<std::string_view> room() const;

  const Context& context_;
  const Identities& identities_;
  LogTime now_;
  std::string_view endpoint_;
  mutable std::optional<Identity> identity_;
  mutable std::string room_;
};

// IPv4 as mapped into IPv6.
limit::Address to_limit_address(const boost::asio::ip::address& address);

}  // namespace doorward::gateway
