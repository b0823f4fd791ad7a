// One blocking connection to a Redis, with a deadline on every wait.
//
// Why:     the log's port blocks, so a role of the log has a connection of its own and no loop.
//          hiredis formats commands and reads replies; the socket is ours, for the deadlines and
//          the wake.
// Time:    deadlines are steady time. After a failed connect the next one waits, 10 ms at first and
//          doubling to 1 s, within the deadline of the call. Looking up a host name takes as long
//          as the system's resolver does.
// Threads: single-owner; `wake` of the Waker from anywhere.
// Errors:  unavailable: no connection, no answer in time (what was asked may or may not have been
//          done), or Redis answered with an error; closed: woken.
#pragma once

#include "adapters/redis/address.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <hiredis/hiredis.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::adapters::redis {

// Ends a wait from another thread. A wake stays until it is taken.
class Waker {
 public:
  Waker();
  ~Waker();
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;

  void wake();
  // Whether there was a wake, which is then used up.
  bool take();
  int descriptor() const { return fd_; }

 private:
  int fd_;
};

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

// The bytes of a string reply.
inline std::string_view text_of(const redisReply& reply) { return {reply.str, reply.len}; }

class Connection {
 public:
  struct Options {
    Address address;
    Millis timeout{2'000};  // for one call, connecting included
  };

  explicit Connection(Options options) : options_(std::move(options)) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  using Command = std::vector<std::string_view>;

  Result<Reply> call(const Command& command);
  // For a command that waits up to `wait` at the server. A wake ends it, and the connection.
  Result<Reply> call_waiting(const Command& command, Millis wait, Waker& waker);
  // The same with a second command, sent along with it, that Redis does right after it.
  Result<std::pair<Reply, Reply>> call_both(const Command& first, const Command& second,
                                            Millis wait, Waker& waker);
  // Redis's integer reply.
  Result<std::int64_t> integer(const Command& command);

 private:
  using Instant = std::chrono::steady_clock::time_point;
  struct FreeReader {
    void operator()(redisReader* reader) const { redisReaderFree(reader); }
  };

  Result<Reply> exchange(const Command& command, Instant deadline, Waker* waker);
  // The answer of a command that was sent; without one, or with a late one, the connection ends.
  Result<Reply> await(const Command& command, Instant deadline, Waker* waker);
  Result<> connect(Instant deadline, Waker* waker);
  Result<> open_socket(Instant deadline);
  Result<> try_socket(int family, const void* address, std::size_t size, Instant deadline);
  Result<> log_in(Instant deadline);
  Result<Reply> send_and_receive(const Command& command, Instant deadline, Waker* waker);
  Result<> send(std::string_view bytes, Instant deadline);
  Result<Reply> receive(Instant deadline, Waker* waker);
  // Waits for `events` on the socket.
  Result<> wait_for(short events, Instant deadline, Waker* waker);
  void disconnect();
  Error failure(std::string_view what) const;

  Options options_;
  int fd_ = -1;
  std::unique_ptr<redisReader, FreeReader> reader_;
  Instant next_attempt_{};
  std::chrono::milliseconds backoff_{0};
};

}  // namespace doorward::adapters::redis
