// Event streams and sockets that watch the bus, parked.
//
// Why:     what they show differs (the native stream, the calls of compatible systems), how they
//          are framed, bounded and kept alive does not.
// Time:    a stream looks for events four times a second, so a request wakes nobody.
// Threads: thread-safe; a Watcher is called on its stream's loop only.
// Bounds:  kMostStreams; 32 KiB in one rendering, the rest waits in the bus.
#pragma once

#include "api/live/bus.hpp"
#include "edge/parking.hpp"
#include "ports/clock.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::api::live {

// What one stream or socket shows. Texts are JSON, each sent as one `data:` or one text frame.
class Watcher {
 public:
  using Texts = std::vector<std::string>;

  virtual ~Watcher() = default;
  virtual bool wants(const Event& event) const = 0;
  virtual std::string show(const Event& event) const = 0;
  // Events were overwritten unread; how many of them it wanted is not known.
  virtual std::string show_lost(std::uint64_t count) const;
  // What is due by time (`now` is steady): called at once, then four times a second.
  virtual void show_regular(Millis now, Texts& into) {
    static_cast<void>(now), static_cast<void>(into);
  }
  // A socket's peer said something. False closes it.
  virtual bool message(std::string_view text, Texts& into) {
    static_cast<void>(text), static_cast<void>(into);
    return true;
  }
};

class Streams final : public edge::StreamSource {
 public:
  static constexpr std::size_t kMostStreams = 10'000;
  // No ticket's handle has this generation.
  static constexpr std::uint64_t kFirstKey = 0xffff'ffffULL << 32;

  Streams(Bus& bus, const ports::Clock& clock) : bus_(bus), clock_(clock) {}

  // To be parked. Absent: there are too many already. Where parking fails, call `gone`.
  std::optional<edge::ParkedStream> open(std::unique_ptr<Watcher> watcher);
  // Keys that `open` gave, and no ticket's.
  static bool owns(std::uint64_t key) { return key >= kFirstKey; }

  Next render(edge::ParkedStream& stream, edge::StreamKind kind, std::string& out) override;
  Heard message(edge::ParkedStream& stream, std::string_view text, std::string& out) override;
  void gone(const edge::ParkedStream& stream) override;
  // Event streams, and sockets. One that was not rendered yet is no socket.
  struct Counts {
    std::size_t event_streams = 0;
    std::size_t sockets = 0;
  };
  Counts counts() const;
  std::size_t count() const;

 private:
  struct Held {
    std::unique_ptr<Watcher> watcher;
    std::uint64_t cursor = 0;
    Millis sent_at{};  // steady
    std::atomic<bool> is_socket{false};
  };
  std::shared_ptr<Held> held(std::uint64_t key) const;
  bool show_events(Held& held, edge::StreamKind kind, std::string& out);

  Bus& bus_;
  const ports::Clock& clock_;
  mutable std::mutex mutex_;
  boost::unordered_flat_map<std::uint64_t, std::shared_ptr<Held>> streams_;
  std::uint32_t next_ = 0;
};

// Every parked stream's source: tickets', live ones', and tickets' in other systems' words
// (`marked`), told apart by their keys.
class AllStreams final : public edge::StreamSource {
 public:
  AllStreams(edge::StreamSource& tickets, Streams& live, edge::StreamSource& marked)
      : tickets_(tickets), live_(live), marked_(marked) {}
  Next render(edge::ParkedStream& stream, edge::StreamKind kind, std::string& out) override {
    return of(stream).render(stream, kind, out);
  }
  Heard message(edge::ParkedStream& stream, std::string_view text, std::string& out) override {
    return of(stream).message(stream, text, out);
  }
  std::uint16_t refuse(edge::ParkedStream& stream, std::uint16_t usual,
                       std::string& reason) override {
    return of(stream).refuse(stream, usual, reason);
  }
  void gone(const edge::ParkedStream& stream) override { of(stream).gone(stream); }

 private:
  edge::StreamSource& of(const edge::ParkedStream& stream) {
    if (Streams::owns(stream.key)) return live_;
    return is_marked(stream.key) ? marked_ : tickets_;
  }
  // TicketStreams::kMarked; what begins with more ones is a stream of no ticket.
  static bool is_marked(std::uint64_t key) { return key >> 63 != 0 && key >> 48 != 0xffff; }
  edge::StreamSource& tickets_;
  Streams& live_;
  edge::StreamSource& marked_;
};

}  // namespace doorward::api::live
