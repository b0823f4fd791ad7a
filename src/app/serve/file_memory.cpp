#include "app/serve/file_memory.hpp"

#include "app/serve/secrets.hpp"
#include "gateway/tokens.hpp"

#include <boost/json.hpp>

namespace doorward::app {
namespace {

namespace json = boost::json;

// {"log": "4f2a…-91c0…", "at": "0-17-0", "said": {"sale": "9f86…"}}
constexpr const char* kLog = "log";
constexpr const char* kAt = "at";
constexpr const char* kSaid = "said";

std::string_view text_of(const json::object& root, const char* member) {
  const json::value* found = root.if_contains(member);
  return found != nullptr && found->is_string() ? std::string_view(found->get_string()) : "";
}

Fingerprints prints_of(const json::object& said) {
  Fingerprints prints;
  for (const auto& [name, print] : said)
    if (print.is_string()) prints.emplace(name, print.get_string());
  return prints;
}

Result<json::object> read_object(const std::filesystem::path& path) {
  const auto text = read_small_file(path);
  if (!text) return text.error();
  boost::system::error_code failed;
  json::value root = json::parse(*text, failed);
  if (!failed && root.is_object()) return std::move(root.get_object());
  return error(
      Errc::corrupt,
      path.string() + " is broken; remove it to apply all that the configuration says again");
}

// Written before the memory knew its log.
bool is_of_older_version(const json::object& root) {
  const json::value* said = root.if_contains(kSaid);
  return said == nullptr || !said->is_object();
}

}  // namespace

Result<FileMemory> FileMemory::open(std::filesystem::path folder, std::string log,
                                    const ports::LogPosition& applied) {
  FileMemory memory(std::move(folder), std::move(log));
  if (memory.folder_.empty()) return memory;
  for (const char* file : {kRoomsOfFile, kRulesOfFile, kTenantsOfFile, kInventoriesOfFile}) {
    const auto root = read_object(memory.folder_ / file);
    if (!root && root.error().code == Errc::not_found) continue;
    if (!root) return root.error();
    if (is_of_older_version(*root)) continue;
    const auto at = gateway::parse_position(text_of(*root, kAt));
    if (text_of(*root, kLog) == memory.log_ && at && *at <= applied) continue;
    if (auto emptied = memory.write(file, {}, applied); !emptied) return emptied.error();
  }
  return memory;
}

Result<Fingerprints> FileMemory::read(const char* file) const {
  if (folder_.empty()) return Fingerprints();
  const auto root = read_object(folder_ / file);
  if (!root && root.error().code == Errc::not_found) return Fingerprints();
  if (!root) return root.error();
  return prints_of(is_of_older_version(*root) ? *root : root->at(kSaid).get_object());
}

Result<> FileMemory::write(const char* file, const Fingerprints& said,
                           const ports::LogPosition& applied) const {
  if (folder_.empty()) return {};
  json::object prints;
  for (const auto& [name, print] : said) prints[name] = print;
  const json::object root{
      {kLog, log_}, {kAt, ports::to_string(applied)}, {kSaid, std::move(prints)}};
  return write_secret_file(folder_ / file, json::serialize(root) + '\n');
}

}  // namespace doorward::app
