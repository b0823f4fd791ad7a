#include "app/serve/materials.hpp"

#include "app/serve/secrets.hpp"
#include "edge/upstream/tls_fetch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace doorward::app {
namespace {

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
      problems.add_error({entry.file_at, "tokens.keys", key.error().what});
    } else if (!key->can_sign() && materials.keys.empty()) {
      problems.add_error(
          {entry.file_at, "tokens.keys", "the first key signs, so it must be a private one"});
    } else {
      materials.keys.push_back(*std::move(key));
    }
  }
}

Result<wire::jose::KeySet> read_jwks_file(const std::string& path) {
  const auto text = read_small_file(path);
  if (!text) return text.error();
  auto keys = gateway::read_jwks(*text, gateway::Secrets::taken);
  if (!keys) return error(Errc::invalid, path + ": " + keys.error().what);
  return keys;
}

Result<std::string> read_authorities(const std::string& path) {
  auto text = read_small_file(path);
  if (!text) return text.error();
  const auto good = edge::check_authorities(*text);
  if (!good) return error(Errc::invalid, path + ": " + good.error().what);
  return text;
}

void read_issuers(const config::Config& config, Materials& materials, Problems& problems) {
  for (const auto& entry : config.identity.issuers) {
    gateway::Issuer issuer{entry.issuer,        entry.audience,   nullptr,
                           entry.subject_claim, entry.lane_claim, entry.type_claim};
    if (entry.jwks_uri.empty()) {
      auto keys = read_jwks_file(from_folder(config, entry.jwks_file));
      if (!keys) {
        problems.add_error({entry.jwks_file_at, "identity.issuers", keys.error().what});
        continue;
      }
      issuer.keys = std::make_shared<gateway::IssuerKeys>(*std::move(keys));
    }
    gateway::JwksOptions remote{entry.jwks_uri, entry.jwks_timeout, entry.jwks_cooldown,
                                entry.jwks_refresh};
    if (!entry.jwks_ca.empty()) {
      auto authorities = read_authorities(from_folder(config, entry.jwks_ca));
      if (!authorities) {
        problems.add_error({entry.jwks_ca_at, "identity.issuers", authorities.error().what});
        continue;
      }
      remote.authorities = *std::move(authorities);
    }
    materials.issuers.push_back({std::move(issuer), std::move(remote)});
  }
  for (const auto& key : config.identity.api_keys) {
    materials.api_keys.push_back({key.name, key.sha256});
  }
}

// What the page says begins with the setting: "display.logo: …".
void refuse_display(const config::RoomSettings& room, std::string_view said, Problems& problems) {
  const auto colon = std::min(said.find(": "), said.size());
  const std::string_view setting = said.substr(0, colon);
  const Place& at = setting == "display.logo"   ? room.logo_at
                    : setting == "display.page" ? room.page_at
                                                : room.at;
  problems.add_error({at, fmt::format("rooms.{}.{}", room.name, setting),
                      std::string(said.substr(std::min(colon + 2, said.size())))});
}

void read_pages(config::Config& config, Problems& problems) {
  for (auto& room : config.rooms) {
    if (!room.page_file.empty()) {
      auto page = read_small_file(from_folder(config, room.page_file));
      if (!page) {
        problems.add_error(
            {room.page_at, fmt::format("rooms.{}.display.page", room.name), page.error().what});
        continue;
      }
      room.display.page = *std::move(page);
    }
    const auto made =
        gateway::WaitingPage::make(room.name, room.policy, room.display, "/.doorward/v1");
    if (!made) refuse_display(room, made.error().what, problems);
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

std::vector<gateway::Issuer> issuers_of(std::vector<IssuerMaterial> materials,
                                        ports::OutboundHttp& http, const ports::Clock& clock,
                                        const gateway::IssuerKeys::OnFault& on_fault) {
  std::vector<gateway::Issuer> issuers;
  for (IssuerMaterial& material : materials) {
    if (!material.issuer.keys)
      material.issuer.keys =
          std::make_shared<gateway::IssuerKeys>(std::move(material.remote), http, clock, on_fault);
    issuers.push_back(std::move(material.issuer));
  }
  return issuers;
}

gateway::Pages::Displays displays_of(const config::Config& config) {
  gateway::Pages::Displays displays;
  for (const auto& room : config.rooms) displays.emplace(room.name, room.display);
  return displays;
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
