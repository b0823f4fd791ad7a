// The table of endpoints, and how a request finds its own.
//
// Why:     one table: routing, `Allow`, and the check of the OpenAPI document all read it.
// Threads: const.
// Spec:    docs/api.md; src/api/openapi/openapi.json.
#pragma once

#include "api/call.hpp"

#include <span>
#include <string>
#include <string_view>

namespace doorward::api {

struct Entry {
  const char* method;
  const char* path;  // below the base: "/rooms/{room}/tickets"
  Endpoint endpoint;
  QuickEndpoint quick = nullptr;  // asked first, where the call is nobody's tenant's
};

// Endpoints below "/v1" and "/.doorward/v1".
std::span<const Entry> entries();

struct Found {
  Endpoint endpoint = nullptr;
  QuickEndpoint quick = nullptr;
  std::string_view room;
  std::string_view ticket;
  std::string_view rule;
  std::string_view inventory;
  std::string_view hold;
  std::string_view lock;
  std::string_view key;
  std::string_view tenant;  // {tenant} of an admin call
  std::string_view scope;   // "acme" of "/v1/tenants/acme/rooms/sale"
  std::string allow;        // where the path is known and the method is not
};

// `path` with its base, and for a tenant's with "/tenants/{tenant}" after that. HEAD finds GET.
Found find_endpoint(std::string_view method, std::string_view path);
// The same among those that have a quick answer, and of the default tenant alone.
Found find_quick(std::string_view method, std::string_view path);

}  // namespace doorward::api
