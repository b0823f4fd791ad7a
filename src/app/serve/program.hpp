// One running Doorward: everything made, joined together, and ended in the right order.
//
// Why:     the only place that knows all parts. They know each other by their interfaces.
// Ownership: the log given outlives it.
// Threads: made, reloaded and drained on one thread; requests run on the server's loops.
// Errors:  start: conflict (the data folder or the port is another process's), invalid, and those
//          of the command log; each sentence says what to do.
// Spec:    docs/operations.md.
#pragma once

#include "adapters/sqlite/data_folder.hpp"
#include "adapters/sqlite/sqlite_log.hpp"
#include "adapters/system/system_clock.hpp"
#include "adapters/system/system_entropy.hpp"
#include "api/api.hpp"
#include "api/compat/ticketing_gateway/voice.hpp"
#include "api/compat/wait_queue/wait_queue.hpp"
#include "api/native/ticket_streams.hpp"
#include "api/redis/redis.hpp"
#include "app/config/config.hpp"
#include "app/observe/log.hpp"
#include "app/observe/metrics.hpp"
#include "app/serve/counters.hpp"
#include "app/serve/current_pipeline.hpp"
#include "app/serve/file_inventories.hpp"
#include "app/serve/file_memory.hpp"
#include "app/serve/live_keeper.hpp"
#include "app/serve/materials.hpp"
#include "app/serve/observer.hpp"
#include "app/serve/own_paths.hpp"
#include "app/serve/rule_counts.hpp"
#include "app/serve/secrets.hpp"
#include "app/serve/upstreams.hpp"
#include "edge/server.hpp"
#include "edge/upstream/http_client.hpp"
#include "engine/shard.hpp"
#include "gateway/cors.hpp"
#include "gateway/issuer/fetch_keys.hpp"
#include "gateway/limits/rate_rules.hpp"
#include "gateway/pages.hpp"
#include "gateway/pipeline.hpp"
#include "gateway/places.hpp"
#include "ports/counter_store.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace doorward::app {

class Program {
 public:
  static Result<std::unique_ptr<Program>> start(config::Config config, Materials materials,
                                                Log& log);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Takes over what it can, and says which other changes need a restart. False: not all of that was
  // taken over, and the log says what.
  bool reload(config::Config config);
  // Ends what can end within the configured time. False: something was cut.
  bool drain();
  // What is done now and then: to be called every few seconds.
  void tidy() {
    streams_.write_missed();
    save_used_keys();
    tell_if_displaced();
  }

  // "http://127.0.0.1:8080", with the port that was bound.
  std::string address() const;
  std::string admin_address() const;  // empty: none of its own
  std::string redis_address() const;  // "127.0.0.1:6380"; empty: none
  const config::Config& config() const { return config_; }
  std::uint64_t requests() const { return server_->stats().requests; }  // ever

 private:
  Program(config::Config config, Log& log);

  Result<> open_log();
  Result<> open_tokens(const Materials& materials);
  void make_server();
  Result<> open_shard(Materials materials);
  std::vector<gateway::Issuer> make_issuers(std::vector<IssuerMaterial> materials);
  void make_api();
  api::TicketingGatewayOptions ticketing_gateway_options();
  void open_wait_queue();
  void open_redis();
  // Tenants, rooms and rules of the file, where it changed.
  Result<> apply_file(const config::Config& config);
  void load_used_keys();
  void save_used_keys();
  // Whether the log can still be where it was begun: nobody removed it, nor put another in its
  // place.
  bool is_in_place() const { return sqlite_log_ == nullptr || sqlite_log_->is_in_place(); }
  void tell_if_displaced();
  std::shared_ptr<gateway::Filter> make_rate_rules();
  Result<> open_server();
  void add_sources();
  std::shared_ptr<const gateway::Pipeline> make_pipeline(bool admin);
  std::optional<edge::Task<>> handle(edge::Exchange& exchange);
  std::optional<edge::Task<>> handle_visitor(edge::Exchange& exchange);
  std::optional<edge::Response> answer_now(gateway::Context& context);
  edge::Task<> fall_back(gateway::Context& context);
  edge::Response dressed(edge::Response native, const edge::FailedRequest& request) const;
  bool admin_on_main() const;
  std::filesystem::path memory_folder() const;
  Result<> open_file_memory();

  config::Config config_;
  Log& log_;
  std::atomic<bool> users_required_;
  adapters::SystemClock clock_;
  adapters::SystemEntropy entropy_;
  RuleCounts rule_counts_;
  api::live::Live live_{clock_, &rule_counts_};
  Observer observer_{log_, live_};
  UpstreamCountsByName upstream_counts_;
  Metrics metrics_;
  OwnPaths own_paths_;
  WantedInventories wanted_inventories_;
  std::optional<FileMemory> file_memory_;  // once the shard is open
  std::optional<adapters::sqlite::DataFolder> folder_;
  std::unique_ptr<ports::CommandLog> command_log_;
  const adapters::sqlite::SqliteLog* sqlite_log_ = nullptr;  // the same, where it is one
  SipKey subject_key_;
  std::string admin_token_;

  // What follows ends from the bottom up: the loops, with what is left of their requests, before
  // what those refer to. By then ~Program has stopped the server and the shard, which tells its
  // listener `streams_` nothing more.
  std::unique_ptr<engine::Shard> shard_;
  std::unique_ptr<api::TicketVoice> queue_voice_;  // of compat/ticketing_gateway
  std::shared_ptr<const gateway::Dress> dress_;    // likewise; null: answers are native
  api::TicketStreams streams_{clock_};
  api::wait_queue::Sockets wait_queue_sockets_{streams_, clock_};
  api::live::AllStreams parked_{streams_, live_.streams(), wait_queue_sockets_};
  std::unique_ptr<gateway::Tokens> tokens_;
  std::unique_ptr<edge::HttpClient> http_;
  std::unique_ptr<gateway::Identities> identities_;
  std::unique_ptr<gateway::Places> places_;
  std::unique_ptr<gateway::Pages> pages_;
  std::unique_ptr<api::wait_queue::WaitQueue> wait_queue_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<Counters> counters_;  // of all limits
  std::unique_ptr<api::redis::Redis> redis_;
  CurrentPipeline pipeline_;
  std::shared_ptr<const gateway::Pipeline> admin_pipeline_;
  std::unique_ptr<edge::Server> server_;
  std::unique_ptr<LiveKeeper> live_keeper_;
};

}  // namespace doorward::app
