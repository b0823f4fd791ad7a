#include "api/docs/docs.hpp"

#include "embedded/docs.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <array>

namespace doorward::api {
namespace {

namespace problems = gateway::problems;

constexpr std::string_view kOwn = "/.doorward";
constexpr std::string_view kParts = "/.doorward/docs/";
constexpr std::size_t kMostUnpacked = 16U << 20;

// Swagger UI draws its icons from `data:` addresses. Redoc makes two <style>s: one empty, to be
// filled by script, which the hash of nothing allows, and one of a text that its version fixes.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; "
    "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' "
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

struct Type {
  std::string_view ending;
  const char* type;
};
constexpr std::array<Type, 5> kTypes{{{".js", "text/javascript; charset=utf-8"},
                                      {".css", "text/css; charset=utf-8"},
                                      {".html", "text/html; charset=utf-8"},
                                      {".svg", "image/svg+xml"},
                                      {".txt", "text/plain; charset=utf-8"}}};

const char* type_of(std::string_view file) {
  for (const Type& type : kTypes)
    if (file.ends_with(type.ending)) return type.type;
  return "application/octet-stream";
}

std::string_view below_own(std::string_view path) {
  if (path.starts_with(kOwn)) path.remove_prefix(kOwn.size());
  return path;
}

std::string_view file_of(std::string_view path) {
  if (path.starts_with(kParts) && path.size() > kParts.size()) return path.substr(kParts.size());
  return below_own(path).starts_with("/redoc") ? "redoc.html" : "docs.html";
}

std::string unpacked(std::string_view bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return {};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string plain;
  std::array<char, 65'536> piece;
  int state = Z_OK;
  while (state == Z_OK && plain.size() < kMostUnpacked) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = inflate(&stream, Z_NO_FLUSH);
    plain.append(piece.data(), piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  return plain;
}

// "gzip;q=0" is the one way to name it and not to want it.
bool takes_gzip(const wire::RequestHead& head) {
  return head.fields.lists("Accept-Encoding", "gzip") || head.fields.lists("Accept-Encoding", "*");
}

edge::Response file_answer(const wire::RequestHead& head, std::string_view file,
                           std::string_view bytes) {
  edge::Response answer;
  wire::Fields& fields = answer.head.fields;
  fields.append("Content-Type", type_of(file));
  fields.append("Cache-Control",
                file.starts_with("assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  fields.append("Vary", "Accept-Encoding");
  fields.append("Content-Security-Policy", kPolicy);
  fields.append("X-Content-Type-Options", "nosniff");
  fields.append("Referrer-Policy", "no-referrer");
  fields.append("Cross-Origin-Opener-Policy", "same-origin");
  fields.append("Cross-Origin-Resource-Policy", "same-origin");
  if (takes_gzip(head)) {
    fields.append("Content-Encoding", "gzip");
    answer.body = bytes;
  } else {
    answer.body = unpacked(bytes);
  }
  return answer;
}

}  // namespace

bool is_docs(std::string_view path) {
  const std::string_view below = below_own(path);
  return below == "/docs" || below == "/redoc" || path.starts_with(kParts);
}

edge::Response docs(const Call& call) {
  const wire::RequestHead& head = call.head();
  if (head.method != "GET" && head.method != "HEAD") {
    edge::Response answer =
        gateway::answer(problems::kNoMethod, fmt::format("{} is not allowed here.", head.method));
    answer.head.fields.append("Allow", "GET, HEAD");
    return answer;
  }
  const std::string_view file = file_of(head.path);
  if (const auto bytes = embedded::docs(fmt::format("{}.gz", file)))
    return file_answer(head, file, *bytes);
  return gateway::answer(problems::kNoEndpoint, "The pages have no such file.");
}

}  // namespace doorward::api
