#include "wire/http/head.hpp"

#include "wire/http/writer.hpp"

#include <gtest/gtest.h>

namespace doorward::wire {
namespace {

TEST(Fields, FindsNamesWhateverTheirLetterCase) {
  Fields fields;
  fields.append("Content-Type", "text/plain");
  fields.append("Via", "a");
  fields.append("via", "b");
  EXPECT_EQ(fields.find("content-TYPE"), "text/plain");
  EXPECT_EQ(fields.find("via"), "a");
  EXPECT_EQ(fields.count("VIA"), 2u);
  EXPECT_FALSE(fields.find("x").has_value());
  EXPECT_EQ(fields.remove("vIa"), 2u);
  EXPECT_EQ(fields.size(), 1u);
}

TEST(Fields, ReplacesAllOfAName) {
  Fields fields;
  fields.append("A", "1");
  fields.append("a", "2");
  fields.append("B", "3");
  fields.set("a", "4");
  EXPECT_EQ(fields.count("a"), 1u);
  EXPECT_EQ(fields.find("A"), "4");
  EXPECT_EQ(fields.find("B"), "3");
}

TEST(Fields, LieAsLinesUntilOneIsRemoved) {
  Fields fields;
  fields.append("A", "1");
  fields.set("B", "2");
  EXPECT_EQ(fields.lines(), "A: 1\r\nB: 2\r\n");
  fields.set("a", "3");
  EXPECT_FALSE(fields.lines().has_value());
  std::string out;
  append_fields(out, fields);
  EXPECT_EQ(out, "B: 2\r\na: 3\r\n");
  fields.clear();
  fields.append("C", "4");
  EXPECT_EQ(fields.lines(), "C: 4\r\n");
}

TEST(Fields, ListsTokensAcrossFields) {
  Fields fields;
  fields.append("Connection", "keep-alive , Upgrade");
  fields.append("Connection", "x");
  EXPECT_TRUE(fields.lists("connection", "upgrade"));
  EXPECT_TRUE(fields.lists("connection", "X"));
  EXPECT_FALSE(fields.lists("connection", "keep"));
}

TEST(Writer, WritesHeadsAndChunks) {
  Fields fields;
  fields.append("A", "1");
  std::string out;
  append_status_line(out, 404);
  append_fields(out, fields);
  append_field(out, "Content-Length", 12u);
  append_end_of_head(out);
  EXPECT_EQ(out, "HTTP/1.1 404 Not Found\r\nA: 1\r\nContent-Length: 12\r\n\r\n");
  out.clear();
  append_request_line(out, "GET", "/a?b");
  append_chunk_header(out, 255);
  append_last_chunk(out, &fields);
  EXPECT_EQ(out, "GET /a?b HTTP/1.1\r\nff\r\n0\r\nA: 1\r\n\r\n");
}

TEST(Writer, LetsNoValueStartAnotherLine) {
  std::string out;
  append_field(out, "A", std::string_view("b\r\nX: c\0d", 9));
  EXPECT_EQ(out, "A: b  X: c d\r\n");
  Fields fields;
  fields.append("A", "b\r\nX: c");
  out.clear();
  append_fields(out, fields);
  EXPECT_EQ(out, "A: b  X: c\r\n");
}

}  // namespace
}  // namespace doorward::wire
