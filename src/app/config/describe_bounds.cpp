#include "app/config/describe_bounds.hpp"

#include "app/config/form.hpp"

namespace doorward::app::config {

using std::chrono::hours;

void describe(Form& form, LimitSettings& limits) {
  form.field("connections", limits.connections, "Most connections at once.", Range{16, 10'000'000});
  form.field("connections_per_address", limits.connections_per_address,
             "Most connections from one address (IPv6: one /64). Those of trusted proxies are "
             "held to connections alone.",
             Range{1, 10'000'000});
  form.field("head_bytes", limits.head_bytes, "Largest request head.", Bytes{1U << 10, 1U << 20});
  form.field("body_bytes", limits.body_bytes, "Largest request body that is passed on.",
             Bytes{0, std::uint64_t{1} << 50});
  form.field("queued_commands", limits.queued_commands,
             "Most commands that wait for the log; beyond it joins are answered 503.",
             Range{64, 10'000'000});
}

void describe(Form& form, CounterSettings& counters) {
  using limit::Dialect;
  form.field("bytes", counters.bytes,
             "Most memory of the counters of all rules. When it is full, those go first that could "
             "not refuse anybody.",
             Bytes{std::uint64_t{1} << 20, std::uint64_t{1} << 40});
  form.field("keep_idle", counters.keep_idle,
             "How long a counter that is as good as new is still kept.",
             Within{Millis{0}, hours{24}});
  form.field("clean_every", counters.clean_every, "In which time all counters are swept once.",
             Within{Millis{500}, hours{1}});
  form.field("save_every", counters.save_every,
             "How often counters of a minute or longer are saved; what a crash may lose of them.",
             Within{Millis{500}, hours{1}});
  form.field(
      "headers", counters.headers,
      "In which fields an answer says what is left, for rules that do not say it themselves.",
      Names<Dialect>{{"ietf", Dialect::ietf},
                     {"x_ratelimit", Dialect::x_ratelimit},
                     {"envoy", Dialect::envoy},
                     {"kong", Dialect::kong},
                     {"spring", Dialect::spring},
                     {"none", Dialect::none}});
}

void describe(Form& form, DeadlineSettings& deadlines) {
  const Within within{Millis{100}, hours{1}};
  form.field("head", deadlines.head, "To receive a request head.", within);
  form.field("body", deadlines.body, "Between two pieces of a request body.", within);
  form.field("keep_alive", deadlines.keep_alive, "Between two requests on a connection.", within);
  form.field("write", deadlines.write, "For a peer to take what was sent.", within);
  form.field("tunnel", deadlines.tunnel, "Between two pieces on an upgraded connection.",
             Within{Millis{100}, hours{24}});
  form.field("drain", deadlines.drain, "For requests under way, when the process ends.", within);
}

}  // namespace doorward::app::config
