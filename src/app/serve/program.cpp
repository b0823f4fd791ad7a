#include "app/serve/program.hpp"

#include "adapters/redis/address.hpp"
#include "adapters/redis/redis_log.hpp"
#include "app/cli/cli.hpp"
#include "app/config/address.hpp"
#include "app/config/load.hpp"
#include "app/observe/sources.hpp"
#include "app/serve/current_rules.hpp"
#include "app/serve/edge_options.hpp"
#include "app/serve/trouble.hpp"
#include "edge/acceptor.hpp"
#include "ports/memory/memory_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace doorward::app {
namespace {

constexpr std::string_view kBase = "/.doorward/v1";
constexpr const char* kUsedKeysFile = "api-keys-used.json";

edge::Task<> nothing() { co_return; }

std::string shown_address(const std::string& listen, std::uint16_t port) {
  const auto parsed = config::parse_listen_address(listen).value();
  const bool v6 = parsed.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", parsed.host, v6 ? "]" : "", port);
}

}  // namespace

Program::Program(config::Config config, Log& log)
    : config_(std::move(config)), log_(log), users_required_(config_.identity.required) {}

Program::~Program() {
  if (server_) server_->stop();
  if (shard_) shard_->stop();
  if (identities_) save_used_keys();
}

Result<std::unique_ptr<Program>> Program::start(config::Config config, Materials materials,
                                                Log& log) {
  std::unique_ptr<Program> program(new Program(std::move(config), log));
  // Before a folder is made or locked for a program that could not serve.
  const edge::ServerOptions wanted = edge_options(program->config_);
  for (const edge::Listener& listener : wanted.listeners)
    if (auto free = edge::probe_address(listener.address, listener.port); !free)
      return error(Errc::conflict, free.error().what);
  if (auto done = program->open_log(); !done) return done.error();
  if (auto done = program->open_tokens(materials); !done) return done.error();
  program->make_server();
  if (auto done = program->open_shard(std::move(materials)); !done) return done.error();
  program->open_redis();
  if (auto done = program->open_server(); !done) return done.error();
  return program;
}

Result<> Program::open_log() {
  const auto warn = [this](std::string_view sentence) { log_.warn(sentence); };
  if (config_.log.kind == config::LogKind::sqlite) {
    auto opened = adapters::sqlite::SqliteLog::open({.folder = config_.data, .warn = warn}, clock_);
    if (!opened) return opened.error();
    sqlite_log_ = opened->get();
    command_log_ = *std::move(opened);
    return {};
  }
  auto folder = adapters::sqlite::DataFolder::hold(config_.data);
  if (!folder) return folder.error();
  folder_.emplace(*std::move(folder));
  if (config_.log.kind == config::LogKind::redis) {
    auto address = adapters::redis::parse_url(config_.log.redis);
    if (!address) return address.error();
    auto opened = adapters::redis::RedisLog::open(
        {.address = *std::move(address), .shard = config_.log.name, .warn = warn});
    if (!opened) return opened.error();
    command_log_ = *std::move(opened);
    log_.info(
        "the log is shared with other nodes, rate counts are not: through N nodes up to N times a "
        "limit passes, unless a client always comes to the same one");
    return {};
  }
  command_log_ = std::make_unique<ports::MemoryLog>(clock_);
  log_.warn("the log is kept in memory: every place is lost when the process ends");
  return {};
}

Result<> Program::open_tokens(const Materials& materials) {
  // A log in memory is nobody else's.
  auto* mark = dynamic_cast<ports::LogMark*>(command_log_.get());
  auto secrets = mark == nullptr ? open_secrets(config_.data, config_.tokens.algorithm, entropy_)
                                 : open_secrets_of_log(config_.data, config_.tokens.algorithm,
                                                       entropy_, *mark, materials.new_secrets);
  if (!secrets) return secrets.error();
  subject_key_ = secrets->subject_key;
  gateway::TokenOptions options = gateway::split_keys(keys_in_use(materials, secrets->keys));
  options.issuer = config_.tokens.issuer;
  options.pass_ttl = config_.tokens.pass_ttl;
  options.cache_key = draw_sip_key(entropy_);
  options.has_tenant = [this](auto tenant) { return shard_->tenants()->named(tenant) != nullptr; };
  tokens_ = std::make_unique<gateway::Tokens>(std::move(options));
  admin_token_ = config_.admin.token;
  if (!admin_token_.empty()) return {};
  auto admin = open_admin_token(config_.data, entropy_);
  if (!admin) return admin.error();
  admin_token_ = admin->token;
  log_.info(admin->made ? "an admin token was made" : "the admin token is the one made before",
            {{"file", (std::filesystem::path(config_.data) / kAdminTokenFile).string()}});
  return {};
}

void Program::make_server() {
  edge::ServerOptions options = edge_options(config_);
  options.resp.conversations = [this](const edge::Peer&) { return redis_->open(); };
  options.on_refusal = [this](const edge::Refusal& refusal) { log_refusal(log_, refusal); };
  options.reword = [this](edge::Response native, const edge::FailedRequest& request) {
    return dressed(std::move(native), request);
  };
  observer_.look_for_proxy(config_.trusted_proxies.empty());
  server_ = std::make_unique<edge::Server>(
      std::move(options), [this](edge::Exchange& exchange) { return handle(exchange); }, &parked_);
}

