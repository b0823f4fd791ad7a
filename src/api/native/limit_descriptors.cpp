#include "api/native/limit_checks.hpp"
#include "gateway/client_address.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace doorward::api {
namespace {

using limit::KeyKind;

constexpr std::string_view kHeader = "header:";
constexpr std::string_view kOfRequest[] = {"host", "path", "method", "route"};

bool is_of_request(std::string_view name) {
  return std::find(std::begin(kOfRequest), std::end(kOfRequest), name) != std::end(kOfRequest);
}

// Header names compare without case.
std::string canonical(std::string_view name) {
  std::string text(name);
  if (text.starts_with(kHeader))
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
  return text;
}

// As the filter counts it: an IPv6 address by its network.
std::string client_text(std::string text) {
  boost::system::error_code problem;
  const auto address = boost::asio::ip::make_address(text, problem);
  return problem ? text : gateway::client_key(gateway::plain_address(address));
}

}  // namespace

bool Descriptors::set(std::string_view name, std::string text) {
  if (!is_of_request(name) && !limit::parse_key_part(name)) return false;
  if (name == "client") {
    // Networks may be longer than what a client is counted by: "2001:db8:0:1::/64".
    address_ = limit::parse_address(std::string_view(text).substr(0, text.find('/')));
    text = client_text(std::move(text));
  }
  texts_.emplace_back(canonical(name), std::move(text));
  return true;
}

std::optional<std::string_view> Descriptors::get(std::string_view name) const {
  const auto found = std::find_if(texts_.begin(), texts_.end(),
                                  [&](const auto& text) { return text.first == name; });
  if (found == texts_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string_view> Descriptors::header(std::string_view name, std::size_t n) const {
  if (n > 0) return std::nullopt;
  return get(canonical(std::string(kHeader).append(name)));
}

std::string_view Descriptors::client() const {
  const auto text = get("client");
  if (!text) lacked_client_ = true;
  return text.value_or("");
}

std::optional<std::string_view> Descriptors::value(const limit::KeyPart& part) const {
  const auto text = get(canonical(limit::to_string(part)));
  if (!text && part.kind == KeyKind::endpoint) return endpoint_;
  return text;
}

}  // namespace doorward::api
