#include "gateway/desk_test_support.hpp"

#include "engine/shard_test_support.hpp"

namespace doorward::gateway {

const wire::jose::KeySet& test_keys() {
  using wire::jose::Algorithm;
  using wire::jose::Key;
  static const wire::jose::KeySet keys({Key::generate(Algorithm::es256, "p1").value(),
                                        Key::generate(Algorithm::hs256, "s1").value()});
  return keys;
}

const wire::jose::Key& issuer_key() {
  using wire::jose::Key;
  static const Key key = Key::generate(wire::jose::Algorithm::es256, "i1").value();
  return key;
}

IdentityOptions test_identity() {
  IdentityOptions options;
  options.issuers.push_back({"https://id.example", "shop",
                             std::make_shared<IssuerKeys>(wire::jose::KeySet({issuer_key()})),
                             "sub", "lane"});
  // The SHA-256 of kApiKey.
  options.api_keys.push_back(
      {"shop", "95f691188978c0ae43ea554626cc672c97a850b5c16f277c993472190d647855"});
  options.subject_key = {1, 2};
  return options;
}

std::string cookies_of(const wire::Fields& answer) {
  std::string field;
  for (std::size_t i = 0; i < answer.size(); ++i) {
    const auto [name, value] = answer[i];
    if (!wire::equal_ignoring_case(name, "Set-Cookie")) continue;
    if (!field.empty()) field += "; ";
    field += value.substr(0, value.find(';'));
  }
  return field;
}

void Ear::changed(std::span<const engine::TicketHandle> tickets) {
  if (to != nullptr) to->changed(tickets);
}

void Ear::rooms_changed(std::span<const std::uint32_t> rooms) {
  if (to != nullptr) to->rooms_changed(rooms);
}

void Ear::sold_out_changed(std::span<const std::uint32_t> rooms) {
  if (to != nullptr) to->sold_out_changed(rooms);
}

void Ear::units_changed(std::span<const engine::UnitChange> units) {
  if (to != nullptr) to->units_changed(units);
}

TestDesk::TestDesk()
    : shard(std::move(engine::Shard::open(log, clock, entropy, ear, {}).value())),
      tokens(split_keys(test_keys())),
      identities(with_tenants(test_identity()), tokens),
      places({*shard, clock, entropy, tokens, identities}) {}

TestDesk::~TestDesk() {
  shard.reset();  // before the loop
}

IdentityOptions TestDesk::with_tenants(IdentityOptions options) {
  options.tenants = [this] { return shard->tenants(); };
  return options;
}

void TestDesk::run(edge::Task<> task) {
  auto done = boost::asio::co_spawn(loop, std::move(task), boost::asio::use_future);
  loop.restart();
  loop.run();
  done.get();
}

engine::Outcome TestDesk::submit(engine::Command command) {
  return run(await_shard(*shard, std::move(command))).value();
}

engine::Outcome TestDesk::submit_aside(engine::Command command) {
  engine::Answer answer;
  EXPECT_TRUE(shard->submit(std::move(command), answer));
  return answer.get();
}

void TestDesk::wait_until_writable() {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (std::chrono::steady_clock::now() < give_up) {
    const auto outcome = run(await_shard(*shard, engine::Tick{}));
    if (outcome && outcome->status == engine::Status::done) return;
  }
  ADD_FAILURE() << "the shard did not recover";
}

void TestDesk::set_room(std::string name, room::Policy policy) {
  const auto outcome = submit(engine::SetRoom{std::move(name), std::move(policy)});
  EXPECT_EQ(outcome.status, engine::Status::done);
}

void TestDesk::set_mode(std::string_view name, room::Mode mode) {
  room::Policy policy = shard->room(name)->view.policy;
  policy.mode = mode;
  set_room(std::string(name), std::move(policy));
}

void TestDesk::set_capacity(std::string name, std::uint32_t capacity) {
  room::Policy policy;
  policy.capacity = capacity;
  set_room(std::move(name), policy);
}

Place TestDesk::join(std::string_view room, std::string_view device) {
  return run(places.join({room, identities.device(device), {}})).value();
}

std::string TestDesk::user_token(std::string_view subject, std::string_view lane) {
  const auto now_s = std::chrono::floor<std::chrono::seconds>(places.now().time_since_epoch());
  boost::json::object claims{{"iss", "https://id.example"},
                             {"aud", "shop"},
                             {"sub", subject},
                             {"exp", now_s.count() + 600}};
  if (!lane.empty()) claims["lane"] = lane;
  return wire::jose::sign(issuer_key(), "JWT", claims);
}

}  // namespace doorward::gateway