Result<> Program::open_shard(Materials materials) {
  counters_ = std::make_unique<Counters>(config_.counters, memory_folder(), clock_, entropy_, log_);
  auto place = open_place(config_.data, entropy_);
  if (!place) return place.error();
  engine::Shard::Options options;
  options.queue_limit = config_.limits.queued_commands;
  options.place = *place;
  options.is_log_shared = config_.log.kind == config::LogKind::redis;
  options.snapshot_every = config_.log.snapshot_every;
  options.keep_records = config_.log.keep_records;
  options.remember_closed = config_.log.remember_closed;
  options.on_trouble = [this](engine::Trouble trouble, std::string_view cause) {
    log_trouble(log_, trouble, cause);
  };
  auto shard = engine::Shard::open(*command_log_, clock_, entropy_, streams_, options);
  if (!shard) return shard.error();
  shard_ = *std::move(shard);
  identities_ = std::make_unique<gateway::Identities>(
      gateway::IdentityOptions{make_issuers(std::move(materials.issuers)),
                               std::move(materials.api_keys), subject_key_,
                               [this] { return shard_->tenants(); }},
      *tokens_);
  load_used_keys();
  places_ = std::make_unique<gateway::Places>(gateway::Services{
      *shard_, clock_, entropy_, *tokens_, *identities_, config_.log.kind == config::LogKind::redis,
      [this](auto room, auto lane) { log_unknown_lane(log_, room, lane); }});
  streams_.attach(*places_, *server_);
  pages_ = std::make_unique<gateway::Pages>(displays_of(config_), std::string(kBase));
  make_api();
  if (auto remembered = open_file_memory(); !remembered) return remembered;
  return apply_file(config_);
}

Result<> Program::open_file_memory() {
  auto* log = dynamic_cast<ports::LogMark*>(command_log_.get());
  const auto mark = log == nullptr ? Result<std::string>("") : log->mark();
  if (!mark) return mark.error();
  auto opened = FileMemory::open(memory_folder(), *mark, shard_->applied());
  if (!opened) return opened.error();
  file_memory_ = *std::move(opened);
  return {};
}

std::vector<gateway::Issuer> Program::make_issuers(std::vector<IssuerMaterial> materials) {
  http_ = std::make_unique<edge::HttpClient>(*server_->loops().front());
  return issuers_of(std::move(materials), *http_, clock_,
                    [this](std::string_view uri, std::string_view fault) {
                      log_.warn("the keys of an identity provider could not be fetched",
                                {{"uri", std::string(uri)}, {"fault", std::string(fault)}});
                    });
}

void Program::load_used_keys() {
  if (memory_folder().empty()) return;
  const auto text = read_small_file(memory_folder() / kUsedKeysFile);
  if (!text && text.error().code == Errc::not_found) return;
  const auto loaded = text ? identities_->load_used_keys(*text) : Result<>(text.error());
  if (!loaded)
    log_.warn("when API keys were used last is forgotten", {{"fault", loaded.error().what}});
}

void Program::save_used_keys() {
  if (memory_folder().empty() || !identities_->api_keys().take_changed()) return;
  const auto saved =
      write_secret_file(memory_folder() / kUsedKeysFile, identities_->api_keys().save());
  if (!saved)
    log_.warn("when API keys were used last was not saved", {{"fault", saved.error().what}});
}

void Program::tell_if_displaced() {
  if (is_in_place()) return;
  log_.error(
      "the files of the data folder were removed or replaced while they were open: joins get 503 "
      "until they are put back; to go on with what lies there now, restart",
      {{"folder", config_.data}});
}

void Program::open_redis() {
  const config::RedisListenSettings& settings = config_.redis_listen;
  api::redis::RedisOptions options;
  options.password = settings.password;
  options.needs_auth = !settings.password.empty() || !config::is_loopback(settings.address);
  options.has_api_keys = !config_.identity.api_keys.empty();
  options.version = version();
  const Hash128 keys = siphash128(counters_->secret(), "counters of CL.THROTTLE");
  options.keys = {keys.lo, keys.hi};
  options.backend_of = [this](std::string_view key) {
    return identities_->backend_of(key, clock_.wall_now());
  };
  redis_ =
      std::make_unique<api::redis::Redis>(std::move(options), counters_->store(), clock_, live_);
}

Result<> Program::open_server() {
  own_paths_.admin_on_main = admin_on_main();
  own_paths_.health = [this] {
    engine::ShardHealth health = shard_->health();
    health.writable = health.writable && is_in_place();
    return health;
  };
  own_paths_.metrics = &metrics_;
  add_sources();
  load_statistics(memory_folder(), live_, log_);
  live_keeper_ = std::make_unique<LiveKeeper>(memory_folder(), live_, *shard_, log_);
  pipeline_.set(make_pipeline(false));
  admin_pipeline_ = make_pipeline(true);
  if (auto started = server_->start(); !started) {
    return error(Errc::conflict, started.error().what);
  }
  own_paths_.phase = Phase::serving;
  identities_->keep_keys_fresh();
  return {};
}

