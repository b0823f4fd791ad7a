#include "edge/parking_lot.hpp"

#include "edge/loop.hpp"
#include "edge/parking_slot.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <netinet/tcp.h>
#include <unistd.h>
#include <algorithm>

namespace doorward::edge {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

using UserTimeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;

constexpr std::size_t kRendersPerTurn = 256;

}  // namespace

ParkingLot::ParkingLot(Loop& loop, StreamSource* source)
    : loop_(loop),
      source_(source),
      slots_(std::make_unique<Slots>()),
      poll_(loop.io(),
            [this](const PollEvent& event) { ready(*static_cast<Slot*>(event.owner), event); }) {}

ParkingLot::~ParkingLot() { close_all(); }

ParkingLot::Slot& ParkingLot::new_slot() {
  if (free_ == nullptr) return slots_->emplace_back(*this);
  Slot& slot = *free_;
  free_ = slot.next;
  return slot;
}

void ParkingLot::park(Connection& connection, ParkedStream stream, StreamKind kind) {
  Slot& slot = new_slot();
  auto [socket, pass] = connection.release();
  slot.pass = std::move(pass);
  slot.stream = stream;
  slot.kind = kind;
  slot.open = true;
  slot.ending = slot.shut = slot.due = false;
  slot.again_ms = 0;
  slot.dropped = 0;
  slot.next = slot.previous = nullptr;
  link_key(slot);
  (kind == StreamKind::websocket ? loop_.counters().parked_websockets
                                 : loop_.counters().parked_event_streams)
      .add();
  if (!take_socket(slot, std::move(socket))) return close(slot);
  if (loop_.draining()) {
    say_goodbye(slot, wire::websocket::kGoingAway);
  } else {
    render(slot);
  }
  if (slot.open) take_input(slot, connection.input());
}

// From Asio's hands into ours. False: the system refused, and the slot is to be closed.
bool ParkingLot::take_socket(Slot& slot, Socket socket) {
  error_code ec;
  socket.set_option(UserTimeout(static_cast<int>(loop_.options().parking.user_timeout.count())),
                    ec);
  slot.socket = socket.release(ec);
  return !ec && poll_.add(slot.socket, &slot);
}

void ParkingLot::link_key(Slot& slot) {
  Slot*& head = by_key_[slot.stream.key];
  slot.next = head;
  if (head != nullptr) head->previous = &slot;
  head = &slot;
}

void ParkingLot::unlink_key(Slot& slot) {
  if (slot.next != nullptr) slot.next->previous = slot.previous;
  if (slot.previous != nullptr) {
    slot.previous->next = slot.next;
  } else if (slot.next != nullptr) {
    by_key_[slot.stream.key] = slot.next;
  } else {
    by_key_.erase(slot.stream.key);
  }
}

// Its key was `former`.
void ParkingLot::rename(Slot& slot, std::uint64_t former) {
  const std::uint64_t key = std::exchange(slot.stream.key, former);
  unlink_key(slot);
  slot.previous = nullptr;
  slot.stream.key = key;
  link_key(slot);
  make_due(slot);
}

void ParkingLot::wake(std::span<const std::uint64_t> keys) {
  for (const std::uint64_t key : keys) {
    const auto at = by_key_.find(key);
    if (at == by_key_.end()) continue;
    for (Slot* slot = at->second; slot != nullptr; slot = slot->next) make_due(*slot);
  }
}

void ParkingLot::wake_all() {
  for (Slot& slot : *slots_) {
    if (slot.open) make_due(slot);
  }
}

void ParkingLot::make_due(Slot& slot) {
  if (slot.due || slot.ending) return;
  slot.due = true;
  if (slot.sending()) return;  // rendered when its peer has taken the last
  due_.push_back(&slot);
  post_rendering();
}

void ParkingLot::post_rendering() {
  if (std::exchange(rendering_posted_, true)) return;
  asio::post(loop_.io(), [this] { render_due(); });
}

// In slices: a hundred thousand streams may be due at once, and requests come between.
void ParkingLot::render_due() {
  rendering_posted_ = false;
  const std::size_t end = std::min(due_.size(), due_at_ + kRendersPerTurn);
  while (due_at_ < end) {
    Slot& slot = *due_[due_at_++];
    // One that was closed meanwhile, and parked anew, is only asked sooner than it need be.
    if (slot.open && !slot.ending) render(slot);
  }
  if (due_at_ < due_.size()) {
    post_rendering();
  } else {
    due_.clear();
    due_at_ = 0;
  }
}

void ParkingLot::render(Slot& slot) {
  slot.due = false;
  loop_.counters().renders.add();
  scratch_.clear();
  const StreamSource::Next next = source_->render(slot.stream, slot.kind, scratch_);
  slot.again_ms =
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(next.again_in.count(), 0, UINT32_MAX));
  if (slot.again_ms != 0) {
    loop_.wheel().set(slot, loop_.now() + next.again_in);
  } else {
    slot.clear();
  }
  send(slot, scratch_);
  if (!next.end || !slot.open) return;
  if (next.said) {
    finish(slot);
  } else {
    say_goodbye(slot, wire::websocket::kNormal);
  }
}

void ParkingLot::expired(Slot& slot) {
  if (!slot.open) return;
  if (slot.sending() || slot.ending) {
    loop_.counters().deadlines.add();
    close(slot);
  } else {
    make_due(slot);
  }
}

void ParkingLot::end_all() {
  for (Slot& slot : *slots_) {
    if (slot.open && !slot.ending) say_goodbye(slot, wire::websocket::kGoingAway);
  }
}

void ParkingLot::close_all() {
  for (Slot& slot : *slots_) {
    if (slot.open) close(slot);
  }
}

void ParkingLot::close(Slot& slot) {
  if (!slot.open) return;
  slot.open = false;
  slot.clear();
  unlink_key(slot);
  ::close(std::exchange(slot.socket, -1));
  slot.extra.reset();
  slot.pass = {};
  (slot.kind == StreamKind::websocket ? loop_.counters().parked_websockets
                                      : loop_.counters().parked_event_streams)
      .sub();
  loop_.counters().ended.add();
  source_->gone(slot.stream);
  slot.next = free_;
  free_ = &slot;
}

}  // namespace doorward::edge
