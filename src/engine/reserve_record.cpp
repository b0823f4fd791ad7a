#include "engine/reserve_record.hpp"

#include "core/name.hpp"
#include "engine/digest.hpp"
#include "engine/record_parts.hpp"

#include <string>

namespace doorward::engine {
namespace {

using reserve::Inventory;
using reserve::Section;

std::uint32_t get_count(ByteReader& in, std::uint32_t most) {
  return static_cast<std::uint32_t>(in.varint(most));
}

void put_names(ByteWriter& out, const std::vector<std::string>& names) {
  out.varint(names.size());
  for (const std::string& name : names) out.text(name);
}

std::vector<std::string> get_names(ByteReader& in, std::size_t most) {
  const std::uint64_t count = in.varint(most);
  std::vector<std::string> names;
  for (std::uint64_t i = 0; in.ok() && i < count; ++i)
    names.push_back(get_name(in, reserve::kMaxName));
  return names;
}

Section get_section(ByteReader& in) {
  Section section;
  section.name = get_name(in, reserve::kMaxName);
  section.price = in.varint();
  section.rows = get_count(in, reserve::kMaxUnits);
  section.seats = get_count(in, reserve::kMaxUnits);
  section.units = get_names(in, reserve::kMaxTexts);
  return section;
}

// What Extend, Confirm and Release begin with.
template <class C>
void put_act(ByteWriter& out, const C& c) {
  out.text(c.inventory);
  put_id(out, c.hold);
  out.boolean(c.by.has_value());
  if (c.by) put_id(out, *c.by);
  out.varint(c.fence);
}

template <class C>
void get_act(ByteReader& in, C& c) {
  c.inventory = get_name(in, naming::kMaxRecorded);
  c.hold = get_id<reserve::HoldId>(in);
  if (in.boolean()) c.by = get_id<SubjectKey>(in);
  c.fence = in.varint();
}

}  // namespace

void put_inventory(ByteWriter& out, const Inventory& inventory) {
  out.varint(inventory.count);
  out.varint(inventory.price);
  out.varint(inventory.sections.size());
  for (const Section& section : inventory.sections) {
    out.text(section.name);
    out.varint(section.price);
    out.varint(section.rows);
    out.varint(section.seats);
    put_names(out, section.units);
  }
  out.text(inventory.currency);
  out.varint(inventory.max_per_hold);
  out.varint(inventory.max_per_subject.value_or(0));
  put_duration(out, inventory.hold_ttl);
  put_duration(out, inventory.hold_most);
}

Inventory get_inventory(ByteReader& in) {
  Inventory inventory;
  inventory.count = get_count(in, reserve::kMaxUnits);
  inventory.price = in.varint();
  const std::uint64_t sections = in.varint(reserve::kMaxSections);
  for (std::uint64_t i = 0; in.ok() && i < sections; ++i)
    inventory.sections.push_back(get_section(in));
  inventory.currency = in.text(reserve::kMaxCurrency);
  inventory.max_per_hold = get_count(in, reserve::kMaxUnits);
  const std::uint32_t per_subject = get_count(in, reserve::kMaxUnits);
  if (per_subject > 0) inventory.max_per_subject = per_subject;
  inventory.hold_ttl = get_duration(in);
  inventory.hold_most = get_duration(in);
  if (in.ok() && !reserve::validate(inventory)) in.fail();
  return inventory;
}

void put(ByteWriter& out, const SetInventory& c) {
  out.text(c.inventory);
  out.u8(static_cast<std::uint8_t>(c.source));
  put_inventory(out, c.spec);
  put_seen(out, c.seen);
}
void get(ByteReader& in, SetInventory& c) {
  c.inventory = get_name(in, naming::kMaxRecorded);
  c.source = static_cast<SetRoom::Source>(in.boolean());
  c.spec = get_inventory(in);
  c.seen = get_seen(in);
}

void put(ByteWriter& out, const RemoveInventory& c) {
  out.text(c.inventory);
  put_seen(out, c.seen);
}
void get(ByteReader& in, RemoveInventory& c) {
  c.inventory = get_name(in, naming::kMaxRecorded);
  c.seen = get_seen(in);
}

void put(ByteWriter& out, const Hold& c) {
  out.text(c.inventory);
  put_id(out, c.subject);
  put_id(out, c.hold);
  put_duration(out, c.lease);
  out.varint(c.count);
  put_names(out, c.units);
}
void get(ByteReader& in, Hold& c) {
  c.inventory = get_name(in, naming::kMaxRecorded);
  c.subject = get_id<SubjectKey>(in);
  c.hold = get_id<reserve::HoldId>(in);
  c.lease = get_duration(in);
  c.count = get_count(in, reserve::kMaxUnits);
  c.units = get_names(in, reserve::kMaxPerHold);
  if ((c.count == 0) == c.units.empty()) in.fail();
}

void put(ByteWriter& out, const Extend& c) {
  put_act(out, c);
  put_duration(out, c.lease);
}
void get(ByteReader& in, Extend& c) {
  get_act(in, c);
  c.lease = get_duration(in);
}

void put(ByteWriter& out, const Confirm& c) { put_act(out, c); }
void get(ByteReader& in, Confirm& c) { get_act(in, c); }

void put(ByteWriter& out, const Release& c) { put_act(out, c); }
void get(ByteReader& in, Release& c) { get_act(in, c); }

void put(ByteWriter& out, const AcquireLock& c) {
  out.text(c.lock);
  put_id(out, c.id);
  put_duration(out, c.lease);
  put_duration(out, c.wait);
}
void get(ByteReader& in, AcquireLock& c) {
  c.lock = get_name(in, naming::kMaxRecorded);
  c.id = get_id<reserve::LockId>(in);
  c.lease = get_duration(in);
  c.wait = get_duration(in);
}

void put(ByteWriter& out, const RenewLock& c) {
  out.text(c.lock);
  put_id(out, c.id);
  out.varint(c.fence);
  put_duration(out, c.lease);
}
void get(ByteReader& in, RenewLock& c) {
  c.lock = get_name(in, naming::kMaxRecorded);
  c.id = get_id<reserve::LockId>(in);
  c.fence = in.varint();
  c.lease = get_duration(in);
}

void put(ByteWriter& out, const ReleaseLock& c) {
  out.text(c.lock);
  put_id(out, c.id);
  out.varint(c.fence);
}
void get(ByteReader& in, ReleaseLock& c) {
  c.lock = get_name(in, naming::kMaxRecorded);
  c.id = get_id<reserve::LockId>(in);
  c.fence = in.varint();
}

}  // namespace doorward::engine
