#include "app/serve/materials.hpp"

#include "app/serve/secrets.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>

namespace doorward::app {
namespace {

namespace json = boost::json;
using config::Place;
using config::Problems;
using wire::jose::Algorithm;
using wire::jose::Key;

std::string from_folder(const config::Config& config, const std::string& path) {
  return (std::filesystem::path(config.folder) / path).string();
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

void read_keys(const config::Config& config, Materials& materials, Problems& problems) {
  for (const auto& entry : config.tokens.keys) {
    const auto text = read_small_file(from_folder(config, entry.file));
    auto key = text ? Key::from_pem(entry.algorithm == Algorithm::hs256 ? trimmed(*text) : *text,
                                    entry.algorithm, entry.kid)
                    : Result<Key>(text.error());
    if (!key) {
      problems.add_error({entry.at, "tokens.keys", key.error().what});
    } else if (!key->can_sign() && materials.keys.empty()) {
      problems.add_error(
          {entry.at, "tokens.keys", "the first key signs, so it must be a private one"});
    } else {
      materials.keys.push_back(*std::move(key));
    }
  }
}

// Keys of a kind that is not known are left out, as RFC 7517 section 5 asks.
Result<wire::jose::KeySet> read_jwks(const std::string& path) {
  const auto text = read_small_file(path);
  if (!text) return text.error();
  boost::system::error_code failed;
  const json::value root = json::parse(*text, failed);
  const auto* object = failed ? nullptr : root.if_object();
  const auto* list = object == nullptr ? nullptr : object->if_contains("keys");
  if (list == nullptr || !list->is_array()) return error(Errc::invalid, path + " holds no JWKS");
  std::vector<Key> keys;
  for (const json::value& entry : list->get_array()) {
    if (!entry.is_object()) continue;
    if (auto key = Key::from_jwk(entry.get_object())) keys.push_back(*std::move(key));
  }
  if (keys.empty()) return error(Errc::invalid, path + " holds no key of a kind that is known");
  return wire::jose::KeySet(std::move(keys));
}

void read_issuers(const config::Config& config, Materials& materials, Problems& problems) {
  for (const auto& entry : config.identity.issuers) {
    auto keys = read_jwks(from_folder(config, entry.jwks_file));
    if (!keys) {
      problems.add_error({entry.at, "identity.issuers", keys.error().what});
      continue;
    }
    materials.issuers.push_back(
        {entry.issuer, entry.audience, *std::move(keys), entry.subject_claim, entry.lane_claim});
  }
  for (const auto& key : config.identity.api_keys) {
    materials.api_keys.push_back({key.name, key.sha256});
  }
}

void read_pages(config::Config& config, Problems& problems) {
  for (auto& room : config.rooms) {
    const std::string path = fmt::format("rooms.{}.display", room.name);
    if (!room.page_file.empty()) {
      auto page = read_small_file(from_folder(config, room.page_file));
      if (!page) {
        problems.add_error({room.at, path + ".page", page.error().what});
        continue;
      }
      room.display.page = *std::move(page);
    }
    const auto made =
        gateway::WaitingPage::make(room.name, room.policy, room.display, "/.doorward/v1");
    if (!made) problems.add_error({room.at, path, made.error().what});
  }
}

}  // namespace

Materials read_materials(config::Config& config, Problems& problems) {
  Materials materials;
  read_keys(config, materials, problems);
  read_issuers(config, materials, problems);
  read_pages(config, problems);
  return materials;
}

wire::jose::KeySet keys_in_use(const Materials& materials, const wire::jose::KeySet& kept) {
  std::vector<Key> keys = materials.keys;
  for (const Key& key : kept.keys()) {
    const bool is_listed = std::any_of(keys.begin(), keys.end(),
                                       [&](const Key& other) { return other.kid() == key.kid(); });
    if (!is_listed) keys.push_back(key);
  }
  return wire::jose::KeySet(std::move(keys));
}

}  // namespace doorward::app
