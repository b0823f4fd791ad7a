#include "app/serve/serve.hpp"

#include "adapters/system/system_clock.hpp"
#include "app/cli/cli.hpp"
#include "app/config/load.hpp"
#include "app/observe/log.hpp"
#include "app/serve/ebb.hpp"
#include "app/serve/materials.hpp"
#include "app/serve/program.hpp"

#include <fmt/core.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <malloc.h>
#include <sys/resource.h>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <utility>

namespace doorward::app {
namespace {

constexpr std::chrono::seconds kTidyEvery{2};

struct Checked {
  config::Loaded loaded;
  Materials materials;
};

// The command line comes before the environment, and that before the file. The options are put
// where the environment would put them, so that one check holds for all.
config::Environment environment_with(const ServeOptions& options) {
  config::Environment environment = config::process_environment();
  const auto put = [&](const char* name, const std::optional<std::string>& value) {
    if (!value) return;
    std::erase_if(environment, [&](const auto& variable) { return variable.first == name; });
    environment.emplace_back(name, *value);
  };
  put("DOORWARD_LISTEN", options.listen);
  put("DOORWARD_ADMIN_LISTEN", options.admin_listen);
  put("DOORWARD_DATA", options.data);
  return environment;
}

Checked check(const ServeOptions& options) {
  Checked checked{config::load_file(options.config, environment_with(options)), {}};
  if (!checked.loaded.problems.any_errors()) {
    checked.materials = read_materials(checked.loaded.config, checked.loaded.problems);
    checked.materials.new_secrets = options.new_secrets;
  }
  return checked;
}

// Parked streams are a descriptor each; the soft limit is often 1,024.
void raise_file_limit(Log& log) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) log.warn("the limit of open files stays as it was");
  log.debug("open files", {{"limit", limit.rlim_cur}});
}

void configure(Log& log, const config::LoggingSettings& logging) {
  log.configure(static_cast<Level>(logging.level), logging.format == config::LogFormat::json,
                logging.access);
}

void say_ready(const Program& program) {
  const std::string admin = program.admin_address();
  const std::string redis = program.redis_address();
  fmt::print("doorward {} ready on {} (data: {}{}{}{}{})\n", version(), program.address(),
             program.config().data, admin.empty() ? "" : ", admin: ", admin,
             redis.empty() ? "" : ", redis: ", redis);
  std::fflush(stdout);
}

void reload(const ServeOptions& options, Program& program, Log& log) {
  Checked checked = check(options);
  const config::Problems& problems = checked.loaded.problems;
  for (const auto& warning : problems.warnings()) log.warn("configuration: " + to_string(warning));
  if (problems.any_errors()) {
    for (const auto& e : problems.errors())
      log.each_time(Level::error, "configuration: " + to_string(e));
    log.each_time(Level::error, "the configuration was not reloaded; everything goes on as before");
    return;
  }
  const config::LoggingSettings logging = checked.loaded.config.logging;
  if (!program.reload(std::move(checked.loaded.config))) return;
  configure(log, logging);
  log.info("the configuration was reloaded");
}

// After a burst of requests. What the burst alone needed was freed, but lies in pieces between
// what stays, such as the tickets that it brought.
void give_memory_back(const Program& program, Ebb& ebb, Log& log) {
  if (!ebb.has_come(program.requests())) return;
  const bool any = ::malloc_trim(0) != 0;
  log.debug("memory was given back after a burst", {{"any", any}});
}

// Takes signals from its making on.
class Signals {
 public:
  // Until the first SIGTERM or SIGINT; the second ends the process at once. A SIGHUP that comes
  // later changes nothing. `tidy_up` is called every two seconds.
  void run_until_ended(const std::function<void()>& on_reload,
                       const std::function<void()>& tidy_up) {
    ends_.async_wait([&](const boost::system::error_code&, int) { context_.stop(); });
    const std::function<void()> wait_for_reload = [&] {
      reloads_.async_wait([&](const boost::system::error_code& failed, int) {
        if (failed) return;
        on_reload();
        wait_for_reload();
      });
    };
    wait_for_reload();
    const std::function<void()> wait_to_tidy = [&] {
      timer_.expires_after(kTidyEvery);
      timer_.async_wait([&](const boost::system::error_code& failed) {
        if (failed) return;
        tidy_up();
        wait_to_tidy();
      });
    };
    wait_to_tidy();
    context_.run();
    ends_.clear();
  }

 private:
  boost::asio::io_context context_{1};
  boost::asio::signal_set ends_{context_, SIGTERM, SIGINT};
  boost::asio::signal_set reloads_{context_, SIGHUP};
  boost::asio::steady_timer timer_{context_};
};

}  // namespace

int serve(const ServeOptions& options) {
  Checked checked = check(options);
  fmt::print(stderr, "{}", checked.loaded.problems.text());
  if (checked.loaded.problems.any_errors()) return kUsage;
  std::signal(SIGPIPE, SIG_IGN);
  // What it asks for, to read the file, is under way: not to end, which is the system's default.
  std::signal(SIGHUP, SIG_IGN);
  const adapters::SystemClock clock;
  Log log(clock, Log::standard_error());
  configure(log, checked.loaded.config.logging);
  raise_file_limit(log);
  auto program =
      Program::start(std::move(checked.loaded.config), std::move(checked.materials), log);
  if (!program) {
    fmt::print(stderr, "doorward: {}\n", program.error().what);
    const Errc code = program.error().code;
    return code == Errc::conflict || code == Errc::invalid ? kUsage : kFailed;
  }
  // Before the word that it is ready, upon which somebody may send one.
  Signals signals;
  say_ready(**program);
  Ebb ebb;
  signals.run_until_ended([&] { reload(options, **program, log); },
                          [&] {
                            (*program)->tidy();
                            give_memory_back(**program, ebb, log);
                          });
  log.info("draining");
  if (!(*program)->drain()) log.warn("requests that took too long were cut");
  program->reset();
  log.info("ended");
  return kOk;
}

}  // namespace doorward::app
