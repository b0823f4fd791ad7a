#include "adapters/redis/connection.hpp"

#include <fmt/core.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace doorward::adapters::redis {
namespace {

constexpr std::chrono::milliseconds kFirstBackoff{10};
constexpr std::chrono::milliseconds kLongestBackoff{1'000};

std::string reason(int code) { return std::generic_category().message(code); }

int millis_until(std::chrono::steady_clock::time_point deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

std::string format(const Connection::Command& command) {
  std::vector<const char*> parts;
  std::vector<std::size_t> sizes;
  for (const auto& part : command) {
    parts.push_back(part.data());
    sizes.push_back(part.size());
  }
  char* bytes = nullptr;
  const int size =
      redisFormatCommandArgv(&bytes, static_cast<int>(parts.size()), parts.data(), sizes.data());
  if (size < 0) return "";
  std::string formatted(bytes, static_cast<std::size_t>(size));
  redisFreeCommand(bytes);
  return formatted;
}

}  // namespace

Waker::Waker() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
Waker::~Waker() { close(fd_); }

void Waker::wake() {
  const std::uint64_t one = 1;
  // It fails only if the counter is full, and then it is awake anyway.
  [[maybe_unused]] const auto written = write(fd_, &one, sizeof one);
}

bool Waker::take() {
  std::uint64_t count = 0;
  return ::read(fd_, &count, sizeof count) == sizeof count;
}

Connection::~Connection() { disconnect(); }

void Connection::disconnect() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
  reader_.reset();
}

Error Connection::failure(std::string_view what) const {
  return error(Errc::unavailable, fmt::format("Redis at {} {}", options_.address.name(), what));
}

Result<Reply> Connection::call(const Command& command) {
  return exchange(command, std::chrono::steady_clock::now() + options_.timeout, nullptr);
}

Result<Reply> Connection::call_waiting(const Command& command, Millis wait, Waker& waker) {
  return exchange(command, std::chrono::steady_clock::now() + options_.timeout + wait, &waker);
}

Result<std::int64_t> Connection::integer(const Command& command) {
  const auto reply = call(command);
  if (reply.has_error()) return reply.error();
  if ((*reply)->type != REDIS_REPLY_INTEGER) return failure("gave an answer of another kind");
  return static_cast<std::int64_t>((*reply)->integer);
}

Result<Reply> Connection::exchange(const Command& command, Instant deadline, Waker* waker) {
  if (auto connected = connect(deadline, waker); connected.has_error()) return connected.error();
  if (auto sent = send(format(command), deadline); sent.has_error()) {
    disconnect();
    return sent.error();
  }
  return await(command, deadline, waker);
}

Result<std::pair<Reply, Reply>> Connection::call_both(const Command& first, const Command& second,
                                                      Millis wait, Waker& waker) {
  const Instant deadline = std::chrono::steady_clock::now() + options_.timeout + wait;
  if (auto connected = connect(deadline, &waker); connected.has_error()) return connected.error();
  if (auto sent = send(format(first) + format(second), deadline); sent.has_error()) {
    disconnect();
    return sent.error();
  }
  auto one = await(first, deadline, &waker);
  // Both were sent, and the second's answer would be taken for another's.
  if (one.has_error()) disconnect();
  if (one.has_error()) return one.error();
  auto other = await(second, deadline, &waker);
  if (other.has_error()) return other.error();
  return std::pair(std::move(*one), std::move(*other));
}

Result<Reply> Connection::await(const Command& command, Instant deadline, Waker* waker) {
  auto reply = receive(deadline, waker);
  if (reply.has_error()) {
    // An answer that comes late would be taken for that of the next command.
    disconnect();
    return reply;
  }
  if ((*reply)->type == REDIS_REPLY_ERROR) {
    return failure(fmt::format("refuses {}: {}", command.front(), text_of(**reply)));
  }
  return reply;
}

Result<> Connection::connect(Instant deadline, Waker* waker) {
  if (fd_ >= 0) return {};
  if (next_attempt_ > std::chrono::steady_clock::now()) {
    auto waited = wait_for(0, std::min(deadline, next_attempt_), waker);
    if (waited.has_error() && waited.error().code == Errc::closed) return waited;
  }
  auto opened = open_socket(deadline);
  if (opened.has_value()) opened = log_in(deadline);
  if (opened.has_value()) {
    backoff_ = {};
    return opened;
  }
  disconnect();
  backoff_ = std::clamp(backoff_ * 2, kFirstBackoff, kLongestBackoff);
  next_attempt_ = std::chrono::steady_clock::now() + backoff_;
  return opened;
}

Result<> Connection::open_socket(Instant deadline) {
  const Address& to = options_.address;
  if (!to.socket.empty()) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (to.socket.size() >= sizeof address.sun_path) return failure("has too long a path");
    std::copy(to.socket.begin(), to.socket.end(), std::begin(address.sun_path));
    return try_socket(AF_UNIX, &address, sizeof address, deadline);
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(to.host.c_str(), to.port.c_str(), &hints, &found); code != 0) {
    return failure(fmt::format("cannot be found: {}", gai_strerror(code)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  Result<> tried = failure("has no address");
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    tried = try_socket(one->ai_family, one->ai_addr, one->ai_addrlen, deadline);
    if (tried.has_value()) return tried;
  }
  return tried;
}

Result<> Connection::try_socket(int family, const void* address, std::size_t size,
                                Instant deadline) {
  disconnect();
  reader_.reset(redisReaderCreate());
  fd_ = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return failure("has no socket: " + reason(errno));
  const int on = 1;
  if (family != AF_UNIX) setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto* to = static_cast<const sockaddr*>(address);
  if (::connect(fd_, to, static_cast<socklen_t>(size)) == 0) return {};
  if (errno != EINPROGRESS) return failure("cannot be reached: " + reason(errno));
  if (auto ready = wait_for(POLLOUT, deadline, nullptr); ready.has_error()) return ready;
  int code = 0;
  socklen_t length = sizeof code;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &code, &length);
  if (code != 0) return failure("cannot be reached: " + reason(code));
  return {};
}

Result<> Connection::log_in(Instant deadline) {
  const auto ask = [&](const Command& command) -> Result<> {
    const auto reply = send_and_receive(command, deadline, nullptr);
    if (reply.has_error()) return reply.error();
    if ((*reply)->type != REDIS_REPLY_ERROR) return {};
    return failure(fmt::format("refuses {}: {}", command.front(), text_of(**reply)));
  };
  const Address& to = options_.address;
  if (!to.password.empty()) {
    Command auth{"AUTH"};
    if (!to.user.empty()) auth.emplace_back(to.user);
    auth.emplace_back(to.password);
    if (auto answered = ask(auth); answered.has_error()) return answered;
  }
  if (to.database == 0) return {};
  return ask({"SELECT", std::to_string(to.database)});
}

Result<Reply> Connection::send_and_receive(const Command& command, Instant deadline, Waker* waker) {
  if (auto sent = send(format(command), deadline); sent.has_error()) return sent.error();
  return receive(deadline, waker);
}

Result<> Connection::send(std::string_view bytes, Instant deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return failure("closed the connection: " + reason(errno));
    if (auto ready = wait_for(POLLOUT, deadline, nullptr); ready.has_error()) return ready;
  }
  return {};
}

