// An error as a person and a program can read it: problem+json.
//
// Why:    every layer answers errors in one shape; `detail` is one English sentence with the
// remedy. Spec:   RFC 9457. `type` is left out where it is about:blank; the title then is the
// status's phrase.
#pragma once

#include "base/result.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace doorward::wire {

inline constexpr std::string_view kProblemMediaType = "application/problem+json";

class Problem {
 public:
  Problem() : Problem(500) {}  // for Result-like types, which ask for it
  explicit Problem(unsigned status, std::string_view detail = {});
  // A failure of ours, by its code.
  explicit Problem(const Error& error);

  Problem& type(std::string_view uri, std::string_view title);
  Problem& instance(std::string_view uri);
  Problem& with(std::string_view member, boost::json::value value);  // an extension

  unsigned status() const { return status_; }
  std::string json() const;

 private:
  unsigned status_;
  boost::json::object members_;
};

// 400 for invalid, 404 for not_found, 503 for overloaded and unavailable …
unsigned status_of(Errc code);

}  // namespace doorward::wire
