// Private to the parking lot: what is kept of one parked connection.
#pragma once

#include "edge/parking_lot.hpp"
#include "edge/wheel.hpp"
#include "wire/websocket/decoder.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace doorward::edge {

// What only a busy stream has.
struct ParkingLot::Extra {
  std::string unsent;
  std::optional<wire::websocket::Decoder> decoder;

  bool idle() const { return unsent.empty() && !decoder; }
};

struct ParkingLot::Slot : WheelEntry {
  explicit Slot(ParkingLot& owner)
      : WheelEntry([](WheelEntry& entry) {
          auto& slot = static_cast<Slot&>(entry);
          slot.lot.expired(slot);
        }),
        lot(owner) {}

  bool sending() const { return extra != nullptr && !extra->unsent.empty(); }
  Extra& need_extra() {
    if (!extra) extra = std::make_unique<Extra>();
    return *extra;
  }

  ParkingLot& lot;
  AddressLimits::Pass pass;
  ParkedStream stream;
  Slot* next = nullptr;  // of the same key, or free
  Slot* previous = nullptr;
  std::unique_ptr<Extra> extra;
  int socket = -1;  // while open
  std::uint32_t again_ms = 0;
  std::uint16_t dropped = 0;  // bytes that an event stream's peer sent for nothing
  StreamKind kind = StreamKind::event_stream;
  bool open = false;
  bool due = false;
  bool shut = false;    // our side of the connection
  bool ending = false;  // the last bytes are under way, or the peer's close is awaited
};

}  // namespace doorward::edge