Result<Reply> Connection::receive(Instant deadline, Waker* waker) {
  std::array<char, 1U << 16> buffer;
  for (;;) {
    void* reply = nullptr;
    if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) {
      return failure(fmt::format("does not speak its protocol: {}", reader_->errstr));
    }
    if (reply != nullptr) return Reply(static_cast<redisReply*>(reply));
    const ssize_t got = recv(fd_, buffer.data(), buffer.size(), 0);
    if (got > 0) {
      redisReaderFeed(reader_.get(), buffer.data(), static_cast<std::size_t>(got));
      continue;
    }
    if (got == 0) return failure("closed the connection");
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return failure("closed the connection: " + reason(errno));
    if (auto ready = wait_for(POLLIN, deadline, waker); ready.has_error()) return ready.error();
  }
}

Result<> Connection::wait_for(short events, Instant deadline, Waker* waker) {
  std::array<pollfd, 2> waits{{{events != 0 ? fd_ : -1, events, 0},
                               {waker != nullptr ? waker->descriptor() : -1, POLLIN, 0}}};
  int ready = 0;
  do {
    ready = poll(waits.data(), waits.size(), millis_until(deadline));
  } while (ready < 0 && errno == EINTR);
  if (waker != nullptr && waits[1].revents != 0) return error(Errc::closed, "woken");
  if (ready > 0) return {};
  return failure("did not answer in time");
}

}  // namespace doorward::adapters::redis
