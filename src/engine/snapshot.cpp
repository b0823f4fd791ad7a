#include "engine/snapshot.hpp"

#include "base/crc32c.hpp"
#include "engine/restore.hpp"
#include "engine/rule_record.hpp"
#include "engine/tenant_record.hpp"

#include <utility>

namespace doorward::engine {
namespace {

constexpr int kLoadTries = 5;
constexpr std::size_t kPresencesInPiece = 4'096;
constexpr std::size_t kLockBytesInPiece = 64U << 10;

std::string seal(Piece type, std::string_view content) {
  ByteWriter out(kPieceHeaderBytes + content.size());
  out.u8(static_cast<std::uint8_t>(type));
  out.u32(static_cast<std::uint32_t>(content.size()));
  out.u32(crc32c(content, crc32c(out.view())));
  out.raw(content);
  return out.take();
}

void put_slab(ByteWriter& out, const SlabHeader& slab) {
  for (const std::uint32_t part : {slab.slots, slab.live, slab.next_free}) out.u32(part);
}

std::string head_piece(const State& state) {
  const World& world = state.world();
  const ports::LogPosition at = state.applied();
  ByteWriter out;
  out.raw(kSnapshotMagic);
  out.u16(kSnapshotVersion);
  out.u16(world.version);
  for (const std::uint64_t part : {at.epoch, at.major, at.minor}) out.u64(part);
  out.i64(world.clock.now().time_since_epoch().count());
  out.i64(world.clock.gaps().count());
  out.i64(world.remember_closed.count());
  put_slab(out, world.tickets.slab().header());
  out.varint(world.rooms.numbers());
  out.varint(world.rules.ids());
  out.varint(world.reserved.fence);
  out.varint(world.reserved.inventories.numbers());
  put_slab(out, world.reserved.holds.holds().header());
  put_slab(out, world.reserved.holds.claims().header());
  return seal(Piece::head, out.view());
}

std::string nodes_piece(const World& world) {
  ByteWriter out;
  world.nodes.write(out);
  return seal(Piece::nodes, out.view());
}

void add_presences(const World& world, std::vector<std::string>& pieces) {
  ByteWriter out;
  std::size_t count = 0;
  for (const auto& [ticket, node] : world.more_presences) {
    out.u32(ticket);
    out.u32(node);
    if (++count % kPresencesInPiece == 0) pieces.push_back(seal(Piece::presences, out.take()));
  }
  if (out.size() > 0) pieces.push_back(seal(Piece::presences, out.view()));
}

void add_rooms(const World& world, std::vector<std::string>& pieces) {
  world.rooms.for_each([&](const Room& room) {
    ByteWriter out;
    write_room(out, room);
    pieces.push_back(seal(Piece::room, out.view()));
  });
}

std::vector<std::string> rule_pieces(const World& world) {
  std::vector<std::string> pieces;
  world.rules.for_each([&](const limit::RuleEntry& entry) {
    ByteWriter out;
    put_rule_entry(out, entry);
    pieces.push_back(seal(Piece::rule, out.view()));
  });
  return pieces;
}

std::vector<std::string> tenant_pieces(const World& world) {
  std::vector<std::string> pieces;
  world.tenants.for_each([&](const tenant::Tenant& tenant) {
    ByteWriter out;
    put_tenant(out, tenant);
    pieces.push_back(seal(Piece::tenant, out.view()));
  });
  return pieces;
}

std::vector<InventoryRow> inventory_rows(const World& world) {
  std::vector<InventoryRow> rows;
  world.reserved.inventories.for_each([&](const InventoryState& one) { rows.push_back(one); });
  return rows;
}

std::string inventory_piece(const InventoryRow& row) {
  ByteWriter out;
  write_inventory(out, row);
  return seal(Piece::inventory, out.view());
}

std::vector<std::string> lock_pieces(const World& world) {
  std::vector<std::string> pieces;
  ByteWriter out;
  world.reserved.locks.for_each([&](const std::string& name, const reserve::Lock& lock) {
    write_lock(out, name, lock);
    if (out.size() >= kLockBytesInPiece) pieces.push_back(seal(Piece::locks, out.take()));
  });
  if (out.size() > 0) pieces.push_back(seal(Piece::locks, out.view()));
  return pieces;
}

}  // namespace

Snapshot::Snapshot(const State& state)
    : at_(state.applied()),
      tickets_(state.world().tickets.slab().snapshot()),
      inventories_(inventory_rows(state.world())),
      holds_(state.world().reserved.holds.holds().snapshot()),
      claims_(state.world().reserved.holds.claims().snapshot()),
      locks_(lock_pieces(state.world())) {
  small_.push_back(head_piece(state));
  small_.push_back(nodes_piece(state.world()));
  add_presences(state.world(), small_);
  add_rooms(state.world(), small_);
  rules_ = rule_pieces(state.world());
  tenants_ = tenant_pieces(state.world());
}

std::optional<std::string> Snapshot::next() {
  std::size_t piece = next_++;
  // Whether the piece is one of the next so many; otherwise it is counted on from there.
  const auto is_among = [&piece](std::size_t count) {
    if (piece < count) return true;
    piece -= count;
    return false;
  };
  if (is_among(small_.size())) return std::move(small_[piece]);
  if (is_among(tickets_.chunks())) return seal(Piece::tickets, tickets_.bytes(piece));
  if (is_among(rules_.size())) return std::move(rules_[piece]);
  if (is_among(inventories_.size())) return inventory_piece(inventories_[piece]);
  if (is_among(holds_.chunks())) return seal(Piece::holds, holds_.bytes(piece));
  if (is_among(claims_.chunks())) return seal(Piece::claims, claims_.bytes(piece));
  if (is_among(locks_.size())) return std::move(locks_[piece]);
  if (is_among(tenants_.size())) return std::move(tenants_[piece]);
  if (piece == 0) return seal(Piece::end, {});
  return std::nullopt;
}

Result<std::unique_ptr<State>> load_state(ports::CommandLog& log) {
  for (int tries = 1;; ++tries) {
    auto snapshot = log.latest_snapshot();
    if (!snapshot) return snapshot.error();
    if (!*snapshot) return std::make_unique<State>();
    auto state = read_state(**snapshot);
    if (state || state.error().code != Errc::closed || tries == kLoadTries) return state;
  }
}

std::string state_bytes(const State& state) {
  Snapshot snapshot(state);
  std::string bytes;
  while (const auto piece = snapshot.next()) bytes += *piece;
  return bytes;
}

}  // namespace doorward::engine
