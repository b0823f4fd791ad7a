// The table of settings: order and wording are those of docs/configuration.md.
#include "app/config/address.hpp"
#include "app/config/config.hpp"
#include "app/config/describe_bounds.hpp"
#include "app/config/describe_inventories.hpp"
#include "app/config/describe_rooms.hpp"
#include "app/config/describe_rules.hpp"
#include "app/config/describe_tenants.hpp"
#include "app/config/form.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

#include <algorithm>
#include <limits>

namespace doorward::app::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Text kAddress{"an address and port, such as 127.0.0.1:8080 or [::]:8080", 64,
                    is_listen_address};
const Text kOwnAddress{"an address and port, such as 127.0.0.1:9901, or nothing", 64,
                       [](std::string_view t) { return t.empty() || is_listen_address(t); }};
const Text kPath{"a path of a file or folder", 4096, [](std::string_view t) { return !t.empty(); }};
const Text kName{"a name: letters, digits, '.', '_' or '-', 1 to 64 of them", 64, is_name};

const Names<wire::jose::Algorithm> kAlgorithms{{"ES256", wire::jose::Algorithm::es256},
                                               {"EdDSA", wire::jose::Algorithm::eddsa},
                                               {"RS256", wire::jose::Algorithm::rs256},
                                               {"HS256", wire::jose::Algorithm::hs256}};

const Text kSegments{"a path pattern, such as /buy, /buy/*/seat or /buy/**", 1024,
                     is_segment_pattern};
const Text kAnyMethod{"a method, such as GET", 32, is_method};

const Names<wire::jose::Algorithm> kPublished(kAlgorithms.begin(), kAlgorithms.end() - 1);

void describe_log(Form& form, LogSettings& log) {
  form.shorthand("kind");
  form.field(
      "kind", log.kind,
      "Where commands are kept: `sqlite` in the data folder; `redis` shared by several nodes; "
      "`memory` for trying out, lost at the end.",
      Names<LogKind>{
          {"sqlite", LogKind::sqlite}, {"redis", LogKind::redis}, {"memory", LogKind::memory}});
  form.field(
      "redis", log.redis,
      "The Redis server, for `kind: redis`; where it stands without `kind`, that is `redis`.",
      Text{"redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]", 512, is_redis_url, true});
  if (form.present("redis") && !form.present("kind")) log.kind = LogKind::redis;
  if (form.present("redis") && log.kind != LogKind::redis && form.sound())
    form.fail("redis",
              "has no effect beside this kind, and the log would be shared with nobody; write "
              "kind: redis, or leave this out");
  form.field("name", log.name, "Name of the shard in Redis; nodes of one name share their rooms.",
             kName);
  form.field(
      "keep_records", log.keep_records,
      "How long records are kept after a snapshot covers them; the last 50 snapshots' at most.",
      Within{minutes{1}, hours{24 * 365}});
  form.field("remember_closed", log.remember_closed,
             "How long a closed ticket is remembered, so that its owner is told why.",
             Within{seconds{10}, hours{24}});
  form.field("snapshot_every", log.snapshot_every, "Commands between two snapshots.",
             Range{1'000, 1'000'000'000});
}

void describe_tokens(Form& form, TokenSettings& tokens) {
  form.field("algorithm", tokens.algorithm,
             "Algorithm of the key generated at the first start; one that is there stays.",
             kPublished);
  form.field("issuer", tokens.issuer, "The `iss` of tickets and passes.", Text{"text", 256});
  form.field("pass_ttl", tokens.pass_ttl,
             "Longest life of one pass; a new one is issued on use, never beyond the session.",
             Within{seconds{10}, hours{24}});
  form.list("keys",
            "Keys of your own, PEM (HS256: base64url of the secret). The first signs, all verify.",
            [&](Form& item) {
              KeySettings& key = tokens.keys.emplace_back();
              key.at = item.place("kid");
              key.file_at = item.place("file");
              item.required("kid", key.kid, "Id of the key, published with it.", kName);
              item.field("algorithm", key.algorithm, "What the key is for; pinned to it.",
                         kAlgorithms);
              item.required("file", key.file, "File with the key.", kPath);
            });
}

