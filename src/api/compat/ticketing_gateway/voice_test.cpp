#include "api/compat/ticketing_gateway/voice.hpp"

#include "api/api_test_support.hpp"

namespace doorward::api::ticketing_gateway {
namespace {

using namespace std::chrono_literals;
using edge::StreamKind;

// Streams of waiting users, under a clock that stands still.
class VoiceTest : public testing::Test {
 protected:
  VoiceTest() {
    api_.streams.speak(StreamVoice::ticketing_gateway, voice_);
    api_.desk.set_capacity("queue", 1);
  }
  gateway::Place join(int n) {
    gateway::Place place = api_.desk.join("queue", "d" + std::to_string(n));
    place.handle = *api_.desk.shard->find(place.view.id);
    return place;
  }
  edge::ParkedStream open(const gateway::Place& place) {
    return api_.streams.open(place, StreamVoice::ticketing_gateway);
  }
  std::string hear(edge::ParkedStream& stream) {
    std::string out;
    next_ = api_.streams.render(stream, StreamKind::event_stream, out);
    return out;
  }
  TestApi api_;
  Voice voice_{api_.desk.clock, kKorean};
  edge::StreamSource::Next next_;
};

constexpr std::string_view kFirst =
    "event: STATUS_UPDATE\n"
    "data: {\"totalQueueSize\":1,\"userQueuePosition\":1,\"usersBehind\":0}\n\n";

TEST_F(VoiceTest, SaysTheStatusAtOnceAndEveryTenSecondsAndBeatsEveryThirty) {
  join(1);
  auto stream = open(join(2));
  EXPECT_EQ(hear(stream), kFirst);
  EXPECT_EQ(next_.again_in, 10s);
  api_.desk.clock.advance(4s);
  EXPECT_EQ(hear(stream), "") << "woken for nothing";
  EXPECT_EQ(next_.again_in, 6s);
  for (int i = 1; i <= 7; ++i) {
    api_.desk.clock.advance(i == 1 ? 6s : 10s);
    const std::string heard = hear(stream);
    EXPECT_TRUE(heard.starts_with(kFirst)) << i;
    EXPECT_EQ(heard.find("event: HEARTBEAT\ndata: {\"timestamp\":17000000") != heard.npos,
              i % 3 == 0)
        << heard;
  }
}

TEST_F(VoiceTest, EveryTabHearsOfTheAdmissionAndEnds) {
  const auto inside = join(1);
  const auto waiting = join(2);
  auto first = open(waiting);
  auto second = open(waiting);
  hear(first), hear(second);
  api_.desk.submit(engine::Leave{inside.view.id});
  EXPECT_TRUE(api_.lots.was_woken(first.key));
  EXPECT_EQ(first.key, second.key);
  for (auto* stream : {&first, &second}) {
    EXPECT_EQ(hear(*stream), "event: ALLOWED_IN\ndata: {\"message\":\"입장 가능합니다.\"}\n\n");
    EXPECT_TRUE(next_.end);
    api_.streams.gone(*stream);
  }
}

TEST_F(VoiceTest, IsWokenWhereNothingIsLeftAsTheNativeOnesAre) {
  const auto waiting = join(1);
  auto native = api_.streams.open(waiting);
  auto spoken = open(waiting);
  api_.streams.sold_out_changed({});
  EXPECT_TRUE(api_.lots.was_woken(native.key));
  EXPECT_TRUE(api_.lots.was_woken(spoken.key));
}

TEST_F(VoiceTest, APlaceThatIsGivenUpEndsTheStreamWithAnError) {
  join(1);
  const auto waiting = join(2);
  auto stream = open(waiting);
  hear(stream);
  api_.desk.submit(engine::Leave{waiting.view.id});
  EXPECT_EQ(hear(stream),
            "event: ERROR\ndata: {\"code\":\"NOT_IN_QUEUE\","
            "\"message\":\"대기열에 등록되지 않은 사용자입니다.\"}\n\n");
  EXPECT_TRUE(next_.end);
}

TEST_F(VoiceTest, NativeStreamsOfTheSameTicketSpeakAsBefore) {
  join(1);
  const auto waiting = join(2);
  auto native = api_.streams.open(waiting);
  auto spoken = open(waiting);
  EXPECT_NE(native.key, spoken.key);
  EXPECT_NE(hear(native).find("event: position"), std::string::npos);
  EXPECT_EQ(hear(spoken), kFirst);
  EXPECT_EQ(api_.streams.tickets(), 1U);
}

}  // namespace
}  // namespace doorward::api::ticketing_gateway
