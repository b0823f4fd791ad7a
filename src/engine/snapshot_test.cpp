// Snapshots, and what a repeated or an old batch does.
#include "base/bytes.hpp"
#include "base/crc32c.hpp"
#include "engine/world_test_support.hpp"

namespace doorward::engine {
namespace {

class SnapshotTest : public StateTest {
 protected:
  void fill() {
    room::Policy policy;
    policy.capacity = 3;
    policy.admit = room::Rate{2, Millis(500)};
    policy.lanes = {{"all", 1}, {"vip", 2}};
    policy.liveness_silence = Millis(5'000);
    set_room(policy);
    policy.order = room::Order::draw;
    set_room(policy, "other");
    for (std::uint64_t n = 1; n <= 40; ++n) {
      now_ += Millis(37);
      join(n, n % 3 == 0 ? "vip" : "all");
      do_one(Join{"other", subject(n), {5, n}, ""});
    }
    for (const char* name : {"api", "buy", "all"}) do_one(SetRule{rule(name)});
    do_one(RemoveRule{"buy"});
    for (const char* name : {"zeta", "acme"}) do_one(SetTenant{name, {}, {}, {}});
    do_one(SetTenantKey{"acme", "web", {1}});
    do_one(SetRule{rule("acme/api")});
    set_room({}, "acme/r");
    do_one(PresenceStart{id(30)});
    do_one(Leave{id(20)});
  }
  static Errc read_error(std::string bytes) {
    StringSnapshot snapshot(std::move(bytes), 997);
    const auto state = read_state(snapshot);
    return state ? Errc::invalid : state.error().code;
  }
};

TEST_F(SnapshotTest, TheStateThatIsReadIsTheOneThatWasWritten) {
  fill();
  const std::string before = bytes();
  const auto due = state_->next_due();
  restore();
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(state_->next_due(), due);
}

TEST_F(SnapshotTest, ThoseOfFormatsBeforeStillOpen) {
  set_room({});
  join(1);
  // The heads of earlier versions end earlier: before the reservations, before the rules.
  const std::pair<char, std::size_t> versions[] = {{'\2', 26}, {'\1', 27}};
  for (const auto& [version, less] : versions) {
    std::string old = bytes();
    const auto size = static_cast<std::size_t>(static_cast<unsigned char>(old[1]));
    std::string content = old.substr(9, size - less);
    content[4] = version;
    ByteWriter out;
    out.u8(1);
    out.u32(static_cast<std::uint32_t>(content.size()));
    out.u32(crc32c(content, crc32c(out.view())));
    out.raw(content);
    old.replace(0, 9 + size, out.view());
    StringSnapshot snapshot(old);
    const auto state = read_state(snapshot);
    ASSERT_TRUE(state) << state.error().what;
    EXPECT_EQ(state_bytes(**state), bytes());
  }
}

void put_piece(ByteWriter& out, std::uint8_t type, std::string_view content) {
  ByteWriter head;
  head.u8(type);
  head.u32(static_cast<std::uint32_t>(content.size()));
  out.raw(head.view());
  out.u32(crc32c(content, crc32c(head.view())));
  out.raw(content);
}

// As a program wrote it that knew of no amounts.
std::string in_format_4(std::string_view bytes) {
  constexpr std::size_t kSlot = 104;
  ByteWriter out;
  ByteReader in(bytes);
  while (!in.at_end()) {
    const std::uint8_t type = in.u8();
    const std::size_t size = in.u32();
    in.u32();
    std::string content(in.raw(size));
    if (type == 1) content[4] = 4;
    if (type == 9)
      for (std::size_t at = kSlot - 8; at < content.size(); at += kSlot - 8) content.erase(at, 8);
    put_piece(out, type, content);
  }
  return out.take();
}

TEST_F(SnapshotTest, AHoldOfTheFormatBeforeHasNoAmountOfItsOwn) {
  reserve::Inventory stock;
  stock.count = 5;
  stock.price = 100;
  do_one(SetInventory{"i", stock});
  for (std::uint64_t n = 1; n <= 2; ++n)
    do_one(Hold{"i", subject(n), {1, n}, {}, static_cast<std::uint32_t>(n), {}});
  StringSnapshot snapshot(in_format_4(bytes()));
  const auto state = read_state(snapshot);
  ASSERT_TRUE(state) << state.error().what;
  EXPECT_EQ(state_bytes(**state), bytes());
}

TEST_F(SnapshotTest, ASnapshotIsOfOneMomentWhateverHappensAfterwards) {
  fill();
  const std::string before = bytes();
  Snapshot snapshot(*state_);
  for (std::uint64_t n = 100; n < 3'000; ++n) join(n);
  std::string later;
  while (const auto piece = snapshot.next()) later += *piece;
  EXPECT_EQ(later, before);
}

TEST_F(SnapshotTest, AFlippedBitAnywhereIsFound) {
  fill();
  const std::string good = bytes();
  for (std::size_t at = 0; at < good.size(); at += at < 400 ? 1 : 97) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    EXPECT_EQ(read_error(bad), Errc::corrupt) << at;
  }
}

TEST_F(SnapshotTest, ACutOrLengthenedSnapshotIsCorrupt) {
  fill();
  const std::string good = bytes();
  for (std::size_t size = 0; size < good.size(); size += 61) {
    EXPECT_EQ(read_error(good.substr(0, size)), Errc::corrupt) << size;
  }
  EXPECT_EQ(read_error(good + "x"), Errc::corrupt);
}

TEST_F(SnapshotTest, ARepeatedBatchIsAppliedOnce) {
  set_room({});
  const State::Entry entry{
      {1, 50, 0}, now_, {{9, 1, now_}, {Join{"r", subject(1), id(1), ""}, Leave{id(1)}}}};
  EXPECT_EQ(state_->apply(entry)[1].status, Status::done);
  State::Entry again = entry;
  again.at.major = 51;
  again.time += Millis(29'000);
  restore();
  EXPECT_EQ(state_->apply(again)[0].status, Status::refused_stale);
  EXPECT_EQ(room().joined_total, 1U);
}

TEST_F(SnapshotTest, ABatchThatCameTooLateIsRefused) {
  set_room({});
  State::Entry entry{{1, 50, 0}, now_, {{9, 1, now_}, {Join{"r", subject(1), id(1), ""}}}};
  entry.time += Millis(30'001);
  EXPECT_EQ(state_->apply(entry)[0].status, Status::refused_stale);
  EXPECT_EQ(room().joined_total, 0U);
}

}  // namespace
}  // namespace doorward::engine
