#include "engine/restore.hpp"

#include "base/crc32c.hpp"
#include "engine/admission.hpp"
#include "engine/rule_record.hpp"
#include "engine/snapshot.hpp"
#include "engine/tenant_record.hpp"

#include <algorithm>

namespace doorward::engine {
namespace {

using room::TicketState;

constexpr std::uint32_t kMaxNumbers = 1U << 20;

Error corrupt(const char* what) {
  return error(Errc::corrupt, std::string("A snapshot is damaged: ") + what +
                                  ". Delete it; the log is then replayed from an older one.");
}

Result<> read_all(ByteReader& in, const char* what) {
  if (!in.finished()) return corrupt(what);
  return {};
}

bool has_known_values(const Ticket& t) {
  return t.state() <= TicketState::closed && t.reason() <= room::CloseReason::room_removed &&
         t.queue() <= Queue::aside && t.spare == 0;
}

SlabHeader get_slab(ByteReader& in) {
  SlabHeader slab;
  slab.slots = in.u32();
  slab.live = in.u32();
  slab.next_free = in.u32();
  return slab;
}

// Bytes of a snapshot, put together to pieces.
class PieceReader {
 public:
  explicit PieceReader(ports::SnapshotReader& from) : from_(from) {}

  // Reads one piece into `restorer`.
  Result<> pass_to(Restorer& restorer) {
    if (auto r = fill(kPieceHeaderBytes); !r) return r;
    ByteReader head(std::string_view(bytes_).substr(begin_, kPieceHeaderBytes));
    const auto type = static_cast<Piece>(head.u8());
    const std::size_t size = head.u32();
    const std::uint32_t crc = head.u32();
    if (size > kMaxPieceBytes) return corrupt("a piece is too long");
    if (auto r = fill(kPieceHeaderBytes + size); !r) return r;
    const std::string_view piece =
        std::string_view(bytes_).substr(begin_, kPieceHeaderBytes + size);
    const std::string_view content = piece.substr(kPieceHeaderBytes);
    if (crc32c(content, crc32c(piece.substr(0, 5))) != crc) {
      return corrupt("a checksum does not match");
    }
    begin_ += piece.size();
    return restorer.take(type, content);
  }

  Result<bool> at_end() {
    if (begin_ < bytes_.size()) return false;
    auto more = from_.read(1);
    if (!more) return more.error();
    return more->empty();
  }

 private:
  Result<> fill(std::size_t wanted) {
    if (bytes_.size() - begin_ >= wanted) return {};
    bytes_.erase(0, std::exchange(begin_, 0));
    while (bytes_.size() < wanted) {
      auto more = from_.read(kReadBytes);
      if (!more) return more.error();
      if (more->empty()) return corrupt("it ends too early");
      bytes_ += *more;
    }
    return {};
  }