void describe_identity(Form& form, IdentitySettings& identity) {
  form.list("issuers", "Identity providers whose JWTs say who a visitor is.", [&](Form& item) {
    IssuerSettings& issuer = identity.issuers.emplace_back();
    issuer.at = item.place("issuer");
    issuer.jwks_file_at = item.place("jwks_file");
    issuer.jwks_ca_at = item.place("jwks_ca");
    item.field("issuer", issuer.issuer,
               "The `iss` that its tokens carry. Absent: any; the keys alone say whose they are.",
               Text{"text", 512});
    item.field("audience", issuer.audience, "The `aud` that its tokens must carry.",
               Text{"text", 512});
    item.field("jwks_file", issuer.jwks_file,
               "File with the provider's public keys (JWKS); this or `jwks_uri`.", kPath);
    item.field("jwks_uri", issuer.jwks_uri, "Where they are fetched, and fetched again.",
               Text{"http://HOST:PORT/PATH or https://HOST/PATH", 2'048, is_http_url});
    item.field(
        "jwks_ca", issuer.jwks_ca,
        "File with the authorities, PEM, of which one must have signed the certificate of an "
        "`https://` `jwks_uri`; absent: those of the system.",
        kPath);
    item.field("jwks_timeout", issuer.jwks_timeout, "What one fetch may take.",
               Within{Millis{100}, seconds{30}});
    item.field("jwks_cooldown", issuer.jwks_cooldown,
               "Between two fetches, however many tokens name a key that is not known.",
               Within{Millis{100}, hours{1}});
    item.field("jwks_refresh", issuer.jwks_refresh, "Keys that are older are fetched again.",
               Within{seconds{1}, hours{24}});
    item.field("subject_claim", issuer.subject_claim, "The claim that names the visitor.",
               Text{"text", 128});
    item.field("lane_claim", issuer.lane_claim, "The claim that names the lane; absent: none does.",
               Text{"text", 128});
    item.field("type_claim", issuer.type_claim,
               "The claim that a service behind is told as `X-User-Type`; absent: none is.",
               Text{"text", 128});
    if (issuer.jwks_file.empty() == issuer.jwks_uri.empty())
      item.fail("", "expected one of jwks_file and jwks_uri");
    if (!issuer.jwks_ca.empty() && !issuer.jwks_uri.starts_with("https://"))
      item.fail("jwks_ca", "is for a jwks_uri that begins with https://");
  });
  form.field(
      "required", identity.required,
      "Whether a request on a route needs a user whose JWT holds; 401 without. What no route "
      "takes and Doorward does not answer is 401 then too, before it is 404.");
  form.list("open", "Requests that need none, with `required`.", [&](Form& item) {
    PublicSettings& open = identity.open.emplace_back();
    item.shorthand("paths");
    item.alias("path", "paths");
    item.alias("method", "methods");
    item.required_fields("paths", open.paths,
                         "Path patterns; here `*` may stand for any segment: `/orders/*/receipt`.",
                         kSegments);
    item.fields("methods", open.methods, "Methods; absent: all.", kAnyMethod);
  });
  form.list("api_keys", "Keys of backends, made by `doorward token api-key NAME`.",
            [&](Form& item) {
              ApiKeySettings& key = identity.api_keys.emplace_back();
              item.required("name", key.name, "Name of the backend, as it is logged.", kName);
              item.required("sha256", key.sha256, "SHA-256 of the key; the key itself is not kept.",
                            Text{"64 hexadecimal digits", 64, is_sha256, true});
            });
}

void describe_upstream(Form& form, UpstreamSettings& upstream) {
  edge::UpstreamLimits& limits = upstream.limits;
  form.shorthand("endpoints");
  form.required_fields("endpoints", upstream.endpoints,
                       "Addresses of the service; requests take turns.",
                       Text{"http://HOST:PORT (no TLS)", 512, is_endpoint_url});
  form.field("pass_host", upstream.pass_host,
             "Whether the service sees the visitor's `Host`, not the endpoint's.");
  form.field("connections", upstream.connections,
             "Most connections to one endpoint; requests beyond them wait.", Range{1, 65'535});
  form.field("waiting", limits.waiting, "Most requests that wait for one, on each event loop.",
             Range{0, 1'000'000});
  form.field("keep_alive", limits.keep_alive,
             "How long an unused connection is kept; less than the service keeps it.",
             Within{Millis{0}, hours{1}});
  form.group("timeouts", "What the service may take; 504 beyond.", [&](Form& g) {
    const Within within{Millis{10}, hours{24}};
    g.field("connect", limits.connect, "For a connection.", within);
    g.field("wait", limits.wait, "For a free connection, while all are taken; 503 beyond.", within);
    g.field("first_byte", limits.first_byte,
            "From the end of the request to the answer's first byte.", within);
    g.field("idle", limits.idle, "Between two pieces of the answer.", within);
  });
}

void describe_cors(Form& form, CorsSettings& cors) {
  form.shorthand("origins");
  form.fields("origins", cors.origins, "Origins whose pages may call. `*` is any; absent: none.",
              Text{"an origin, such as https://shop.example, or *", 512, is_origin});
  form.field("credentials", cors.credentials,
             "Whether cookies of such pages count. Not beside `*`.");
  form.field("routes", cors.routes,
             "Whether this is said on your routes too, in place of what the service says.");
  const bool is_any =
      std::find(cors.origins.begin(), cors.origins.end(), "*") != cors.origins.end();
  if (cors.credentials && is_any)
    form.fail("credentials", "stands beside the origin *; name the origins whose cookies count");
}

void describe_redis_listen(Form& form, RedisListenSettings& redis) {
  form.shorthand("address");
  redis.at = form.place("address");
  form.required("address", redis.address, "Where; beyond loopback a password or API key is needed.",
                kAddress);
  form.field(
      "password", redis.password,
      "What `AUTH` asks for. API keys of `identity.api_keys` are taken too.",
      Text{"at least 16 characters", 512, [](std::string_view t) { return t.size() >= 16; }, true});
  form.field("connections", redis.connections, "Most connections at once.", Range{1, 1'000'000});
  form.field("idle", redis.idle, "Between two commands on a connection.",
             Within{seconds{1}, hours{24 * 7}});
}

struct Word {
  std::string_view said;
  std::string_view meant;
};

// The words of other programs, whose variables are taken over as they are, in any letter case.
Scalar with_words(Scalar scalar, std::vector<Word> words) {
  scalar.set = [set = std::move(scalar.set), words = std::move(words)](const Node& node) {
    if (node.kind != Node::Kind::scalar) return set(node);
    Node plain = node;
    plain.text = boost::algorithm::to_lower_copy(node.text);
    for (const Word& word : words)
      if (plain.text == word.said) plain.text = word.meant;
    return set(plain);
  };
  return scalar;
}

void describe_admin(Form& g, AdminSettings& admin) {
  g.field(
      "listen", admin.listen,
      "A listener of their own. Without it they are served on the main one, but only while that "
      "is loopback and no trusted proxy is configured.",
      kOwnAddress);
  admin.listen_at = g.place("listen");
  g.field(
      "token", admin.token,
      "The admin token; better given as `DOORWARD_ADMIN_TOKEN`. Absent: one is generated and "
      "kept in the data folder.",
      Text{"at least 16 characters", 512, [](std::string_view t) { return t.size() >= 16; }, true});
  g.field("open_on_loopback", admin.open_on_loopback,
          "Whether the dashboard and admin calls need no login, for a trial on one machine. Only "
          "where they are served on loopback alone.");
  admin.open_at = g.place("open_on_loopback");
}

void describe_logging(Form& form, LoggingSettings& logging) {
  const Names<LogLevel> names{{"debug", LogLevel::debug},
                              {"info", LogLevel::info},
                              {"warn", LogLevel::warn},
                              {"error", LogLevel::error}};
  form.scalar(
      "level",
      with_words(
          scalar_of(logging.level, names),
          {{"trace", "debug"}, {"warning", "warn"}, {"critical", "error"}, {"fatal", "error"}}),
      "The least that is logged. `trace`, `warning`, `critical` and capitals are taken too.",
      Presence::optional);
  form.field("format", logging.format, "Lines for people or one JSON object a line.",
             Names<LogFormat>{{"text", LogFormat::text}, {"json", LogFormat::json}});
  form.field("access", logging.access, "Whether each request is logged.");
}

// Where visitors come in, and who they are by then.
void describe_reach(Form& form, Config& c) {
  form.field("listen", c.listen, "Where visitors are served.", kAddress);
  c.listen_at = form.place("listen");
  form.field("data", c.data,
             "Folder of the log, the keys and the admin token; made at the first start, mode 0700.",
             kPath);
  form.field("threads", c.threads, "Event loops; 0: one for each core.", Range{0, 256});
  form.fields("trusted_proxies", c.trusted_proxies,
              "Networks whose `X-Forwarded-*` and `Forwarded` are believed.",
              Text{"a network, such as 10.0.0.0/8 or ::1/128", 64, is_network});
  c.trusted_proxies_at = form.place("trusted_proxies");
  form.field("forwarding_header", c.prefer_forwarded,
             "Which of the two your proxy sets, where a request carries both.",
             Names<bool>{{"x-forwarded", false}, {"forwarded", true}});
  form.field("forwarded_host", c.forwarded_host,
             "Whether `X-Forwarded-Host` (or `host=`) chooses the route, instead of `Host`. Only "
             "where every trusted proxy overwrites it.");
}

}  // namespace

void describe(Form& form, Config& c) {
  describe_reach(form, c);
  form.named(
      "rooms", "NAME", "Waiting rooms. A name is 1 to 64 of `a-z`, `0-9`, `.`, `_`, `-`.",
      [&](Form& item, std::string_view name) { describe(item, name, c.rooms.emplace_back()); });
  form.named("inventories", "NAME",
             "What can be reserved; see docs/reservations.md. Names are as those of rooms.",
             [&](Form& item, std::string_view name) {
               describe(item, name, c.inventories.emplace_back());
             });
  form.named("upstreams", "NAME", "Services behind Doorward.",
             [&](Form& item, std::string_view name) {
               UpstreamSettings& upstream = c.upstreams.emplace_back();
               upstream.name = name;
               upstream.at = item.place("");
               describe_upstream(item, upstream);
             });
  form.list("routes", "Which requests go where; the most specific path wins, then the host.",
            [&](Form& item) {
              const auto path = fmt::format("routes[{}]", c.routes.size());
              RouteSettings& route = c.routes.emplace_back();
              route.path = path;
              describe(item, route);
            });
  form.named(
      "rules", "NAME",
      "Rate limits, in short `NAME: 10/s`. A name is 1 to 128 of `a-z`, `0-9`, `.`, `_`, `-`.",
      [&](Form& item, std::string_view name) { describe(item, name, c.rules.emplace_back()); });
  form.named("tenants", "TENANT",
             "Businesses with API keys, rooms and rules of their own; docs/tenants.md. A name is 1 "
             "to 32 of `a-z`, `0-9`, `.`, `_`, `-`.",
             [&](Form& item, std::string_view name) {
               describe(item, name, c.tenants.emplace_back(), c);
             });
  form.field("business_ids", c.business_ids,
             "API keys, `KEY1:KEY2`, each of a tenant of its own; better given as `BUSINESS_IDS`.",
             Text{"keys separated by ':'", 64U << 10, nullptr, true});
  c.business_ids_at = form.place("business_ids");
  form.group("log", "The command log.", [&](Form& g) { describe_log(g, c.log); });
  form.group("admin", "Admin calls and metrics.", [&](Form& g) { describe_admin(g, c.admin); });
  form.group("redis_listen",
             "Redis protocol with `CL.THROTTLE`; an address alone, or this. Absent: not served.",
             [&](Form& g) { describe_redis_listen(g, c.redis_listen); });
  form.group("tokens", "Tickets and passes.", [&](Form& g) { describe_tokens(g, c.tokens); });
  form.group("identity", "Who is who.", [&](Form& g) { describe_identity(g, c.identity); });
  form.group("limits", "Bounds.", [&](Form& g) { describe(g, c.limits); });
  form.group("counters", "What rate rules count by.", [&](Form& g) { describe(g, c.counters); });
  form.group("compat", "The calls of other systems, on addresses that no route takes.",
             [&](Form& g) { describe(g, c.compat); });
  form.group("cors",
             "Pages of other origins, on addresses that no route takes; a list alone, or this. The "
             "operator's own calls are never for them.",
             [&](Form& g) { describe_cors(g, c.cors); });
  form.group("deadlines", "How long each wait may last.",
             [&](Form& g) { describe(g, c.deadlines); });
  form.group("logging", "What is logged, on standard error.",
             [&](Form& g) { describe_logging(g, c.logging); });
  form.scalar("debug",
              with_words(scalar_of(c.debug), {{"1", "true"},
                                              {"yes", "true"},
                                              {"on", "true"},
                                              {"0", "false"},
                                              {"no", "false"},
                                              {"off", "false"}}),
              "Whether the JSON of an error says which phase answered, the request's id, and what "
              "went wrong. Not for strangers. `1`, `0`, `yes`, `no` and capitals are taken too.",
              Presence::optional);
}

}  // namespace doorward::app::config
