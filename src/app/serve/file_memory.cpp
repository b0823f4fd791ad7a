#include "app/serve/file_memory.hpp"

#include "app/serve/secrets.hpp"
#include "gateway/tokens.hpp"

#include <boost/json.hpp>

namespace doorward::app {
namespace {

namespace json = boost::json;

// {"log": "sqlite", "at": "0-17-0", "said": {"sale": "9f86…"}}
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

}  // namespace

Result<Fingerprints> FileMemory::read(const char* file, const ports::LogPosition& applied) const {
  if (folder_.empty()) return Fingerprints();
  const auto text = read_small_file(folder_ / file);
  if (!text && text.error().code == Errc::not_found) return Fingerprints();
  if (!text) return text.error();
  boost::system::error_code failed;
  const json::value root = json::parse(*text, failed);
  if (failed || !root.is_object()) {
    return error(Errc::corrupt, (folder_ / file).string() +
                                    " is broken; remove it to apply all "
                                    "that the configuration says again");
  }
  const json::object& object = root.get_object();
  const json::value* said = object.if_contains(kSaid);
  // Written before the memory knew its log.
  if (said == nullptr || !said->is_object()) return prints_of(object);
  const auto at = gateway::parse_position(text_of(object, kAt));
  if (text_of(object, kLog) == log_ && at && *at <= applied) return prints_of(said->get_object());
  if (auto emptied = write(file, {}, applied); !emptied) return emptied.error();
  return Fingerprints();
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
