#include "engine/ticket_store.hpp"

namespace doorward::engine {
namespace {

// Ids are random and subjects keyed hashes, so nobody can aim at a bucket; this only spreads well
// what a test numbers one by one.
constexpr std::uint64_t spread(std::uint64_t x) {
  x = (x ^ x >> 32) * 0xd6e8feb86659fd93U;
  x = (x ^ x >> 32) * 0xd6e8feb86659fd93U;
  return x ^ x >> 32;
}

std::uint64_t hash_of(const TicketId& id) { return spread(id.hi ^ spread(id.lo)); }

std::uint64_t hash_of(std::uint32_t room, const SubjectKey& subject) {
  return spread(subject.hi ^ spread(subject.lo + room));
}

std::uint64_t subject_hash(const Ticket& ticket) {
  return hash_of(static_cast<std::uint32_t>(ticket.room), ticket.subject);
}

}  // namespace

std::uint32_t TicketStore::insert(const Ticket& ticket) {
  const std::uint32_t index = slab_.insert(ticket).index;
  by_id_.insert(hash_of(ticket.id), index);
  by_subject_.insert(subject_hash(ticket), index);
  return index;
}

void TicketStore::release_subject(std::uint32_t index) {
  by_subject_.erase(subject_hash(slab_[index]), index);
}

void TicketStore::forget(std::uint32_t index) {
  const Ticket& ticket = slab_[index];
  by_id_.erase(hash_of(ticket.id), index);
  by_subject_.erase(subject_hash(ticket), index);
  deadlines_.remove(index);
  slab_.erase(index);
}

std::optional<std::uint32_t> TicketStore::find(const TicketId& id) const {
  return by_id_.find(hash_of(id), [&](std::uint32_t index) { return slab_[index].id == id; });
}

std::optional<std::uint32_t> TicketStore::find(std::uint32_t room,
                                               const SubjectKey& subject) const {
  return by_subject_.find(hash_of(room, subject), [&](std::uint32_t index) {
    return slab_[index].subject == subject && slab_[index].room == room;
  });
}

void TicketStore::set_deadline(std::uint32_t index, ServiceTime at) {
  Ticket& ticket = slab_.edit(index);
  ticket.deadline_bits = Ticket::cut(at.time_since_epoch());
  deadlines_.set(index, ticket.deadline());
}

void TicketStore::clear_deadline(std::uint32_t index) {
  slab_.edit(index).deadline_bits = 0;
  deadlines_.remove(index);
}

std::optional<ServiceTime> TicketStore::first_deadline() const {
  const auto first = deadlines_.first();
  return first ? std::optional(first->deadline) : std::nullopt;
}

std::optional<std::uint32_t> TicketStore::pop_due(ServiceTime now) {
  const auto due = deadlines_.pop_due(now);
  if (!due) return std::nullopt;
  slab_.edit(due->index).deadline_bits = 0;
  return due->index;
}

std::size_t TicketStore::memory_bytes() const {
  return slab_.memory_bytes() + by_id_.memory_bytes() + by_subject_.memory_bytes() +
         deadlines_.memory_bytes();
}

bool TicketStore::restore(Slab slab) {
  slab_ = std::move(slab);
  bool unique = true;
  slab_.for_each([&](std::uint32_t index, const Ticket& ticket) {
    const bool is_live = !ticket.is(room::TicketState::closed);
    const auto room = static_cast<std::uint32_t>(ticket.room);
    unique = unique && !find(ticket.id) && !(is_live && find(room, ticket.subject));
    by_id_.insert(hash_of(ticket.id), index);
    if (is_live) by_subject_.insert(subject_hash(ticket), index);
    if (ticket.deadline_bits != 0) deadlines_.set(index, ticket.deadline());
  });
  return unique;
}

}  // namespace doorward::engine
