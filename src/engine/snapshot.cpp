#include "engine/snapshot.hpp"

#include "base/crc32c.hpp"
#include "engine/restore.hpp"
#include "engine/rule_record.hpp"

#include <utility>

namespace doorward::engine {
namespace {

constexpr std::size_t kPresencesInPiece = 4'096;

std::string seal(Piece type, std::string_view content) {
  ByteWriter out(kPieceHeaderBytes + content.size());
  out.u8(static_cast<std::uint8_t>(type));
  out.u32(static_cast<std::uint32_t>(content.size()));
  out.u32(crc32c(content, crc32c(out.view())));
  out.raw(content);
  return out.take();
}

std::string head_piece(const State& state) {
  const World& world = state.world();
  const ports::LogPosition at = state.applied();
  const SlabHeader& slab = world.tickets.slab().header();
  ByteWriter out;
  out.raw(kSnapshotMagic);
  out.u16(kSnapshotVersion);
  out.u16(kRulesVersion);
  for (const std::uint64_t part : {at.epoch, at.major, at.minor}) out.u64(part);
  out.i64(world.clock.now().time_since_epoch().count());
  out.i64(world.clock.gaps().count());
  out.i64(world.remember_closed.count());
  for (const std::uint32_t part : {slab.slots, slab.live, slab.next_free}) out.u32(part);
  out.varint(world.rooms.numbers());
  out.varint(world.rules.ids());
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

}  // namespace

Snapshot::Snapshot(const State& state)
    : at_(state.applied()), tickets_(state.world().tickets.slab().snapshot()) {
  small_.push_back(head_piece(state));
  small_.push_back(nodes_piece(state.world()));
  add_presences(state.world(), small_);
  add_rooms(state.world(), small_);
  rules_ = rule_pieces(state.world());
}

std::optional<std::string> Snapshot::next() {
  const std::size_t piece = next_++;
  if (piece < small_.size()) return std::move(small_[piece]);
  const std::size_t chunk = piece - small_.size();
  if (chunk < tickets_.chunks()) return seal(Piece::tickets, tickets_.bytes(chunk));
  const std::size_t rule = chunk - tickets_.chunks();
  if (rule < rules_.size()) return std::move(rules_[rule]);
  if (rule == rules_.size()) return seal(Piece::end, {});
  return std::nullopt;
}

std::string state_bytes(const State& state) {
  Snapshot snapshot(state);
  std::string bytes;
  while (const auto piece = snapshot.next()) bytes += *piece;
  return bytes;
}

}  // namespace doorward::engine
