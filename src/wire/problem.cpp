#include "wire/problem.hpp"

#include "wire/http/writer.hpp"

#include <boost/json/serialize.hpp>

namespace doorward::wire {

Problem::Problem(unsigned status, std::string_view detail) : status_(status) {
  members_["title"] = reason_phrase(status);
  members_["status"] = status;
  if (!detail.empty()) members_["detail"] = detail;
}

Problem::Problem(const Error& error) : Problem(status_of(error.code), error.what) {}

Problem& Problem::type(std::string_view uri, std::string_view title) {
  members_["type"] = uri;
  members_["title"] = title;
  return *this;
}

Problem& Problem::instance(std::string_view uri) {
  return with("instance", boost::json::string(uri));
}

Problem& Problem::with(std::string_view member, boost::json::value value) {
  members_[member] = std::move(value);
  return *this;
}

std::string Problem::json() const { return boost::json::serialize(members_); }

unsigned status_of(Errc code) {
  switch (code) {
    case Errc::invalid: return 400;
    case Errc::not_found: return 404;
    case Errc::conflict: return 409;
    case Errc::denied: return 403;
    case Errc::too_large: return 413;
    case Errc::overloaded:
    case Errc::unavailable: return 503;
    case Errc::timed_out: return 504;
    case Errc::closed: return 502;
    case Errc::corrupt:
    case Errc::unsupported_version: return 500;
  }
  return 500;
}

}  // namespace doorward::wire
