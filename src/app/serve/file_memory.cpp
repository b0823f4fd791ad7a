#include "app/serve/file_memory.hpp"

#include "app/serve/secrets.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <deque>
#include <future>
#include <span>
#include <utility>

namespace doorward::app {
namespace {

namespace json = boost::json;
using engine::Status;

// Below the least that a shard's queue takes.
constexpr std::size_t kAtOnce = 32;

// Waits for one command on a thread that is no event loop.
class Waiting final : public engine::Completion {
 public:
  void complete(engine::Outcome outcome) override { promise_.set_value(std::move(outcome)); }
  engine::Outcome wait() { return promise_.get_future().get(); }

 private:
  std::promise<engine::Outcome> promise_;
};

bool is_good(Status status) {
  return status == Status::done || status == Status::already || status == Status::no_such_room ||
         status == Status::no_such_rule || status == Status::no_such_inventory ||
         status == Status::inventory_in_use || status == Status::no_such_key;
}

// All that were taken must be waited for, whatever became of one.
Result<> apply_some(engine::Shard& shard, std::span<engine::Command> commands) {
  std::deque<Waiting> waiting;
  Result<> result;
  for (engine::Command& command : commands) {
    const auto taken = shard.submit(std::move(command), waiting.emplace_back());
    if (taken) continue;
    waiting.pop_back();
    result = taken.error();
    break;
  }
  for (Waiting& one : waiting) {
    const Status status = one.wait().status;
    if (!is_good(status) && result)
      result = error(
          Errc::unavailable,
          std::string("the log did not take what the configuration says: ") + to_string(status));
  }
  return result;
}

}  // namespace

Result<Fingerprints> read_said(const std::filesystem::path& folder, const char* file) {
  Fingerprints said;
  if (folder.empty()) return said;
  const auto text = read_small_file(folder / file);
  if (!text && text.error().code == Errc::not_found) return said;
  if (!text) return text.error();
  boost::system::error_code failed;
  const json::value root = json::parse(*text, failed);
  if (failed || !root.is_object()) {
    return error(Errc::corrupt, (folder / file).string() +
                                    " is broken; remove it to apply all "
                                    "that the configuration says again");
  }
  for (const auto& [name, print] : root.get_object()) {
    if (print.is_string()) said.emplace(name, print.get_string());
  }
  return said;
}

Result<> write_said(const std::filesystem::path& folder, const char* file,
                    const Fingerprints& said) {
  if (folder.empty()) return {};
  json::object root;
  for (const auto& [name, print] : said) root[name] = print;
  return write_secret_file(folder / file, json::serialize(root) + '\n');
}

Result<> apply_commands(engine::Shard& shard, std::vector<engine::Command> commands) {
  std::span<engine::Command> left(commands);
  while (!left.empty()) {
    const auto some = left.first(std::min(left.size(), kAtOnce));
    if (auto applied = apply_some(shard, some); !applied) return applied;
    left = left.subspan(some.size());
  }
  return {};
}

}  // namespace doorward::app