void Program::add_sources() {
  const auto began = std::chrono::system_clock::now().time_since_epoch();
  const double seconds = std::chrono::duration<double>(began).count();
  metrics_.add([this, seconds](MetricWriter& writer) {
    writer.put(MetricId::info, 1, {{"version", version()}});
    writer.put(MetricId::start_time, seconds);
    writer.put(MetricId::ready, is_ready(own_paths_.phase, shard_->health()) ? 1 : 0);
  });
  metrics_.add(write_process_metrics);
  metrics_.add([this](MetricWriter& writer) { write_edge_metrics(server_->stats(), writer); });
  metrics_.add([this](MetricWriter& writer) { observer_.write(writer); });
  metrics_.add([this](MetricWriter& writer) { upstream_counts_.write(writer); });
  metrics_.add([this](MetricWriter& writer) { counters_->write(writer); });
  metrics_.add([this](MetricWriter& writer) { rule_counts_.write(writer); });
  metrics_.add([this](MetricWriter& writer) { write_live_metrics(live_, writer); });
  metrics_.add([this](MetricWriter& writer) { write_redis_metrics(redis_->stats(), writer); });
  metrics_.add([this](MetricWriter& writer) { write_shard_metrics(*shard_, writer); });
}

std::shared_ptr<gateway::Filter> Program::make_rate_rules() {
  gateway::RateRulesParts parts{[rules = CurrentRules(*shard_)] { return rules.get(); },
                                counters_->store(),
                                clock_,
                                entropy_,
                                *identities_,
                                counters_->secret(),
                                &live_,
                                config_.counters.headers,
                                [this](std::string_view tenant) { return shard_->rules(tenant); }};
  return std::make_shared<gateway::RateRules>(std::move(parts));
}

std::shared_ptr<const gateway::Pipeline> Program::make_pipeline(bool admin) {
  gateway::PipelineParts parts;
  parts.quick = [this](gateway::Context& context) { return answer_now(context); };
  parts.fallback = [this](gateway::Context& context) { return fall_back(context); };
  parts.observer = &observer_;
  parts.id_seed = ports::draw<std::uint64_t>(entropy_);
  parts.debug = config_.debug;
  if (!admin) {
    parts.trusted = trusted_of(config_);
    parts.routes = routes_of(config_);
    parts.cors = make_cors(config_);
    parts.fetch_keys = std::make_shared<gateway::FetchKeys>(*identities_);
    parts.limits = make_rate_rules();
    parts.dress = dress_;
    parts.before_404 = make_authenticate(config_, *places_);
    parts.filters = make_filters(config_, *places_, *pages_, server_->loops().size(),
                                 upstream_counts_, admin_token_);
  }
  return std::make_shared<const gateway::Pipeline>(std::move(parts));
}

std::optional<edge::Task<>> Program::handle(edge::Exchange& exchange) {
  if (exchange.peer().admin_listener) return admin_pipeline_->handle(exchange);
  return handle_visitor(exchange);
}

std::optional<edge::Task<>> Program::handle_visitor(edge::Exchange& exchange) {
  const auto& pipeline = pipeline_.get();
  return pipeline->handle(exchange, pipeline);
}

std::optional<edge::Response> Program::answer_now(gateway::Context& context) {
  auto own = own_paths_.answer(context.exchange, context.client);
  return own ? std::move(own) : api_->answer_now(context);
}

edge::Task<> Program::fall_back(gateway::Context& context) {
  const bool is_ours = api_->owns(context.exchange.request().path);
  return is_ours ? api_->serve(context) : nothing();
}

// What no pipeline answered: as the pipeline would have said it.
edge::Response Program::dressed(edge::Response native, const edge::FailedRequest& request) const {
  if (dress_ == nullptr || request.peer.admin_listener) return native;
  const wire::RequestHead none;
  const wire::RequestHead& head = request.head == nullptr ? none : *request.head;
  if (api_->owns(head.path)) return native;
  return dress_->problem(std::move(native), head);
}

bool Program::admin_on_main() const { return config::serves_admin_beside_visitors(config_); }

std::filesystem::path Program::memory_folder() const {
  // Without a lasting log there is nothing to remember beside it.
  return config_.log.kind == config::LogKind::memory ? "" : config_.data;
}

bool Program::drain() {
  own_paths_.phase = Phase::draining;
  return server_->drain(config_.deadlines.drain);
}

std::string Program::address() const {
  return "http://" + shown_address(config_.listen, server_->bound_ports().front());
}

std::string Program::admin_address() const {
  if (config_.admin.listen.empty()) return {};
  return "http://" + shown_address(config_.admin.listen, server_->bound_ports()[1]);
}

std::string Program::redis_address() const {
  if (config_.redis_listen.address.empty()) return {};
  return shown_address(config_.redis_listen.address, server_->bound_ports().back());
}

}  // namespace doorward::app
