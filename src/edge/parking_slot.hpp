// Private to the parking lot: what is kept of one parked connection.
#pragma once

#include "edge/parking_lot.hpp"
#include "edge/wheel.hpp"
#include "wire/websocket/decoder.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>

namespace doorward::edge {

// What only a busy stream has.
struct ParkingLot::Extra {
  std::string unsent;
  std::size_t sent = 0;
  std::optional<wire::websocket::Decoder> decoder;

  bool idle() const { return unsent.empty() && !decoder; }
};

// Memory for the one operation that every parked connection has pending, inside its slot: from
// the heap it would keep whatever larger block Asio had at hand.
class OperationMemory {
 public:
  void* allocate(std::size_t size) {
    if (used_ || size > sizeof bytes_) return ::operator new(size);
    used_ = true;
    return bytes_;
  }
  void deallocate(void* at) {
    if (at == bytes_) {
      used_ = false;
    } else {
      ::operator delete(at);
    }
  }

 private:
  alignas(void*) std::byte bytes_[96];
  bool used_ = false;
};

template <class T>
struct OperationAllocator {
  using value_type = T;

  explicit OperationAllocator(OperationMemory& m) : memory(&m) {}
  template <class U>
  explicit OperationAllocator(const OperationAllocator<U>& other) : memory(other.memory) {}
  template <class U>
  bool operator==(const OperationAllocator<U>& other) const {
    return memory == other.memory;
  }

  T* allocate(std::size_t n) { return static_cast<T*>(memory->allocate(n * sizeof(T))); }
  void deallocate(T* at, std::size_t) { memory->deallocate(at); }

  OperationMemory* memory;
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

  OperationMemory wait_memory;
  ParkingLot& lot;
  std::optional<Socket> socket;  // while open: the memory may outlive the loop's context
  AddressLimits::Pass pass;
  ParkedStream stream;
  Slot* next = nullptr;  // of the same key, or free
  Slot* previous = nullptr;
  std::unique_ptr<Extra> extra;
  std::uint32_t again_ms = 0;
  std::uint16_t dropped = 0;  // bytes that an event stream's peer sent for nothing
  std::uint8_t waits = 0;  // handlers that still know this slot, its place among the due included
  StreamKind kind = StreamKind::event_stream;
  bool open = false;
  bool due = false;
  bool shut = false;    // our side of the connection
  bool ending = false;  // the last bytes are under way, or the peer's close is awaited
};

}  // namespace doorward::edge
