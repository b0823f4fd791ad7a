// The phases of a request as filters, one file each, run in a fixed order.
//
// Why:     accept → parse → client address → route → rate rules → authenticate → room gate →
//          upstream. `doorward check --explain` prints the same list that `Pipeline` runs.
// Ownership: filters live as long as the pipeline; a Context as long as its exchange.
// Threads: a filter is shared by all loops: const-safe, or it guards its own state.
// Errors:  a filter that ends a request has answered it (problem+json, a page or a ticket).
#pragma once

#include "base/time.hpp"
#include "core/route/route.hpp"
#include "edge/exchange.hpp"
#include "edge/watches.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/container/small_vector.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::gateway {

// Who sent the request, seen past trusted proxies.
struct Client {
  boost::asio::ip::address address;
  std::string key;         // what limits count by: the IPv4 address, or the IPv6 /64
  std::string scheme;      // as the visitor sees it
  std::string host;        // as the visitor sees it
  bool forwarded = false;  // the request carried a forwarding header, believed or not
  // Of the page that sent it, where that is of another origin (gateway/cors.hpp).
  bool allowed_origin = false;  // may call
  bool trusted_origin = false;  // and its cookies count
};

// Has the last word on the head of an answer, whoever gives it: what it cost, what is left of a
// limit. Lives until the request is over.
class AnswerEditor {
 public:
  virtual ~AnswerEditor() = default;
  virtual void edit(wire::ResponseHead& head) = 0;
};

// What the rate rules said of a request, noted by their observer for who watches.
struct LimitNote {
  std::string client;  // as whom it was counted; empty: no rule applied
  std::string rule;
  std::uint64_t limit = 0;
  std::uint64_t remaining = 0;
  Millis retry_after{};  // of a refusal
  bool refused = false;
};

class Dress;

struct Context {
  edge::Exchange& exchange;
  Client client = {};
  const route::Route* route = nullptr;
  const Dress* dress = nullptr;     // null: answers of ours have the native form
  bool nowhere = false;             // neither a route nor a call of ours takes it
  wire::Fields answer_fields = {};  // added to whatever is answered (Set-Cookie, rate headers)
  // Looked at while the request is under way; the pipeline begins with those that its filters gave.
  boost::container::small_vector<std::unique_ptr<edge::Watch>, 2> watches = {};
  edge::Watch* session = nullptr;  // among them: over, a tunnel (a WebSocket) is closed
  std::unique_ptr<AnswerEditor> answer_editor = nullptr;
  std::optional<edge::Response> reply = {};  // of a filter that answers; the pipeline sends it
  // For the log.
  std::string request_id = {};
  std::string_view answered_by = {};  // the name of a filter
  std::string upstream = {};          // the endpoint that was asked
  std::string fault = {};             // why it went wrong; not for the visitor
  LimitNote limited = {};
};

enum class Verdict { pass, answered };

class Filter {
 public:
  virtual ~Filter() = default;
  virtual std::string_view name() const = 0;  // "room_gate"
  virtual edge::Task<Verdict> run(Context& context) = 0;
  // The same where nothing needs to be awaited; absent: `run` decides.
  virtual std::optional<Verdict> run_now(Context&) { return std::nullopt; }
  // One line for `check --explain`: what this filter would do on this route. Empty: nothing.
  virtual std::string explain(const route::Route& route) const = 0;
};

}  // namespace doorward::gateway
