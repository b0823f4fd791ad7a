#include "api/admin/if_match.hpp"

#include "base/siphash.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

namespace doorward::api::admin {

std::string etag_of(const boost::json::object& shown) {
  return fmt::format("\"{:016x}\"", siphash64(SipKey{}, boost::json::serialize(shown)));
}

std::optional<edge::Response> refuse_changed(const Call& call,
                                             const std::optional<std::string>& present) {
  const auto wanted = call.head().fields.find("If-Match");
  if (!wanted || (present && (*wanted == "*" || *wanted == *present))) return std::nullopt;
  return gateway::answer(gateway::problems::kChanged, "Read it again: it is another now.");
}

}  // namespace doorward::api::admin
