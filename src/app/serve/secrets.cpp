#include "app/serve/secrets.hpp"

#include "base/ids.hpp"
#include "wire/base64.hpp"
#include "wire/sha256.hpp"

#include <boost/json.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <span>
#include <utility>

namespace doorward::app {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::size_t kMaxSmallFile = 1U << 20;
constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kFingerprintDigits = 32;

Error trouble(const char* doing, const fs::path& path) {
  return error(Errc::unavailable,
               std::string("cannot ") + doing + " " + path.string() + ": " + std::strerror(errno));
}

Error broken(const fs::path& path) {
  return error(
      Errc::corrupt,
      path.string() +
          " does not hold the folder's secrets; restore it from a backup, or "
          "remove it and start once with --new-secrets to draw new ones (tickets and passes end)");
}

// Of the mark; a new one where it has none.
std::string id_in(std::string_view mark, ports::Entropy& entropy) {
  if (mark.size() > kFingerprintDigits) return std::string(mark.substr(kFingerprintDigits));
  return fmt::format("-{:016x}", ports::draw<std::uint64_t>(entropy));
}

Error foreign(const fs::path& path, const char* found) {
  return error(Errc::conflict,
               "the log was begun with other secrets than this data folder's: " + path.string() +
                   " " + found +
                   ", so every ticket and pass of the log would be unknown here. Copy secrets.json "
                   "from the data folder of a node that runs on this log, or from a backup; to "
                   "give up those tickets and passes, start once with --new-secrets");
}

std::string draw_kid(ports::Entropy& entropy) {
  return to_hex(0, ports::draw<std::uint64_t>(entropy)).substr(16);
}

std::string to_text(const Secrets& secrets) {
  json::array keys;
  for (const auto& key : secrets.keys.keys()) {
    keys.push_back({{"kid", key.kid()},
                    {"alg", wire::jose::to_string(key.algorithm())},
                    {"private", key.to_pem()}});
  }
  return json::serialize(
             json::value{{"keys", keys},
                         {"subject_key", to_hex(secrets.subject_key.hi, secrets.subject_key.lo)}}) +
         '\n';
}

// Throws what Boost.JSON throws on another shape.
Result<Secrets> from_text(const std::string& text) {
  Secrets secrets;
  const json::value root = json::parse(text);
  std::vector<wire::jose::Key> keys;
  for (const json::value& entry : root.at("keys").as_array()) {
    const auto algorithm = wire::jose::parse_algorithm(entry.at("alg").as_string());
    if (!algorithm) return error(Errc::corrupt, "alg");
    auto key = wire::jose::Key::from_pem(entry.at("private").as_string(), *algorithm,
                                         std::string(entry.at("kid").as_string()));
    if (!key) return key.error();
    keys.push_back(*std::move(key));
  }
  if (keys.empty() || !parse_hex(root.at("subject_key").as_string(), secrets.subject_key.hi,
                                 secrets.subject_key.lo)) {
    return error(Errc::corrupt, "shape");
  }
  secrets.keys = wire::jose::KeySet(std::move(keys));
  return secrets;
}

Result<> write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error(Errc::unavailable, std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  if (::fsync(fd) != 0) return error(Errc::unavailable, std::strerror(errno));
  return {};
}

}  // namespace

Result<std::string> read_small_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const bool missing = errno == ENOENT;
    auto failed = trouble("read", path);
    if (missing) failed.code = Errc::not_found;
    return failed;
  }
  std::string text(kMaxSmallFile + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad()) return trouble("read", path);
  if (text.size() > kMaxSmallFile) return error(Errc::too_large, path.string() + " is over 1 MiB");
  return text;
}

Result<> write_secret_file(const fs::path& path, std::string_view text) {
  const fs::path fresh = path.string() + ".new";
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return trouble("make", fresh);
  const auto written = write_all(fd, text);
  ::close(fd);
  if (!written) return error(Errc::unavailable, fresh.string() + ": " + written.error().what);
  if (::rename(fresh.c_str(), path.c_str()) != 0) return trouble("rename", fresh);
  const int folder = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return trouble("open", path.parent_path());
  const int synced = ::fsync(folder);
  ::close(folder);
  if (synced != 0) return trouble("sync", path.parent_path());
  return {};
}

