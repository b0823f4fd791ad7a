// For tests: an outside world that answers when it is told to, and a provider's JWKS.
#pragma once

#include "ports/outbound_http.hpp"
#include "wire/jose/jws.hpp"

#include <boost/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace doorward::gateway {

class IssuerDouble final : public ports::OutboundHttp {
 public:
  void get(ports::HttpGet request, Done done) override {
    asked.push_back(std::move(request));
    waiting_.push_back(std::move(done));
  }
  // To all that wait.
  void give(const Result<ports::HttpAnswer>& answer) {
    for (const Done& done : std::exchange(waiting_, {})) done(answer);
  }
  void answer(std::string body) { give(ports::HttpAnswer{200, std::move(body)}); }
  void fail(Error error) { give(std::move(error)); }

  std::vector<ports::HttpGet> asked;

 private:
  std::vector<Done> waiting_;
};

inline std::string jwks_text(std::vector<wire::jose::Key> keys) {
  return boost::json::serialize(wire::jose::KeySet(std::move(keys)).jwks());
}

}  // namespace doorward::gateway
