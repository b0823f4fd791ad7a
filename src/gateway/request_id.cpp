#include "gateway/request_id.hpp"

#include "base/ids.hpp"
#include "wire/http/text.hpp"

#include <algorithm>

namespace doorward::gateway {
namespace {

constexpr std::size_t kLongest = 128;

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kLongest &&
         std::all_of(text.begin(), text.end(), wire::is_token_char);
}

}  // namespace

std::optional<Verdict> RequestId::run_now(Context& context) {
  wire::Fields& fields = context.exchange.request().fields;
  const auto given = fields.find(kField);
  if (given && is_id(*given)) {
    context.request_id = *given;
  } else {
    context.request_id = to_hex(seed_, count_.fetch_add(1, std::memory_order_relaxed));
    if (given) fields.remove(kField);
    fields.append(kField, context.request_id);
  }
  return Verdict::pass;
}

edge::Task<Verdict> RequestId::run(Context& context) { co_return *run_now(context); }

std::string RequestId::explain(const route::Route&) const {
  return "X-Request-Id of a trusted proxy, or a new one";
}

}  // namespace doorward::gateway
