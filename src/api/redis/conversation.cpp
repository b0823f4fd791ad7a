#include "api/redis/conversation.hpp"

#include "api/redis/throttle.hpp"
#include "wire/http/head.hpp"
#include "wire/http/text.hpp"
#include "wire/resp/reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace doorward::api::redis {

namespace resp = wire::resp;
using edge::After;
using wire::equal_ignoring_case;

namespace {

// The Redis whose protocol and errors these are; clients choose what they ask by it.
constexpr std::string_view kRedisVersion = "7.0.0";
constexpr std::size_t kMaxName = 256;
constexpr std::size_t kShownBytes = 128;
constexpr int kMostWrongPasswords = 5;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), wire::to_lower);
  return out;
}

After wrong_arity(std::string_view name, std::string& out) {
  resp::append_error(out,
                     fmt::format("ERR wrong number of arguments for '{}' command", lower(name)));
  return After::go_on;
}

After ok(std::string& out) {
  resp::append_simple(out, "OK");
  return After::go_on;
}

std::string unknown(Arguments arguments) {
  std::string rest;
  for (const std::string_view argument : arguments.subspan(1)) {
    if (rest.size() >= kShownBytes) break;
    rest += fmt::format("'{}' ", argument.substr(0, kShownBytes - rest.size()));
  }
  return fmt::format("ERR unknown command '{}', with args beginning with: {}",
                     arguments.front().substr(0, kShownBytes), rest);
}

std::optional<int> read_int(std::string_view text) {
  int value = 0;
  const auto [last, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || last != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

struct Conversation::Command {
  std::string_view name;
  // How many words, the name included; negative: at least so many.
  int arity;
  bool before_auth;
  After (Conversation::*run)(Arguments, std::string&);
};

std::span<const Conversation::Command> Conversation::commands() {
  static constexpr std::array<Command, 11> kAll{{
      {"auth", -2, true, &Conversation::auth},
      {"cl.throttle", -1, false, &Conversation::throttle},
      {"client", -2, false, &Conversation::client},
      {"command", -1, false, &Conversation::command},
      {"echo", 2, false, &Conversation::echo},
      {"hello", -1, true, &Conversation::hello},
      {"info", -1, false, &Conversation::info},
      {"ping", -1, false, &Conversation::ping},
      {"quit", -1, true, &Conversation::quit},
      {"reset", 1, true, &Conversation::reset},
      {"select", 2, false, &Conversation::select},
  }};
  return kAll;
}

const Conversation::Command* Conversation::find(std::string_view name) {
  for (const Command& command : commands()) {
    if (equal_ignoring_case(command.name, name)) return &command;
  }
  return nullptr;
}

After Conversation::answer(Arguments arguments, std::string& out) {
  const std::string_view name = arguments.front();
  const Command* command = find(name);
  if (command == nullptr) {
    // A browser that a page has talked into speaking to us: what follows is the page's.
    if (equal_ignoring_case(name, "post") || equal_ignoring_case(name, "host:"))
      return After::close;
    resp::append_error(out, unknown(arguments));
    return After::go_on;
  }
  const auto words = static_cast<int>(arguments.size());
  if (command->arity > 0 ? words != command->arity : words < -command->arity) {
    return wrong_arity(name, out);
  }
  if (!known_ && !command->before_auth) {
    resp::append_error(out, "NOAUTH Authentication required.");
    return After::go_on;
  }
  return (this->*command->run)(arguments, out);
}

After Conversation::throttle(Arguments arguments, std::string& out) {
  const Result<ThrottleCall> call = parse_throttle(arguments);
  if (!call) {
    resp::append_error(out, call.error().what);
    return After::go_on;
  }
  const limit::Time now = redis_.clock_.limit_now();
  const limit::Decision said =
      redis::throttle(redis_.store_, redis_.options_.keys, *call, now, out);
  (said.allowed ? redis_.passed_ : redis_.limited_).fetch_add(1, std::memory_order_relaxed);
  if (call->quantity > 0) redis_.live_.throttled(call->key, said);  // 0 only looks
  return After::go_on;
}

bool Conversation::log_in(std::string_view user, std::string_view password, std::string& out) {
  if (redis_.lets_in(user, password)) {
    wrong_passwords_ = 0;
    return known_ = true;
  }
  ++wrong_passwords_;
  resp::append_error(out, "WRONGPASS invalid username-password pair or user is disabled.");
  return false;
}

After Conversation::after_refusal() const {
  return wrong_passwords_ < kMostWrongPasswords ? After::go_on : After::close;
}

After Conversation::auth(Arguments arguments, std::string& out) {
  if (arguments.size() > 3) {
    resp::append_error(out, "ERR syntax error");
    return After::go_on;
  }
  if (arguments.size() == 2 && redis_.options_.password.empty() && !redis_.options_.has_api_keys) {
    resp::append_error(out,
                       "ERR AUTH <password> called without any password configured for the default "
                       "user. Are you sure your configuration is correct?");
    return After::go_on;
  }
  const std::string_view user = arguments.size() == 3 ? arguments[1] : "default";
  return log_in(user, arguments.back(), out) ? ok(out) : after_refusal();
}

bool Conversation::rename(std::string_view name, std::string& out) {
  const bool plain =
      std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!plain || name.size() > kMaxName) {
    resp::append_error(out,
                       "ERR Client names cannot contain spaces, newlines or special characters.");
    return false;
  }
  name_ = name;
  return true;
}

bool Conversation::hello_options(Arguments options, std::string& out) {
  std::optional<std::string_view> name;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const std::size_t after = options.size() - i - 1;
    if (equal_ignoring_case(options[i], "AUTH") && after >= 2) {
      if (!log_in(options[i + 1], options[i + 2], out)) return false;
      i += 2;
    } else if (equal_ignoring_case(options[i], "SETNAME") && after >= 1) {
      name = options[++i];
    } else {
      resp::append_error(out, fmt::format("ERR Syntax error in HELLO option '{}'", options[i]));
      return false;
    }
  }
  return !name || rename(*name, out);
}

