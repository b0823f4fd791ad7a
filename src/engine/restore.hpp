// Reading a snapshot back: the pieces' frame, and the state that they build.
//
// Errors:  corrupt (a checksum, a length, an order, or values that no state can have),
//          unsupported_version.
// Spec:    docs/log-format.md, "Snapshot".
#pragma once

#include "base/result.hpp"
#include "engine/state.hpp"

#include <memory>
#include <string_view>

namespace doorward::engine {

enum class Piece : std::uint8_t {
  head = 1,
  nodes,
  presences,
  room,
  tickets,
  end,
  rule,
  inventory,
  holds,
  claims,
  locks,
  tenant
};
// What came later stands between tickets and end.
constexpr int order_of(Piece type) {
  constexpr int kLast = 1'000;
  return type == Piece::end ? kLast : static_cast<int>(type);
}

inline constexpr std::string_view kSnapshotMagic = "DWRS";
// 1 has no rules, 2 no reservations, 3 no tenants, 4 no amounts of holds.
inline constexpr std::uint16_t kSnapshotVersion = 5;
inline constexpr std::size_t kPieceHeaderBytes = 9;

// Takes the pieces of a snapshot in their order.
class Restorer {
 public:
  Result<> take(Piece type, std::string_view content);
  bool ended() const { return ended_; }
  Result<std::unique_ptr<State>> finish();

 private:
  Result<> take_head(std::string_view content);
  Result<> take_nodes(std::string_view content);
  Result<> take_presences(std::string_view content);
  Result<> take_room(std::string_view content);
  Result<> take_rule(std::string_view content);
  Result<> take_inventory(std::string_view content);
  Result<> take_holds(std::string_view content);
  Result<> take_locks(std::string_view content);
  Result<> take_tenant(std::string_view content);
  bool derive();
  bool place_ticket(std::uint32_t index, const Ticket& ticket);
  bool derive_reserved();
  bool place_hold(std::uint32_t index, const HoldRow& hold);

  std::unique_ptr<World> world_ = std::make_unique<World>();
  ports::LogPosition at_;
  TicketStore::Slab slab_;
  HoldStore::Holds holds_;
  HoldStore::Claims claims_;
  std::uint16_t format_ = kSnapshotVersion;
  Piece last_{};
  bool ended_ = false;
};

}  // namespace doorward::engine
