// The envelope of the ticketing gateway's answers.
//
//   {"success":true,"message"?,"data"?,"timestamp"}
//   {"success":false,"error":{"code","message","status","path"?},"timestamp"}
//
// Threads: pure functions; a Dress is const-safe.
// Spec:    docs/migrate/ticketing-gateway.md.
#pragma once

#include "api/call.hpp"
#include "api/compat/ticketing_gateway/messages.hpp"
#include "core/room/view.hpp"
#include "gateway/dress.hpp"
#include "ports/clock.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace doorward::api::ticketing_gateway {

struct Success {
  std::string_view message = {};  // empty: none
  const boost::json::object* data = nullptr;
};
edge::Response success(const ports::Clock& clock, unsigned status, const Success& said);

struct Failure {
  std::string_view code;
  std::string_view message;
  unsigned status = 0;         // in the body
  std::string_view path = {};  // empty: none
};
edge::Response failure(const ports::Clock& clock, unsigned http_status, const Failure& said);

// 401, the same whatever is wrong with the token.
edge::Response login_needed(const ports::Clock& clock, const Messages& messages,
                            std::string_view path);
// An error of which only the status is known.
edge::Response by_status(const ports::Clock& clock, const Messages& messages, unsigned status,
                         std::string_view path);

// {"totalQueueSize","userQueuePosition","usersBehind"}
boost::json::object status_of(const room::TicketView& waiting);

// Doorward's own errors on the routes, in the envelope.
class Enveloped final : public gateway::Dress {
 public:
  Enveloped(const ports::Clock& clock, const Messages& messages)
      : clock_(clock), messages_(messages) {}
  edge::Response problem(edge::Response native, const wire::RequestHead& request) const override;
  edge::Response waiting(const room::TicketView& place, unsigned status) const override;

 private:
  const ports::Clock& clock_;
  const Messages& messages_;
};

}  // namespace doorward::api::ticketing_gateway