void Conversation::append_map(std::string& out, std::size_t pairs) const {
  version_ == 3 ? resp::append_map3(out, pairs) : resp::append_array(out, pairs * 2);
}

void Conversation::append_null(std::string& out) const {
  version_ == 3 ? resp::append_null3(out) : resp::append_null(out);
}

After Conversation::hello(Arguments arguments, std::string& out) {
  int version = version_;
  if (arguments.size() > 1) {
    const auto wanted = read_int(arguments[1]);
    if (!wanted) {
      resp::append_error(out, "ERR Protocol version is not an integer or out of range");
      return After::go_on;
    }
    if (*wanted != 2 && *wanted != 3) {
      resp::append_error(out, "NOPROTO unsupported protocol version");
      return After::go_on;
    }
    version = *wanted;
    if (!hello_options(arguments.subspan(2), out)) return after_refusal();
  }
  if (!known_) {
    resp::append_error(out,
                       "NOAUTH HELLO must be called with the client already authenticated, "
                       "otherwise the HELLO <proto> AUTH <user> <pass> option can be used to "
                       "authenticate the client and select the RESP protocol version at the same "
                       "time");
    return After::go_on;
  }
  version_ = version;
  greet(out);
  return After::go_on;
}

void Conversation::greet(std::string& out) const {
  const auto text = [&](std::string_view key, std::string_view value) {
    resp::append_bulk(out, key);
    resp::append_bulk(out, value);
  };
  const auto number = [&](std::string_view key, std::int64_t value) {
    resp::append_bulk(out, key);
    resp::append_integer(out, value);
  };
  append_map(out, 7);
  text("server", "redis");
  text("version", kRedisVersion);
  number("proto", version_);
  number("id", id_);
  text("mode", "standalone");
  text("role", "master");
  resp::append_bulk(out, "modules");
  resp::append_array(out, 0);
}

After Conversation::client(Arguments arguments, std::string& out) {
  const std::string_view what = arguments[1];
  const auto is = [&](std::string_view name, std::size_t words) {
    return equal_ignoring_case(what, name) && arguments.size() == words;
  };
  if (is("ID", 2)) {
    resp::append_integer(out, id_);
  } else if (is("GETNAME", 2)) {
    name_.empty() ? append_null(out) : resp::append_bulk(out, name_);
  } else if (is("SETNAME", 3)) {
    return rename(arguments[2], out) ? ok(out) : After::go_on;
  } else if (is("SETINFO", 4) || is("NO-EVICT", 3) || is("NO-TOUCH", 3)) {
    return ok(out);  // nothing here that it would change
  } else {
    for (const std::string_view name :
         {"id", "getname", "setname", "setinfo", "no-evict", "no-touch"}) {
      if (equal_ignoring_case(what, name)) return wrong_arity(fmt::format("client|{}", name), out);
    }
    resp::append_error(out, fmt::format("ERR unknown subcommand '{}'. Try CLIENT HELP.",
                                        what.substr(0, kShownBytes)));
  }
  return After::go_on;
}

// Clients go on without what they learn of each command; redis-cli has its own copy.
After Conversation::command(Arguments arguments, std::string& out) {
  if (arguments.size() == 2 && equal_ignoring_case(arguments[1], "COUNT")) {
    resp::append_integer(out, static_cast<std::int64_t>(commands().size()));
  } else if (arguments.size() == 2 && equal_ignoring_case(arguments[1], "LIST")) {
    resp::append_array(out, commands().size());
    for (const Command& each : commands()) resp::append_bulk(out, each.name);
  } else if (arguments.size() > 1 && equal_ignoring_case(arguments[1], "DOCS")) {
    append_map(out, 0);
  } else {
    resp::append_array(out, 0);
  }
  return After::go_on;
}

After Conversation::echo(Arguments arguments, std::string& out) {
  resp::append_bulk(out, arguments[1]);
  return After::go_on;
}

After Conversation::info(Arguments, std::string& out) {
  resp::append_bulk(out, fmt::format("# Server\r\nredis_version:{}\r\nredis_mode:standalone\r\n"
                                     "doorward_version:{}\r\n# Persistence\r\nloading:0\r\n"
                                     "# Replication\r\nrole:master\r\n",
                                     kRedisVersion, redis_.options_.version));
  return After::go_on;
}

After Conversation::ping(Arguments arguments, std::string& out) {
  if (arguments.size() > 2) return wrong_arity("ping", out);
  arguments.size() == 2 ? resp::append_bulk(out, arguments[1]) : resp::append_simple(out, "PONG");
  return After::go_on;
}

After Conversation::quit(Arguments, std::string& out) {
  ok(out);
  return After::close;
}

After Conversation::reset(Arguments, std::string& out) {
  known_ = !redis_.options_.needs_auth;
  version_ = 2;
  name_.clear();
  resp::append_simple(out, "RESET");
  return After::go_on;
}

After Conversation::select(Arguments arguments, std::string& out) {
  const auto database = read_int(arguments[1]);
  if (!database) {
    resp::append_error(out, "ERR value is not an integer or out of range");
  } else if (*database != 0) {
    resp::append_error(out, "ERR DB index is out of range");
  } else {
    return ok(out);
  }
  return After::go_on;
}

}  // namespace doorward::api::redis
