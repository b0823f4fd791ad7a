#include "wire/sse/event_stream.hpp"

#include <gtest/gtest.h>

namespace doorward::wire::sse {
namespace {

TEST(EventStream, WritesEvents) {
  std::string out;
  append_event(out, {"position", "7", "{\"ahead\":3}"});
  append_event(out, {{}, {}, "x"});
  append_comment(out, "beat");
  append_retry(out, Millis(1'500));
  EXPECT_EQ(out,
            "event: position\nid: 7\ndata: {\"ahead\":3}\n\n"
            "data: x\n\n"
            ": beat\n\n"
            "retry: 1500\n\n");
}

TEST(EventStream, KeepsLineBreaksInsideTheirField) {
  std::string out;
  append_event(out, {"a\ndata: evil", "1\r2", "one\r\ntwo\rthree\nfour"});
  EXPECT_EQ(out, "event: a\nid: 1\ndata: one\ndata: two\ndata: three\ndata: four\n\n");
}

}  // namespace
}  // namespace doorward::wire::sse
