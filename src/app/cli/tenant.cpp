#include "app/cli/admin_client.hpp"
#include "app/cli/cli.hpp"
#include "app/config/config.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <optional>
#include <string>

namespace doorward::app {
namespace {

namespace json = boost::json;

struct TenantOptions {
  std::string url = "http://127.0.0.1:8080";
  std::string data = config::Config{}.data;
  std::string tenant;
  std::string key;
  std::optional<std::uint32_t> max_waiting;
  std::optional<std::uint32_t> calls;  // a second
  bool revoke = false;
};
using Shared = std::shared_ptr<TenantOptions>;

int fail(const std::string& what, int code) {
  fmt::print(stderr, "doorward: {}\n", what);
  return code;
}

// Asks, and hands a good answer to `show`.
template <class Show>
int ask(const TenantOptions& o, std::string_view method, const std::string& path,
        const std::string& body, Show show, const std::string& where_it_exists = {}) {
  const auto client = AdminClient::open(o.url, o.data);
  if (!client) return fail(client.error().what, kUsage);
  const auto answer = client->call(method, path, body);
  if (!answer) return fail(answer.error().what, kFailed);
  if (!answer->good())
    return fail(answer->detail() + (answer->says("key-exists") ? where_it_exists : ""), kFailed);
  show(answer->body);
  return kOk;
}

int add(const TenantOptions& o) {
  json::object body{{"name", o.tenant}};
  if (o.max_waiting) body["max_waiting"] = *o.max_waiting;
  if (o.calls) body["calls"] = json::object{{"count", *o.calls}, {"every", "1s"}};
  return ask(o, "POST", "/tenants", json::serialize(body), [&](const json::value&) {
    fmt::print("Tenant {} is made. Give it a key: doorward tenant key {} NAME\n", o.tenant,
               o.tenant);
  });
}

int remove(const TenantOptions& o) {
  return ask(o, "DELETE", "/tenants/" + o.tenant, {}, [&](const json::value&) {
    fmt::print("Tenant {} is removed, with its keys, rooms and rules.\n", o.tenant);
  });
}

int key(const TenantOptions& o) {
  const std::string keys = "/tenants/" + o.tenant + "/keys";
  if (o.revoke)
    return ask(o, "DELETE", keys + "/" + o.key, {},
               [&](const json::value&) { fmt::print("Key {} is revoked.\n", o.key); });
  const std::string body = json::serialize(json::object{{"name", o.key}});
  const auto show = [&](const json::value& made) {
    fmt::print("Give this to {}; it is not shown again:\n  {}\n", o.tenant,
               std::string_view(made.at("key").as_string()));
  };
  return ask(o, "POST", keys, body, show,
             fmt::format(" That is: doorward tenant key {} {} --revoke", o.tenant, o.key));
}

void show_tenant(const json::value& tenant) {
  fmt::print("{} ({} waiting)\n", std::string_view(tenant.at("name").as_string()),
             json::serialize(tenant.at("waiting")));
  for (const json::value& one : tenant.at("keys").as_array()) {
    const json::value& used = one.at("last_used_at");
    fmt::print("  key {}, last used {}\n", std::string_view(one.at("name").as_string()),
               used.is_string() ? std::string_view(used.get_string()) : "never");
  }
}

int list(const TenantOptions& o) {
  return ask(o, "GET", "/tenants", {}, [](const json::value& all) {
    for (const json::value& tenant : all.at("tenants").as_array()) show_tenant(tenant);
  });
}

CLI::App* add_command(CLI::App& to, const char* name, const char* about, const Shared& o) {
  auto* command = to.add_subcommand(name, about);
  command->add_option("--url", o->url, "Where the admin calls of the running Doorward are")
      ->envname("DOORWARD_URL")
      ->capture_default_str();
  command->add_option("--data", o->data, "The data folder, for its admin token")
      ->capture_default_str();
  return command;
}

CLI::App* add_about_one(CLI::App& to, const char* name, const char* about, const Shared& o) {
  auto* command = add_command(to, name, about, o);
  command->add_option("tenant", o->tenant, "Name of the tenant")->required();
  return command;
}

}  // namespace

void add_tenant(CLI::App& app, int& code) {
  auto o = std::make_shared<TenantOptions>();
  auto* command = app.add_subcommand("tenant", "Make, list and remove tenants and their API keys");
  command->require_subcommand(1);
  command->footer(R"help(
They speak to a running Doorward with its admin token, DOORWARD_ADMIN_TOKEN or that of the
data folder.
Examples:
  doorward tenant add acme --max-waiting 20000
  doorward tenant key acme web              prints a new API key
  doorward tenant key acme web --revoke
  doorward tenant list)help");

  auto* make = add_about_one(*command, "add", "Make a tenant", o);
  make->add_option("--max-waiting", o->max_waiting, "Most waiting in all its rooms together");
  make->add_option("--calls", o->calls, "Most calls a second");
  make->callback([o, &code] { code = add(*o); });
  add_command(*command, "list", "All tenants, and when their keys were used last", o)
      ->callback([o, &code] { code = list(*o); });
  add_about_one(*command, "remove", "Remove a tenant, with its keys, rooms and rules", o)
      ->callback([o, &code] { code = remove(*o); });
  auto* one = add_about_one(*command, "key", "Make an API key, and print it", o);
  one->add_option("name", o->key, "Name of the key")->required();
  one->add_flag("--revoke", o->revoke, "Take the key away instead");
  one->callback([o, &code] { code = key(*o); });
}

}  // namespace doorward::app
