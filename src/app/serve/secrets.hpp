// What a data folder keeps secret: signing keys, the admin token, the key of subjects, its own id.
//
// Why:     all are drawn at the first start, so that nothing has to be configured to be safe; and
//          kept, so that tickets and passes outlive a restart.
// Ownership: plain values. The folder is held by the caller (see adapters/sqlite/data_folder.hpp).
// Threads: single owner.
// Errors:  unavailable: a file cannot be read or written; corrupt: it does not hold what it should;
//          conflict: the log is another's. Each names the file.
// Spec:    docs/operations.md, "The data folder".
#pragma once

#include "base/result.hpp"
#include "base/siphash.hpp"
#include "ports/entropy.hpp"
#include "ports/log_mark.hpp"
#include "wire/jose/jws.hpp"

#include <filesystem>
#include <string>

namespace doorward::app {

struct Secrets {
  wire::jose::KeySet keys;  // one that signs passes, and a secret for tickets (HS256)
  SipKey subject_key;       // subjects are stored as hashes under it
};

inline constexpr const char* kSecretsFile = "secrets.json";
inline constexpr const char* kAdminTokenFile = "admin-token";
inline constexpr const char* kPlaceFile = "place";

// Makes them if the folder has none.
Result<Secrets> open_secrets(const std::filesystem::path& folder, wire::jose::Algorithm algorithm,
                             ports::Entropy& entropy);
// Reads them, never makes any.
Result<Secrets> read_secrets(const std::filesystem::path& folder);

// What says whether two nodes share their secrets, and nothing else of them. Keys may come and go
// in a rotation; the key of subjects never does.
std::string fingerprint(const Secrets& secrets);

// Those of the folder, if they are the log's; a log that knows none takes these, and so does any
// with `renew`. The mark is their fingerprint with an id, by which this log is known from others.
// conflict: they are others, or the folder has none; then none are made.
Result<Secrets> open_secrets_of_log(const std::filesystem::path& folder,
                                    wire::jose::Algorithm algorithm, ports::Entropy& entropy,
                                    ports::LogMark& log, bool renew);

// What names the folder in the log (engine::NodeStarted); unlike the secrets it is never copied to
// another node.
Result<std::uint64_t> open_place(const std::filesystem::path& folder, ports::Entropy& entropy);

struct AdminToken {
  std::string token;
  bool made = false;  // just now
};
Result<AdminToken> open_admin_token(const std::filesystem::path& folder, ports::Entropy& entropy);

SipKey draw_sip_key(ports::Entropy& entropy);
// 256 random bits in base64url.
std::string draw_token(ports::Entropy& entropy);

Result<std::string> read_small_file(const std::filesystem::path& path);
// Whole or not at all, durable, mode 0600.
Result<> write_secret_file(const std::filesystem::path& path, std::string_view text);

}  // namespace doorward::app
