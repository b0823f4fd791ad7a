// What a function answers when it may fail for a reason outside the program.
//
// Why:     one error type for every layer, so that a failure keeps its code and its story from the
//          disk to the visitor's problem+json.
// Errors:  `Error::code` is what a caller acts on; `Error::what` is one English sentence for a
//          person that names the thing that failed and the remedy. Denied, queued and sold out are
//          values (a decision), never an `Error`.
// Threads: plain values.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace doorward {

// A code exists only if some caller acts on it.
enum class Errc {
  invalid,              // the input is malformed; the same input fails again
  not_found,            // the named thing does not exist
  conflict,             // the thing exists in another state, or somebody else holds it
  denied,               // the caller may not do this
  too_large,            // a stated limit was passed
  overloaded,           // a bounded queue is full; try again later
  unavailable,          // a dependency does not answer or cannot write now; try again later
  timed_out,            // a deadline passed
  closed,               // the peer or the resource went away
  corrupt,              // stored bytes fail their checksum or their format
  unsupported_version,  // stored by a newer program
};

struct Error {
  Errc code = Errc::invalid;
  std::string what;
};

// Name of a code as written in logs and in tests: "not_found".
const char* to_string(Errc code);

template <class T = void>
using Result = boost::system::result<T, Error>;

inline Error error(Errc code, std::string what) { return Error{code, std::move(what)}; }

// Found by argument-dependent look-up: `Result::value()` on an error throws this.
[[noreturn]] inline void throw_exception_from_error(const Error& e,
                                                    const boost::source_location& /*where*/) {
  throw std::runtime_error(std::string(to_string(e.code)) + ": " + e.what);
}

}  // namespace doorward
