#include "base/chunked_slab.hpp"

#include "base/random_test_support.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <thread>
#include <vector>

namespace doorward {
namespace {

struct Value {
  std::uint64_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t c = 0;
  friend bool operator==(const Value&, const Value&) = default;
};
using Slab = ChunkedSlab<Value>;
using Model = std::map<std::uint32_t, Value>;

template <class SlabOrView>
Model content(const SlabOrView& slab) {
  Model all;
  slab.for_each([&](std::uint32_t index, const Value& value) { all[index] = value; });
  return all;
}

std::string bytes(const Slab::View& view) {
  std::string all;
  for (std::size_t i = 0; i < view.chunks(); ++i) all += view.bytes(i);
  return all;
}

Result<Slab> restored(const SlabHeader& header, std::string_view bytes) {
  Slab slab = Slab::restore(header);
  while (slab.restore_wants() > 0) {
    const std::size_t size = std::min(slab.restore_wants(), bytes.size());
    if (auto done = slab.restore_chunk(bytes.substr(0, size)); !done) return done.error();
    bytes.remove_prefix(size);
  }
  if (auto done = slab.finish_restore(); !done) return done.error();
  return slab;
}

// Inserts, erases and edits at random, in a slab and in a model of it.
class Churn {
 public:
  explicit Churn(std::uint64_t seed) : random_(seed) {}

  void step(Slab& slab, Model& model) {
    const Value value{random_.next(), static_cast<std::uint32_t>(random_.next()), 7};
    const auto choice = random_.below(10);
    if (choice < 5 || model.empty()) {
      const SlabHandle handle = slab.insert(value);
      ASSERT_TRUE(model.emplace(handle.index, value).second);
      ASSERT_EQ(*slab.find(handle), value);
      return;
    }
    auto it = model.lower_bound(static_cast<std::uint32_t>(random_.below(slab.header().slots)));
    if (it == model.end()) it = model.begin();
    const SlabHandle handle = slab.handle(it->first);
    ASSERT_EQ(*slab.find(handle), it->second);
    if (choice < 7) {
      slab.edit(it->first) = it->second = value;
    } else {
      slab.erase(it->first);
      model.erase(it);
      ASSERT_EQ(slab.find(handle), nullptr);
    }
  }

 private:
  TestRandom random_;
};

TEST(ChunkedSlab, KeepsWhatAMapKeepsAndEverySnapshotStaysAsItWas) {
  Slab slab;
  Model model;
  Churn churn(1);
  TestRandom random(2);
  std::vector<std::pair<Slab::View, Model>> snapshots;
  for (int i = 0; i < 40'000; ++i) {
    churn.step(slab, model);
    if (random.one_in(2'000)) snapshots.emplace_back(slab.snapshot(), model);
    if (random.one_in(5'000) && !snapshots.empty()) snapshots.pop_back();
  }
  EXPECT_EQ(content(slab), model);
  EXPECT_EQ(slab.size(), model.size());
  EXPECT_FALSE(snapshots.empty());
  for (const auto& [view, then] : snapshots) EXPECT_EQ(content(view), then);
}

TEST(ChunkedSlab, GivesADeadSlotAgainUnderAnotherGeneration) {
  Slab slab;
  const SlabHandle first = slab.insert({1, 1, 1});
  slab.erase(first.index);
  const SlabHandle second = slab.insert({2, 2, 2});
  EXPECT_EQ(second.index, first.index);
  EXPECT_EQ(slab.find(first), nullptr);
  EXPECT_EQ(*slab.find(second), (Value{2, 2, 2}));
  EXPECT_EQ(slab.find({99, 1}), nullptr);
}

TEST(ChunkedSlab, ARestoredSlabGoesOnAsTheOriginalWould) {
  Slab slab;
  Model model;
  Churn churn(3);
  for (int i = 0; i < 9'000; ++i) churn.step(slab, model);
  const Slab::View view = slab.snapshot();
  auto copy = restored(view.header(), bytes(view));
  ASSERT_TRUE(copy);
  EXPECT_EQ(content(*copy), model);

  Model copy_model = model;
  Churn on(4);
  Churn again(4);
  for (int i = 0; i < 9'000; ++i) {
    on.step(slab, model);
    again.step(*copy, copy_model);
  }
  EXPECT_EQ(slab.header(), copy->header());
  EXPECT_EQ(bytes(slab.snapshot()), bytes(copy->snapshot()));
}

TEST(ChunkedSlab, AnEmptySlabIsRestored) {
  const auto slab = restored(SlabHeader{}, "");
  ASSERT_TRUE(slab);
  EXPECT_EQ(slab->size(), 0u);
}

TEST(ChunkedSlab, RefusesToRestoreFromFalseBytes) {
  Slab slab;
  for (std::uint32_t i = 0; i < 5; ++i) slab.insert({i, i, i});
  for (std::uint32_t i : {1, 3, 4}) slab.erase(i);
  const auto view = slab.snapshot();
  const std::string good = bytes(view);
  ASSERT_TRUE(restored(view.header(), good));

  const auto refused = [](const SlabHeader& header, const std::string& from) {
    const auto result = restored(header, from);
    return !result && result.error().code == Errc::corrupt;
  };
  EXPECT_TRUE(refused(view.header(), good.substr(0, good.size() - 1)));
  EXPECT_TRUE(refused({5, 3, 5}, good));   // a wrong count of live values
  EXPECT_TRUE(refused({5, 2, 0}, good));   // lost dead slots
  EXPECT_TRUE(refused({5, 2, 1}, good));   // a live slot on the list
  EXPECT_TRUE(refused({5, 2, 99}, good));  // beyond the end
  std::string circle = good;
  circle[1 * Slab::kSlotBytes + 4] = 5;  // slot 1, the last on the list, leads to slot 4, the first
  EXPECT_TRUE(refused(view.header(), circle));
}

TEST(ChunkedSlab, AViewIsReadOnAnotherThreadWhileTheOwnerGoesOn) {
  Slab slab;
  Model model;
  Churn churn(5);
  for (int i = 0; i < 5'000; ++i) churn.step(slab, model);
  for (int round = 0; round < 20; ++round) {
    std::optional<Slab::View> view = slab.snapshot();
    const Model then = model;
    bool same = false;
    std::thread reader([&] {
      same = content(*view) == then;
      view.reset();
    });
    for (int i = 0; i < 2'000; ++i) churn.step(slab, model);
    reader.join();
    EXPECT_TRUE(same);
  }
  EXPECT_EQ(content(slab), model);
}

}  // namespace
}  // namespace doorward
