#include "gateway/waiting_page/small_page.hpp"

#include "gateway/waiting_page/assets.hpp"
#include "wire/html/template.hpp"

#include <fmt/format.h>

#include <array>

namespace doorward::gateway {
namespace {

constexpr std::array<std::string_view, 5> kNames{"lang", "refresh", "title", "style", "lead"};

struct Frame {
  Languages languages;
  wire::html::Template page = wire::html::Template::parse(asset("trouble.html"), kNames).value();
  std::string security_policy =
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
      "img-src data:; style-src " +
      sha256_source(asset("page.css"));
};

const Frame& frame() {
  static const Frame frame;
  return frame;
}

std::string html_of(const Words& words, const SmallPage& page) {
  return frame().page.render([&](std::string_view name) -> std::string {
    if (name == "lang") return words.language();
    if (name == "style") return std::string(asset("page.css"));
    if (name == "title") return page.title;
    if (name == "lead") return page.lead;
    if (page.again_s == 0) return "";
    return fmt::format(R"(<meta http-equiv="refresh" content="{}">)", page.again_s);
  });
}

}  // namespace

const Words& words_for(const wire::RequestHead& head) {
  return frame().languages.choose(head.fields.find("Accept-Language").value_or(""));
}

edge::Response small_page(const Words& words, unsigned status, const SmallPage& page) {
  edge::Response response;
  response.head.status = status;
  wire::Fields& fields = response.head.fields;
  fields.append("Content-Type", "text/html; charset=utf-8");
  fields.append("Content-Language", words.language());
  fields.append("Content-Security-Policy", frame().security_policy);
  fields.append("Cache-Control", "no-store");
  fields.append("Vary", "Accept-Language, Accept");
  fields.append("X-Content-Type-Options", "nosniff");
  fields.append("Referrer-Policy", "same-origin");
  response.body = html_of(words, page);
  return response;
}

bool asks_only(const wire::RequestHead& head) {
  return head.method == "GET" || head.method == "HEAD";
}

}  // namespace doorward::gateway
