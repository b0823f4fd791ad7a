#include "app/config/compat.hpp"
#include "app/config/form.hpp"
#include "core/reserve/inventory.hpp"
#include "core/reserve/lock.hpp"

namespace doorward::app::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

// `gatekeeper: false` for short.
template <class Settings>
void describe_switch(Form& form, Settings& system) {
  form.shorthand("on");
  form.field("on", system.on, "Whether its calls are answered.");
}

void describe_ticketing_gateway(Form& form, TicketingGatewaySettings& gateway) {
  describe_switch(form, gateway);
  form.field("room", gateway.room, "The room that is its queue.", Text{"the name of a room", 64});
  form.field("language", gateway.language,
             "Of its messages, whatever a browser asks for: its clients compare the Korean ones.",
             Names<Language>{{"ko", Language::ko}, {"en", Language::en}});
  form.field("envelope", gateway.envelope,
             "Whether Doorward's own errors on routes, and where nothing is served, are in its "
             "envelope.");
  form.field("open_actuator", gateway.open_actuator,
             "Whether `/actuator/gateway/routes` and `/actuator/prometheus` are for everybody who "
             "reaches the main listener.");
}

void describe_wait_queue(Form& form, api::wait_queue::Options& queue) {
  describe_switch(form, queue);
  form.field("room", queue.room,
             "The room of its tickets. One that is not configured is made when the first visitor "
             "comes.",
             Text{"the name of a room", 64, room::is_valid_room_name});
  form.field("secret", queue.secret,
             "Signs its JWTs (HS256), best 32 bytes or more. Empty: one of the data folder.",
             Text{"text", 1024, nullptr, true});
  form.field("token_ttl", queue.token_ttl, "How long a JWT is taken at most.",
             Within{minutes{1}, hours{24 * 7}});
  form.field("requests", queue.requests, "What each visitor may ask of the limited calls,",
             Range{1, 100'000});
  form.field("window", queue.window, "in this time,", Within{milliseconds{100}, hours{24 * 30}});
  form.field("algorithm", queue.algorithm, "counted so.",
             Names<limit::Algorithm>{{"fixed_window", limit::Algorithm::fixed_window},
                                     {"sliding_window", limit::Algorithm::sliding_log},
                                     {"sliding_counter", limit::Algorithm::sliding_counter},
                                     {"token_bucket", limit::Algorithm::token_bucket},
                                     {"gcra", limit::Algorithm::gcra}});
}

void describe_train_reservation(Form& form, api::train_reservation::Options& train) {
  describe_switch(form, train);
  form.field("inventory", train.inventory,
             "What is sold. One that is not configured is made when the first visitor comes,",
             Text{"the name of an inventory", 64, reserve::is_valid_inventory_name});
  form.field("stock", train.stock, "with so many tickets.", Range{1, reserve::kMaxUnits});
  form.field("room", train.room, "Who waits for what may be given back.",
             Text{"the name of a room", 64, room::is_valid_room_name});
  form.field("lock", train.lock, "While somebody has it, nothing is sold.",
             Text{"the name of a lock", 64, reserve::is_valid_lock_name});
  form.field("lease", train.lease, "Of a ticket that is taken and, for a crash, never confirmed.",
             Within{std::chrono::seconds{1}, minutes{5}});
}

}  // namespace

void describe(Form& form, CompatSettings& compat) {
  compat.named = true;
  form.group("wait_queue", "Those of \"Wait queue\".",
             [&](Form& g) { describe_wait_queue(g, compat.wait_queue); });
  form.group("train_reservation", "Those of \"Train ticket reservation\".",
             [&](Form& g) { describe_train_reservation(g, compat.train_reservation); });
  form.group("ticketing_gateway", "Those of \"Ticketing gateway\".",
             [&](Form& g) { describe_ticketing_gateway(g, compat.ticketing_gateway); });
  form.group("gatekeeper", "Those of \"Gatekeeper API\".", [&](Form& g) {
    describe_switch(g, compat.gatekeeper);
    g.field("jwt_secret", compat.gatekeeper.jwt_secret,
            "Signs the JWTs (HS256). Absent: each business has a secret of its own.",
            Text{"text", 1'024, nullptr, true});
    compat.gatekeeper.at = g.place("jwt_secret");
  });
  form.group("rate_limiter", "Those of \"Rate limiter with real-time sync\".",
             [&](Form& g) { describe_switch(g, compat.rate_limiter); });
}

std::vector<std::string_view> switched_off(const CompatSettings& compat) {
  std::vector<std::string_view> names;
  const auto add = [&](std::string_view name, const auto& system) {
    if (!system.on) names.push_back(name);
  };
  add("wait_queue", compat.wait_queue);
  add("train_reservation", compat.train_reservation);
  add("ticketing_gateway", compat.ticketing_gateway);
  add("gatekeeper", compat.gatekeeper);
  add("rate_limiter", compat.rate_limiter);
  return names;
}

}  // namespace doorward::app::config
