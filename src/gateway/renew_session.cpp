#include "gateway/renew_session.hpp"

#include "gateway/session_watch.hpp"

namespace doorward::gateway {

std::optional<Verdict> RenewSession::run_now(Context& context) {
  const route::Route& route = *context.route;
  // The gate counts what passes it.
  if (route.renews.empty() || route.renews == route.room) return Verdict::pass;
  if (!context.exchange.request().fields.contains("Authorization")) return Verdict::pass;
  return std::nullopt;
}

edge::Task<Verdict> RenewSession::run(Context& context) {
  const Services& services = places_.services();
  const std::string& room = context.route->renews;
  const Identity identity = services.identities.identify(context.exchange.request(), places_.now());
  if (identity.caller != Caller::user || !identity.subject) co_return Verdict::pass;
  const auto entry = services.shard.room(room);
  const auto handle = services.shard.find(room, identity.subject->key);
  const auto view = handle ? services.shard.read(*handle) : std::nullopt;
  if (!entry || !view || view->state != room::TicketState::admitted) co_return Verdict::pass;
  static_cast<void>(co_await places_.use(*handle, *view, entry->view.policy));
  context.watches.push_back(std::make_unique<SessionWatch>(places_, view->id, entry->view.policy));
  co_return Verdict::pass;
}

std::string RenewSession::explain(const route::Route& route) const {
  if (route.renews.empty() || route.renews == route.room) return {};
  return "counts as use of a session in room " + route.renews;
}

}  // namespace doorward::gateway
