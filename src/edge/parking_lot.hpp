// The parked connections of one loop.
//
// Why:     a waiter costs a slot and the kernel's socket: no coroutine frame, no buffer, no
//          operation of Asio's. What a stream needs only for a moment (bytes that its peer does
//          not take yet, half a WebSocket message) is held apart and freed at once.
// Time:    `again_in` and deadlines by the loop's wheel.
// Threads: on its loop only.
// Bounds:  64 KiB of unsent bytes a stream, then it is cut; 256 streams rendered in one turn of the
// loop.
#pragma once

#include "edge/connection.hpp"
#include "edge/options.hpp"
#include "edge/parking.hpp"
#include "edge/parking_poll.hpp"

#include <boost/container/deque.hpp>
#include <boost/container/options.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::edge {

class Loop;

class ParkingLot {
 public:
  ParkingLot(Loop& loop, StreamSource* source);
  ~ParkingLot();
  ParkingLot(const ParkingLot&) = delete;
  ParkingLot& operator=(const ParkingLot&) = delete;

  bool has_source() const { return source_ != nullptr; }
  // Takes the socket and whatever of its input was not read yet.
  void park(Connection& connection, ParkedStream stream, StreamKind kind);
  void wake(std::span<const std::uint64_t> keys);
  void wake_all();
  void end_all();    // says goodbye where the protocol has a word for it
  void close_all();  // at once

 private:
  struct Slot;
  struct Extra;

  Slot& new_slot();
  bool take_socket(Slot& slot, Socket socket);
  void ready(Slot& slot, const PollEvent& event);
  void readable(Slot& slot);
  bool take_input(Slot& slot, std::string_view bytes);
  bool take_text(Slot& slot, std::string_view text, std::string& out);
  bool take_frames(Slot& slot, std::string_view bytes, std::string& out);
  void make_due(Slot& slot);
  void post_rendering();
  void render_due();
  void render(Slot& slot);
  void send(Slot& slot, std::string_view bytes);
  void send_unsent(Slot& slot);
  void wait_to_send(Slot& slot);
  void all_sent(Slot& slot);
  void rename(Slot& slot, std::uint64_t former);
  void refuse(Slot& slot, std::uint16_t usual, std::string& out);
  void say_goodbye(Slot& slot, std::uint16_t code);
  void finish(Slot& slot);
  void half_close(Slot& slot);
  void expired(Slot& slot);
  void close(Slot& slot);
  void link_key(Slot& slot);
  void unlink_key(Slot& slot);

  Loop& loop_;
  StreamSource* source_;
  // In blocks so large that they get pages of their own, which are touched as they fill: among
  // the buffers of sessions they would keep those from being given back.
  using Slots = boost::container::deque<
      Slot, void, boost::container::deque_options<boost::container::block_size<2'048u>>::type>;

  std::unique_ptr<Slots> slots_;
  Slot* free_ = nullptr;
  boost::unordered_flat_map<std::uint64_t, Slot*> by_key_;
  std::vector<Slot*> due_;
  std::size_t due_at_ = 0;
  bool rendering_posted_ = false;
  ParkingPoll poll_;
  std::string scratch_;  // rendered bytes
  std::array<char, 8'192> input_;
};

}  // namespace doorward::edge
