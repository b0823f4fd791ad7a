// What the configuration names and does not hold: key files, JWKS, pages; read and checked.
//
// Why:     a file that is missing or broken is a fault of the configuration, so `check`, `serve`
//          and a reload find it in the same place and say it in the same way.
// Threads: plain values.
// Errors:  into `problems`, each at its place.
#pragma once

#include "app/config/config.hpp"
#include "app/config/problem.hpp"
#include "gateway/identity.hpp"
#include "gateway/pages.hpp"
#include "gateway/waiting_page/waiting_page.hpp"
#include "wire/jose/jws.hpp"

#include <vector>

namespace doorward::app {

struct IssuerMaterial {
  gateway::Issuer issuer;       // without keys: they are fetched
  gateway::JwksOptions remote;  // from here
};

struct Materials {
  std::vector<wire::jose::Key> keys;  // of `tokens.keys`
  std::vector<IssuerMaterial> issuers;
  std::vector<gateway::ApiKey> api_keys;
  bool new_secrets = false;  // see ServeOptions
};

// Also reads the rooms' own pages into `config`, and holds their looks to what the page takes.
Materials read_materials(config::Config& config, config::Problems& problems);

// How each room shows itself.
gateway::Pages::Displays displays_of(const config::Config& config);

// With keys that are fetched where they are not given.
std::vector<gateway::Issuer> issuers_of(std::vector<IssuerMaterial> materials,
                                        ports::OutboundHttp& http, const ports::Clock& clock,
                                        const gateway::IssuerKeys::OnFault& on_fault);

// The keys in use: the configured ones first, then those of the data folder, so that the first
// rotation ends no pass.
wire::jose::KeySet keys_in_use(const Materials& materials, const wire::jose::KeySet& kept);

}  // namespace doorward::app
