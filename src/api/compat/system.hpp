// What a compatible system is made of: its calls and its words.
//
// Why:     a folder for each system, with its handlers, its `openapi.json` and one of these;
//          routing, switching on and off, and the OpenAPI document read the table and nothing else.
// Threads: const.
// Spec:    docs/architecture.md, "Compatible systems".
#pragma once

#include "api/call.hpp"

#include <span>
#include <string_view>

namespace doorward::api::compat {

// `rest` is what stands for the name in braces, with its escapes resolved: UTF-8.
using Handler = edge::Task<Answer> (*)(Desk&, Call&, std::string_view rest);
// Of a fixed path, where no body is read. Absent: something is to be awaited first, and nothing was
// done yet.
using QuickHandler = Answer (*)(Desk&, Call&);

struct Row {
  std::string_view method;  // GET answers HEAD too
  std::string_view
      path;  // "/status/{id}": a name in braces stands at the end and takes all that follows
  Handler handler;
  QuickHandler quick = nullptr;  // asked before `handler`, which is null where it always answers
  // What the log tells of it once it is done, "a rule was changed"; the handler fills in
  // `Call::changed`. Empty: it changes nothing that an operator or a tenant set.
  std::string_view change = {};
};

struct System {
  std::string_view name;  // of its switch under `compat`, and of its folder; empty: on where any is
  std::span<const Row> rows;
  // A refusal of its own: 405 for a method, 400 for an address with a broken escape, or
  // that is no text.
  edge::Response (*refuse)(const Desk&, const Call&, unsigned status, std::string_view what);
  // A path that there is with its last slash alone, or without it alone, is answered 307 to the one
  // that there is, as Starlette does.
  bool redirects_slashes = false;
};

}  // namespace doorward::api::compat