  static constexpr std::size_t kReadBytes = 1U << 20;
  ports::SnapshotReader& from_;
  std::string bytes_;
  std::size_t begin_ = 0;
};

}  // namespace

Result<> Restorer::take(Piece type, std::string_view content) {
  const bool once = type == Piece::head || type == Piece::nodes || type == Piece::end;
  const bool first = last_ == Piece{} && type != Piece::head;
  if (first || order_of(type) < order_of(last_) || (once && type == last_))
    return corrupt("its pieces are disordered");
  last_ = type;
  switch (type) {
    case Piece::head: return take_head(content);
    case Piece::nodes: return take_nodes(content);
    case Piece::presences: return take_presences(content);
    case Piece::room: return take_room(content);
    case Piece::tickets: return slab_.restore_chunk(content);
    case Piece::end: ended_ = true; return {};
    case Piece::rule: return take_rule(content);
    case Piece::inventory: return take_inventory(content);
    case Piece::holds: return take_holds(content);
    case Piece::claims: return claims_.restore_chunk(content);
    case Piece::locks: return take_locks(content);
    case Piece::tenant: return take_tenant(content);
  }
  return corrupt("a piece is of an unknown type");
}

Result<> Restorer::take_head(std::string_view content) {
  ByteReader in(content);
  if (in.raw(kSnapshotMagic.size()) != kSnapshotMagic) {
    return corrupt("it does not begin as a snapshot");
  }
  const std::uint16_t version = format_ = in.u16();
  world_->version = in.u16();
  const bool knows_rules = world_->version >= kFirstRules && world_->version <= kNewestRules;
  if (version < 1 || version > kSnapshotVersion || !knows_rules) {
    return error(
        Errc::unsupported_version,
        "The snapshot was written by a newer doorward; start that version, or a newer one.");
  }
  at_.epoch = in.u64();
  at_.major = in.u64();
  at_.minor = in.u64();
  const LogTime now{Millis(in.i64())};
  world_->clock = EngineClock(now, Millis(in.i64()));
  world_->remember_closed = Millis(in.i64());
  slab_ = TicketStore::Slab::restore(get_slab(in));
  world_->rooms.restore_numbers(static_cast<std::uint32_t>(in.varint(kMaxNumbers)));
  if (version >= 2) world_->rules.restore_ids(in.varint());
  if (version >= 3) {
    world_->reserved.fence = in.varint();
    const auto numbers = static_cast<std::uint32_t>(in.varint(kMaxNumbers));
    world_->reserved.inventories.restore_numbers(numbers);
    holds_ = HoldStore::Holds::restore(get_slab(in));
    claims_ = HoldStore::Claims::restore(get_slab(in));
  }
  return read_all(in, "its head is malformed");
}

// A slot of format 4 ends where the amount stands now.
Result<> Restorer::take_holds(std::string_view content) {
  constexpr std::size_t kShort = 96;
  if (format_ >= 5) return holds_.restore_chunk(content);
  ByteWriter widened;
  for (; content.size() >= kShort; content.remove_prefix(kShort)) {
    widened.raw(content.substr(0, kShort));
    widened.u64(0);
  }
  return content.empty() ? holds_.restore_chunk(widened.view())
                         : corrupt("its holds are of wrong size");
}

Result<> Restorer::take_nodes(std::string_view content) {
  ByteReader in(content);
  world_->nodes = NodeTable::read(in);
  return read_all(in, "its nodes are malformed");
}

Result<> Restorer::take_presences(std::string_view content) {
  ByteReader in(content);
  auto& presences = world_->more_presences;
  while (in.ok() && !in.at_end()) {
    const std::uint32_t ticket = in.u32();
    const std::pair entry(ticket, in.u32());
    if (!presences.empty() && entry <= *presences.rbegin()) in.fail();
    presences.insert(presences.end(), entry);
  }
  return read_all(in, "its presences are malformed");
}

Result<> Restorer::take_room(std::string_view content) {
  ByteReader in(content);
  auto room = std::make_unique<Room>();
  read_room(in, *room);
  if (!in.finished() || !world_->rooms.restore(std::move(room))) {
    return corrupt("a room is malformed");
  }
  return {};
}

Result<> Restorer::take_rule(std::string_view content) {
  ByteReader in(content);
  limit::RuleEntry entry = get_rule_entry(in);
  if (!in.finished() || !world_->rules.restore(std::move(entry))) {
    return corrupt("a rule is malformed");
  }
  return {};
}

Result<> Restorer::take_inventory(std::string_view content) {
  ByteReader in(content);
  InventoryRow row = read_inventory(in);
  if (!in.finished() || !world_->reserved.inventories.restore(std::move(row))) {
    return corrupt("an inventory is malformed");
  }
  return {};
}

Result<> Restorer::take_tenant(std::string_view content) {
  ByteReader in(content);
  tenant::Tenant tenant = get_tenant(in);
  if (!in.finished() || !world_->tenants.restore(std::move(tenant))) {
    return corrupt("a tenant is malformed");
  }
  return {};
}

Result<> Restorer::take_locks(std::string_view content) {
  ByteReader in(content);
  while (in.ok() && !in.at_end()) {
    auto [name, lock] = read_lock(in);
    if (in.ok() && !world_->reserved.locks.restore(std::move(name), std::move(lock))) in.fail();
  }
  return read_all(in, "its locks are malformed");
}

Result<std::unique_ptr<State>> Restorer::finish() {
  if (!ended_) return corrupt("it ends too early");
  if (auto r = slab_.finish_restore(); !r) return r.error();
  if (auto r = holds_.finish_restore(); !r) return r.error();
  if (auto r = claims_.finish_restore(); !r) return r.error();
  if (!world_->reserved.holds.restore(std::move(holds_), std::move(claims_)) ||
      !derive_reserved()) {
    return corrupt("its reservations contradict each other");
  }
  if (!world_->tickets.restore(std::move(slab_)) || !derive()) {
    return corrupt("its tickets contradict each other");
  }
  return std::make_unique<State>(std::move(world_), at_);
}

bool Restorer::derive() {
  const TicketStore::Slab& slab = world_->tickets.slab();
  bool good = true;
  slab.for_each([&](std::uint32_t index, const Ticket& ticket) {
    good = good && has_known_values(ticket) && place_ticket(index, ticket);
  });
  for (const auto& [ticket, node] : world_->more_presences) {
    good = good && slab.is_live(ticket) && world_->nodes.has(node);
    if (good) world_->nodes.refer(node);
  }
  const LogTime now = world_->clock.now();
  for (std::uint32_t number = 0; good && number < world_->rooms.numbers(); ++number) {
    Room* room = world_->rooms.at(number);
    if (room == nullptr) continue;
    room->mode = room::effective_mode(room->policy, now);
    room->sold_out = is_sold_out(*world_, *room);
    world_->rooms.set_wake(*room, next_wake(*world_, *room));
    world_->rooms.note(*room);
  }
  if (good) world_->rooms.finish_restore();
  return good;
}

bool Restorer::derive_reserved() {
  bool good = true;
  world_->reserved.holds.holds().for_each(
      [&](std::uint32_t index, const HoldRow& hold) { good = good && place_hold(index, hold); });
  if (good) world_->reserved.inventories.finish_restore();
  world_->reserved.locks.for_each([&](const std::string&, const reserve::Lock& lock) {
    for (const reserve::Lock::Waiter& waiter : lock.waiters()) {
      good = good && world_->nodes.has(waiter.request.node);
      if (good) world_->nodes.refer(waiter.request.node);
    }
  });
  return good;
}

bool Restorer::place_hold(std::uint32_t index, const HoldRow& hold) {
  Reserved& reserved = world_->reserved;
  if (hold.inventory >= reserved.inventories.numbers()) return false;
  reserved.inventories.remember(hold.inventory);
  InventoryState* inventory = reserved.inventories.at(hold.inventory);
  if (hold.is(reserve::HoldState::over)) {
    reserved.holds.add_over(hold.inventory, hold.subject);
    return true;
  }
  if (inventory == nullptr || hold.count == 0) return false;
  const bool is_held = hold.is(reserve::HoldState::held);
  (is_held ? inventory->taken.held : inventory->taken.confirmed) += hold.count;
  reserved.holds.add_to_account(hold.inventory, hold.subject, hold.count);
  const bool is_map = inventory->map->inventory().is_map();
  if (is_map != (hold.first_claim != 0)) return false;
  for (const std::uint32_t unit : reserved.holds.units_of(index)) {
    if (unit >= inventory->units.size()) return false;
    auto& state = inventory->units[unit];
    if (state != reserve::UnitState::available) return false;
    state = is_held ? reserve::UnitState::held : reserve::UnitState::confirmed;
  }
  return true;
}

bool Restorer::place_ticket(std::uint32_t index, const Ticket& ticket) {
  const auto number = static_cast<std::uint32_t>(ticket.room);
  if (number >= world_->rooms.numbers()) return false;
  world_->rooms.refer(number);
  if (ticket.is(TicketState::closed)) return true;
  Room* room = world_->rooms.at(number);
  if (room == nullptr || ticket.lane >= room->lanes.size()) return false;
  if (ticket.is(TicketState::admitted)) {
    ++room->inside;
    if (!ticket.uncounted) ++room->counted;
    return true;
  }
  ++room->waiting;
  const auto node = static_cast<NodeTable::Slot>(ticket.node);
  if (node != 0 && !world_->nodes.has(node)) return false;
  if (node != 0) world_->nodes.refer(node);
  Line& line = room->lanes[ticket.lane].line(ticket.queue());
  if (!line.set(ticket.place, index)) return false;
  line.set_here(ticket.place, node != 0);
  return true;
}

Result<std::unique_ptr<State>> read_state(ports::SnapshotReader& from) {
  PieceReader pieces(from);
  Restorer restorer;
  while (!restorer.ended()) {
    if (auto r = pieces.pass_to(restorer); !r) return r.error();
  }
  auto at_end = pieces.at_end();
  if (!at_end) return at_end.error();
  if (!*at_end) return corrupt("bytes follow its end");
  return restorer.finish();
}

}  // namespace doorward::engine
