#include "adapters/sqlite/repair.hpp"
#include "app/cli/cli.hpp"
#include "app/config/config.hpp"
#include "engine/record.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace doorward::app {
namespace {

struct RepairOptions {
  std::string data = config::Config{}.data;
  bool yes = false;
};

int code_of(const Error& e) {
  fmt::print(stderr, "doorward: {}\n", e.what);
  return e.code == Errc::conflict || e.code == Errc::not_found ? kUsage : kFailed;
}

Result<> check_batch(std::string_view bytes) {
  const auto batch = engine::decode(bytes);
  if (batch) return {};
  return batch.error();
}

int repair(const RepairOptions& o) {
  const auto warn = [](std::string_view sentence) { fmt::print(stderr, "{}\n", sentence); };
  const auto found = adapters::sqlite::repair(o.data, true, check_batch, warn);
  if (!found) return code_of(found.error());
  fmt::print("{}", to_text(*found));
  if (!found->damaged()) return kOk;
  if (!o.yes) {
    fmt::print("Nothing was changed. To cut there: doorward repair --data {} --yes\n", o.data);
    return kFailed;
  }
  const auto mended = adapters::sqlite::repair(o.data, false, check_batch, warn);
  if (!mended) return code_of(mended.error());
  fmt::print("Done. The database as it was is {}\n", mended->damaged_copy.string());
  return kOk;
}

}  // namespace

void add_repair(CLI::App& app, int& code) {
  auto o = std::make_shared<RepairOptions>();
  auto* command = app.add_subcommand("repair", "Show what is damaged in a log, and cut there");
  command->footer(R"(
Examples:
  doorward repair --data doorward-data          shows what would go; changes nothing
  doorward repair --data doorward-data --yes    cuts there; the damaged file is kept
The server must be stopped. The folder is the one that the server was started with, or `data` in its
configuration; copy it before --yes.)");
  command->add_option("--data", o->data, "The data folder")->capture_default_str();
  command->add_flag("--yes", o->yes, "Cut, do not only show");
  command->callback([o, &code] { code = repair(*o); });
}

}  // namespace doorward::app
