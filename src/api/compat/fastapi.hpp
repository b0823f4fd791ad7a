// Answers in the shape that FastAPI gives them, in which four of the systems are written.
//
// Why:     {"detail":"…"}, and {"detail":[{"type","loc","msg"}]} with 422, are what clients read.
// Threads: pure functions.
#pragma once

#include "api/call.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace doorward::api::compat {

// {"detail":"…"}
edge::Response detail(unsigned status, std::string_view what);
// As `System::refuse`.
edge::Response refuse_with_detail(const Desk&, const Call&, unsigned status, std::string_view what);

struct Fault {
  std::string member;  // empty: the whole
  const char* type;    // as Pydantic names it
  std::string what;
};
using Faults = std::vector<Fault>;
// 422 that names each; `where` is "body", "header", "query" or "path".
edge::Response invalid(const Faults& faults, std::string_view where = "body");

// The body as JSON of any kind, of at most kMaxBody bytes.
using Value = boost::system::result<boost::json::value, edge::Response>;
edge::Task<Value> read_value(Call& call);

std::string timestamp(const Desk& desk);

}  // namespace doorward::api::compat
