#include "engine/hold_store.hpp"

#include "base/mix.hpp"

namespace doorward::engine {
namespace {

using reserve::HoldState;

std::uint64_t hash_of(const reserve::HoldId& id) { return mix64(id.hi ^ mix64(id.lo)); }

std::uint64_t hash_of(std::uint32_t inventory, const SubjectKey& subject) {
  return mix64(subject.hi ^ mix64(subject.lo + inventory));
}

ServiceTime service(std::int64_t ms) { return ServiceTime(Millis(ms)); }

}  // namespace

std::uint32_t HoldStore::insert(const HoldRow& row, const std::vector<std::uint32_t>& units) {
  const std::uint32_t index = holds_.insert(row).index;
  by_id_.insert(hash_of(row.id), index);
  std::uint32_t next = 0;
  for (auto unit = units.rbegin(); unit != units.rend(); ++unit)
    next = claims_.insert({index, *unit, next, 0}).index + 1;
  holds_.edit(index).first_claim = next;
  if (row.deadline != 0) deadlines_.set(index, service(row.deadline));
  return index;
}

std::vector<std::uint32_t> HoldStore::units_of(std::uint32_t index) const {
  std::vector<std::uint32_t> units;
  for (std::uint32_t at = holds_[index].first_claim; at != 0; at = claims_[at - 1].next)
    units.push_back(claims_[at - 1].unit);
  return units;
}

void HoldStore::drop_claims(std::uint32_t index) {
  for (std::uint32_t at = holds_[index].first_claim; at != 0;) {
    const std::uint32_t next = claims_[at - 1].next;
    claims_.erase(at - 1);
    at = next;
  }
  holds_.edit(index).first_claim = 0;
}

void HoldStore::forget(std::uint32_t index) {
  const HoldRow& row = holds_[index];
  const auto account = row.is(HoldState::over) ? find_account(row.inventory, row.subject)
                                               : std::optional<std::uint32_t>();
  if (account) {
    --accounts_.edit(*account).over;
    drop_empty(*account);
  }
  by_id_.erase(hash_of(holds_[index].id), index);
  deadlines_.remove(index);
  holds_.erase(index);
}

std::optional<std::uint32_t> HoldStore::find(const reserve::HoldId& id) const {
  return by_id_.find(hash_of(id), [&](std::uint32_t index) { return holds_[index].id == id; });
}

void HoldStore::set_deadline(std::uint32_t index, ServiceTime at) {
  holds_.edit(index).deadline = at.time_since_epoch().count();
  deadlines_.set(index, at);
}

void HoldStore::clear_deadline(std::uint32_t index) {
  holds_.edit(index).deadline = 0;
  deadlines_.remove(index);
}

std::optional<ServiceTime> HoldStore::first_deadline() const {
  const auto first = deadlines_.first();
  return first ? std::optional(first->deadline) : std::nullopt;
}

std::optional<std::uint32_t> HoldStore::pop_due(ServiceTime now) {
  const auto due = deadlines_.pop_due(now);
  if (!due) return std::nullopt;
  holds_.edit(due->index).deadline = 0;
  return due->index;
}

std::optional<std::uint32_t> HoldStore::find_account(std::uint32_t inventory,
                                                     const SubjectKey& subject) const {
  return by_subject_.find(hash_of(inventory, subject), [&](std::uint32_t index) {
    return accounts_[index].subject == subject && accounts_[index].inventory == inventory;
  });
}

std::uint32_t HoldStore::account(std::uint32_t inventory, const SubjectKey& subject) const {
  const auto found = find_account(inventory, subject);
  return found ? accounts_[*found].units : 0;
}

std::uint32_t HoldStore::over(std::uint32_t inventory, const SubjectKey& subject) const {
  const auto found = find_account(inventory, subject);
  return found ? accounts_[*found].over : 0;
}

HoldStore::AccountRow& HoldStore::edit_account(std::uint32_t inventory, const SubjectKey& subject) {
  if (const auto found = find_account(inventory, subject)) return accounts_.edit(*found);
  const std::uint32_t index = accounts_.insert({subject, inventory, 0, 0, 0}).index;
  by_subject_.insert(hash_of(inventory, subject), index);
  return accounts_.edit(index);
}

void HoldStore::add_to_account(std::uint32_t inventory, const SubjectKey& subject,
                               std::uint32_t units) {
  edit_account(inventory, subject).units += units;
}

void HoldStore::add_over(std::uint32_t inventory, const SubjectKey& subject) {
  ++edit_account(inventory, subject).over;
}

void HoldStore::take_from_account(std::uint32_t inventory, const SubjectKey& subject,
                                  std::uint32_t units) {
  const auto found = find_account(inventory, subject);
  if (!found) return;
  accounts_.edit(*found).units -= units;
  drop_empty(*found);
}

void HoldStore::drop_empty(std::uint32_t account) {
  const AccountRow& row = accounts_[account];
  if (row.units > 0 || row.over > 0) return;
  by_subject_.erase(hash_of(row.inventory, row.subject), account);
  accounts_.erase(account);
}

// Counts the claims of one hold into `seen`.
bool HoldStore::restore_claims(std::uint32_t index, const HoldRow& row, std::uint32_t& seen) const {
  std::uint32_t own = 0;
  for (std::uint32_t at = row.first_claim; at != 0; at = claims_[at - 1].next) {
    if (!claims_.is_live(at - 1) || claims_[at - 1].hold != index || ++own > row.count)
      return false;
  }
  seen += own;
  const bool has_units = !row.is(HoldState::over);
  return own == 0 || (has_units && own == row.count);
}

bool HoldStore::restore(Holds holds, Claims claims) {
  holds_ = std::move(holds);
  claims_ = std::move(claims);
  bool good = true;
  std::uint32_t seen = 0;
  holds_.for_each([&](std::uint32_t index, const HoldRow& row) {
    good = good && !find(row.id) && row.state() <= HoldState::over && row.spare == 0 &&
           row.reason() <= reserve::EndReason::inventory_removed && row.deadline >= 0 &&
           restore_claims(index, row, seen);
    by_id_.insert(hash_of(row.id), index);
    if (row.deadline != 0) deadlines_.set(index, service(row.deadline));
  });
  return good && seen == claims_.size();
}

}  // namespace doorward::engine
