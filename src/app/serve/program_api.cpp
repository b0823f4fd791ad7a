// What the program gives to the calls that it answers itself.
#include "api/compat/ticketing_gateway/envelope.hpp"
#include "app/cli/cli.hpp"
#include "app/serve/program.hpp"

namespace doorward::app {
namespace {

constexpr std::size_t kFullSecret = 32;

}  // namespace

// Without a secret of its own it has one of this data folder.
void Program::open_wait_queue() {
  api::wait_queue::Options options = config_.compat.wait_queue;
  if (!options.on) return;
  if (options.secret.empty()) {
    const Hash128 a = identities_->derive("wait_queue secret", "1");
    const Hash128 b = identities_->derive("wait_queue secret", "2");
    options.secret = to_hex(a.hi, a.lo) + to_hex(b.hi, b.lo);
  } else if (options.secret.size() < kFullSecret) {
    log_.warn(
        "compat.wait_queue.secret is short, so its tokens can be forged by trying: give it 32 "
        "random bytes or more");
  }
  wait_queue_ = std::make_unique<api::wait_queue::WaitQueue>(std::move(options), *places_,
                                                             wait_queue_sockets_);
}

void Program::make_api() {
  open_wait_queue();
  api::ApiOptions options;
  options.admin_token = admin_token_;
  options.admin_on_main = [this] { return own_paths_.admin_on_main.load(); };
  options.open_on_loopback = config_.admin.open_on_loopback;
  options.visitors = [this](edge::Exchange& probe) { return handle_visitor(probe); };
  options.switched_off = config::switched_off(config_.compat);
  options.gatekeeper_secret = config_.compat.gatekeeper.jwt_secret;
  options.ticketing_gateway = ticketing_gateway_options();
  options.users_only = [this] { return users_required_.load(); };
  options.wait_queue = wait_queue_.get();
  options.train_reservation = config_.compat.train_reservation;
  options.inventory_of_file = [this](std::string_view name) {
    return wanted_inventories_.find(name);
  };
  options.version = version();
  options.on_change = [this](const api::admin::Change& change) {
    log_.info(change.what, {{"name", change.name},
                            {"fields", change.fields},
                            {"by", change.by},
                            {"client", change.client}});
  };
  api_ = std::make_unique<api::Api>(*places_, streams_, *pages_,
                                    api::Counting{counters_->store(), counters_->secret()}, live_,
                                    std::move(options));
}

api::TicketingGatewayOptions Program::ticketing_gateway_options() {
  const config::TicketingGatewaySettings& settings = config_.compat.ticketing_gateway;
  const bool is_english = settings.language == config::Language::en;
  const auto& messages =
      is_english ? api::ticketing_gateway::kEnglish : api::ticketing_gateway::kKorean;
  queue_voice_ = std::make_unique<api::ticketing_gateway::Voice>(clock_, messages);
  streams_.speak(api::StreamVoice::ticketing_gateway, *queue_voice_);
  if (settings.envelope)
    dress_ = std::make_shared<api::ticketing_gateway::Enveloped>(clock_, messages);
  api::TicketingGatewayOptions options;
  options.room = settings.room;
  options.english = is_english;
  options.open_actuator = settings.open_actuator;
  options.routes = [this] { return pipeline_.get()->routes().routes(); };
  options.metrics = [this] { return metrics_.scrape(); };
  return options;
}

}  // namespace doorward::app
