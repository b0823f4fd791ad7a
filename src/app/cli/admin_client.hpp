// The admin API of a running Doorward, called from the command line.
//
// Why:     the log has one writer, the server; a command goes through it and is in force at once.
// Time:    waits at most 10 s.
// Threads: single owner.
// Errors:  unavailable (nobody answers), invalid (the address); what the server refuses is an
//          answer.
// Spec:    docs/api.md, "Admin".
#pragma once

#include "base/result.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace doorward::app {

struct AdminAnswer {
  unsigned status = 0;
  boost::json::value body;
  bool good() const { return status >= 200 && status < 300; }
  std::string detail() const;            // of a refusal
  bool says(std::string_view id) const;  // whether that is its type
};

class AdminClient {
 public:
  // `url`: "http://127.0.0.1:8080". The token is DOORWARD_ADMIN_TOKEN, else that of the folder.
  static Result<AdminClient> open(std::string_view url, const std::string& data);
  // `path` below "/.doorward/v1/admin". An empty body: none.
  Result<AdminAnswer> call(std::string_view method, std::string_view path,
                           const std::string& body = {}) const;

 private:
  std::string host_, port_, token_;
};

}  // namespace doorward::app
