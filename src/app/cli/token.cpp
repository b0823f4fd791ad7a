#include "adapters/system/system_clock.hpp"
#include "adapters/system/system_entropy.hpp"
#include "app/cli/cli.hpp"
#include "app/config/load.hpp"
#include "app/serve/secrets.hpp"
#include "wire/base64.hpp"
#include "wire/jose/jws.hpp"
#include "wire/sha256.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <iostream>
#include <iterator>
#include <memory>
#include <string>

namespace doorward::app {
namespace {

namespace jose = wire::jose;

struct TokenOptions {
  std::string data = config::Config{}.data;
  std::string token;
  std::string name;
  std::string kid = "key-1";
  std::string algorithm = "ES256";
  bool show = false;
};
using Shared = std::shared_ptr<TokenOptions>;

int fail(const Error& e, int code = kUsage) {
  fmt::print(stderr, "doorward: {}\n", e.what);
  return code;
}

int admin(const TokenOptions& o) {
  const auto path = std::filesystem::path(o.data) / kAdminTokenFile;
  auto text = read_small_file(path);
  if (!text)
    return fail(error(text.error().code,
                      text.error().what + "; name the server's data folder with --data, where it "
                                          "has made one: DOORWARD_ADMIN_TOKEN and admin.token "
                                          "are kept in no file"));
  if (o.show) {
    fmt::print("{}", *text);
  } else {
    fmt::print("{}\n", path.string());
  }
  return kOk;
}

int api_key(const TokenOptions& o) {
  adapters::SystemEntropy entropy;
  const std::string key = draw_token(entropy);
  // The key alone, so that a script can take it: KEY=$(doorward token api-key shop).
  fmt::print("{}\n", key);
  fmt::print(
      stderr,
      "This is the API key of the backend \"{0}\". It sends it to Doorward as X-API-Key, to end "
      "sessions\n"
      "and to join for others. Keep it secret; it is not shown again.\n\n"
      "Doorward keeps only its SHA-256. Add this to the configuration, and restart:\n\n"
      "  identity:\n    api_keys:\n      - {{ name: {0}, sha256: {1} }}\n",
      o.name, wire::sha256_hex(key));
  return kOk;
}

int new_key(const TokenOptions& o) {
  const auto algorithm = jose::parse_algorithm(o.algorithm);
  if (!algorithm)
    return fail(error(Errc::invalid, "--algorithm: one of ES256, EdDSA, RS256, HS256"));
  auto key = jose::Key::generate(*algorithm, o.kid);
  if (!key) return fail(key.error(), kFailed);
  fmt::print("{}{}", key->to_pem(), *algorithm == jose::Algorithm::hs256 ? "\n" : "");
  return kOk;
}

// The two JSON parts, whether or not the signature holds.
std::string decoded(const std::string& token) {
  std::string shown;
  std::size_t from = 0;
  for (int part = 0; part < 2; ++part) {
    const auto dot = token.find('.', from);
    const auto text = wire::base64url_decode(std::string_view(token).substr(
        from, dot == std::string::npos ? std::string::npos : dot - from));
    if (dot == std::string::npos || !text) return {};
    boost::system::error_code failed;
    const auto value = boost::json::parse(*text, failed);
    if (failed) return {};
    shown +=
        fmt::format("{}: {}\n", part == 0 ? "header" : "claims", boost::json::serialize(value));
    from = dot + 1;
  }
  return shown;
}

int inspect(TokenOptions o) {
  // "-" keeps the token out of the list of processes.
  if (o.token == "-") std::getline(std::cin, o.token);
  const std::string shown = decoded(o.token);
  if (shown.empty()) return fail(error(Errc::invalid, "this is not a signed token"), kFailed);
  fmt::print("{}", shown);
  auto secrets = read_secrets(o.data);
  if (!secrets) {
    fmt::print("not verified: {}\n", secrets.error().what);
    return kFailed;
  }
  const auto now =
      std::chrono::system_clock::time_point(adapters::SystemClock().wall_now().time_since_epoch());
  const auto verified = jose::verify(secrets->keys, o.token, {}, now);
  fmt::print("{}\n", verified ? "valid: signed by key " + verified->kid
                              : std::string("not valid: ") + jose::to_string(verified.error()));
  return verified ? kOk : kFailed;
}

void add_data(CLI::App& command, const Shared& o) {
  command.add_option("--data", o->data, "The data folder")->capture_default_str();
}

}  // namespace

void add_token(CLI::App& app, int& code) {
  auto o = std::make_shared<TokenOptions>();
  auto* command = app.add_subcommand("token", "Make, find and inspect tokens and keys");
  command->require_subcommand(1);
  command->footer(R"help(
Examples:
  doorward token admin                          where the admin token is
  curl -H "Authorization: Bearer $(doorward token admin --show)" \
    http://127.0.0.1:8080/.doorward/v1/admin/rooms
  doorward token inspect eyJhbGciOi…            what a ticket or pass says, and whether it holds
  KEY=$(doorward token api-key shop)            a key for the backend called shop; standard error
                                                says what goes into the configuration
  doorward token key --kid 2026-05 > key.pem    a signing key for tokens.keys)help");

  auto* find = command->add_subcommand("admin", "Print the path of the admin token's file");
  find->add_flag("--show", o->show, "Print the token itself");
  add_data(*find, o);
  find->callback([o, &code] { code = admin(*o); });

  auto* look = command->add_subcommand("inspect", "Show what a ticket or pass says, and verify it");
  look->add_option("token", o->token, "The token, or - to read it from standard input")->required();
  add_data(*look, o);
  look->callback([o, &code] { code = inspect(*o); });

  auto* api =
      command->add_subcommand("api-key", "Make an API key: what a backend shows as X-API-Key");
  api->add_option("name", o->name, "Name of the backend")->required();
  api->callback([o, &code] { code = api_key(*o); });

  auto* key =
      command->add_subcommand("key", "Make a signing key for tokens.keys, on standard output");
  key->add_option("--kid", o->kid, "Its id")->capture_default_str();
  key->add_option("--algorithm", o->algorithm, "ES256, EdDSA, RS256 or HS256")
      ->capture_default_str();
  key->callback([o, &code] { code = new_key(*o); });
}

}  // namespace doorward::app