SipKey draw_sip_key(ports::Entropy& entropy) {
  return {ports::draw<std::uint64_t>(entropy), ports::draw<std::uint64_t>(entropy)};
}

std::string draw_token(ports::Entropy& entropy) {
  std::array<std::byte, kTokenBytes> bytes;
  entropy.fill(bytes);
  return wire::base64url_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<Secrets> read_secrets(const fs::path& folder) {
  const fs::path path = folder / kSecretsFile;
  auto text = read_small_file(path);
  if (!text) return text.error();
  try {
    auto secrets = from_text(*text);
    if (!secrets) return broken(path);
    return secrets;
  } catch (const std::exception&) {
    return broken(path);
  }
}

Result<Secrets> open_secrets(const fs::path& folder, wire::jose::Algorithm algorithm,
                             ports::Entropy& entropy) {
  auto kept = read_secrets(folder);
  if (kept || kept.error().code != Errc::not_found) return kept;
  Secrets secrets;
  secrets.subject_key = draw_sip_key(entropy);
  auto passes = wire::jose::Key::generate(algorithm, draw_kid(entropy));
  auto tickets = wire::jose::Key::generate(wire::jose::Algorithm::hs256, draw_kid(entropy));
  if (!passes) return passes.error();
  if (!tickets) return tickets.error();
  secrets.keys = wire::jose::KeySet({*std::move(passes), *std::move(tickets)});
  if (auto kept_now = write_secret_file(folder / kSecretsFile, to_text(secrets)); !kept_now) {
    return kept_now.error();
  }
  return secrets;
}

std::string fingerprint(const Secrets& secrets) {
  return wire::sha256_hex("doorward secrets\n" +
                          to_hex(secrets.subject_key.hi, secrets.subject_key.lo))
      .substr(0, kFingerprintDigits);
}

Result<Secrets> open_secrets_of_log(const fs::path& folder, wire::jose::Algorithm algorithm,
                                    ports::Entropy& entropy, ports::LogMark& log, bool renew) {
  const auto standing = log.mark();
  if (!standing) return standing.error();
  const bool bound = !standing->empty() && !renew;
  auto secrets = bound ? read_secrets(folder) : open_secrets(folder, algorithm, entropy);
  if (!secrets && bound && secrets.error().code == Errc::not_found)
    return foreign(folder / kSecretsFile, "is not there");
  if (!secrets) return secrets;
  const std::string print = fingerprint(*secrets);
  if (renew) {
    auto replaced = log.replace_mark(print + id_in(*standing, entropy));
    if (!replaced) return replaced.error();
    return secrets;
  }
  const auto left = log.leave_mark(print + id_in({}, entropy));
  if (!left) return left.error();
  if (!left->starts_with(print)) return foreign(folder / kSecretsFile, "holds others");
  return secrets;
}

Result<std::uint64_t> open_place(const fs::path& folder, ports::Entropy& entropy) {
  const fs::path path = folder / kPlaceFile;
  auto kept = read_small_file(path);
  if (!kept && kept.error().code != Errc::not_found) return kept.error();
  std::uint64_t hi = 0;
  std::uint64_t place = 0;
  if (!kept) {
    place = ports::draw<std::uint64_t>(entropy);
    auto written = write_secret_file(path, to_hex(0, place) + '\n');
    if (!written) return written.error();
    return place;
  }
  if (!parse_hex(std::string_view(*kept).substr(0, 32), hi, place)) {
    return error(Errc::corrupt, path.string() + " is broken; remove it to draw another");
  }
  return place;
}

Result<AdminToken> open_admin_token(const fs::path& folder, ports::Entropy& entropy) {
  const fs::path path = folder / kAdminTokenFile;
  auto kept = read_small_file(path);
  if (kept) {
    while (!kept->empty() && (kept->back() == '\n' || kept->back() == '\r')) kept->pop_back();
    if (kept->size() < 16) {
      return error(Errc::corrupt, path.string() +
                                      " holds fewer than 16 characters; remove it to draw a "
                                      "new token");
    }
    return AdminToken{*std::move(kept), false};
  }
  if (kept.error().code != Errc::not_found) return kept.error();
  AdminToken fresh{draw_token(entropy), true};
  if (auto written = write_secret_file(path, fresh.token + '\n'); !written) return written.error();
  return fresh;
}

}  // namespace doorward::app
