#include "wire/websocket/decoder.hpp"
#include "wire/websocket/frame.hpp"
#include "wire/websocket/handshake.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace doorward::wire::websocket {
namespace {

// A client's frame; `first` is FIN, the reserved bits and the opcode.
std::string frame(unsigned first, std::string_view payload) {
  const std::string mask = "\x11\x22\x33\x44";
  std::string out;
  append_frame(out, Opcode::text, payload);
  out[0] = static_cast<char>(first);
  out[1] = static_cast<char>(out[1] | 0x80);
  const std::size_t header = out.size() - payload.size();
  out.insert(header, mask);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out[header + 4 + i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  }
  return out;
}

std::string describe(const Event& event) {
  const std::string text(event.payload);
  switch (event.kind) {
    case Event::Kind::text: return "text " + text;
    case Event::Kind::binary: return "binary " + text;
    case Event::Kind::ping: return "ping " + text;
    case Event::Kind::pong: return "pong " + text;
    case Event::Kind::close: return "close " + std::to_string(event.close_code) + text;
    case Event::Kind::error: return "error " + std::to_string(event.close_code);
    case Event::Kind::need_more: break;
  }
  return "more";
}

std::string decode(std::string_view bytes, std::size_t step) {
  Decoder decoder(20);
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    std::string_view in = bytes.substr(at, step);
    at += in.size();
    while (!in.empty()) {
      const Event event = decoder.next(in);
      in.remove_prefix(event.consumed);
      if (event.kind == Event::Kind::need_more) break;
      out += (out.empty() ? "" : "|") + describe(event);
      if (event.kind == Event::Kind::error) return out;
    }
  }
  return decoder.idle() ? out : out + "...";
}

TEST(WebSocketDecoder, ReadsFramesHoweverTheyArrive) {
  const std::pair<std::string, std::string> cases[] = {
      {frame(0x81, "hello"), "text hello"},
      {frame(0x82, "\x01\xff"), "binary \x01\xff"},
      {frame(0x81, ""), "text "},
      {frame(0x01, "a") + frame(0x00, "b") + frame(0x80, "c"), "text abc"},
      {frame(0x01, "a") + frame(0x89, "p") + frame(0x80, "c"), "ping p|text ac"},
      {frame(0x8a, "") + frame(0x81, "x"), "pong |text x"},
      {frame(0x01, "\xed\x95") + frame(0x80, "\x9c"), "text \xed\x95\x9c"},
      {frame(0x88, ""), "close 1005"},
      {frame(0x88,
             "\x03\xe8"
             "bye"),
       "close 1000bye"},
      {frame(0x81, std::string(20, 'x')), "text " + std::string(20, 'x')},
      {frame(0x01, "a"), "..."},
      // refused
      {frame(0x81, std::string(21, 'x')), "error 1009"},
      {frame(0x01, std::string(15, 'x')) + frame(0x80, "123456"), "error 1009"},
      {frame(0x81, std::string(300, 'x')), "error 1009"},
      {std::string("\x81\x00", 2), "error 1002"},  // not masked
      {frame(0xc1, "x"), "error 1002"},            // reserved bit
      {frame(0x83, "x"), "error 1002"},            // reserved opcodes
      {frame(0x8b, "x"), "error 1002"},
      {frame(0x09, "x"), "error 1002"},  // a control frame in fragments
      {frame(0x89, std::string(126, 'x')), "error 1002"},
      {frame(0x80, "x"), "error 1002"},  // continues nothing
      {frame(0x01, "a") + frame(0x81, "b"), "error 1002"},
      {frame(0x88, "x"), "error 1002"},
      {frame(0x88, "\x03\xed"), "error 1002"},  // 1005
      {frame(0x88, std::string("\x00\x00", 2)), "error 1002"},
      {frame(0x88, "\x03\xe8\xff"), "error 1007"},
      {frame(0x81, "\xc0\x80"), "error 1007"},          // overlong
      {frame(0x81, "\xed\xa0\x80"), "error 1007"},      // surrogate
      {frame(0x81, "\xf4\x90\x80\x80"), "error 1007"},  // beyond Unicode
      {frame(0x81, "\xed\x95"), "error 1007"},          // cut
      {frame(0x01, "\xff") + "never read", "error 1007"},
  };
  for (const auto& [bytes, expected] : cases) {
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
      EXPECT_EQ(decode(bytes, step), expected) << step;
    }
  }
}

TEST(WebSocketDecoder, RefusesALengthBeforeItsBytesArrive) {
  Decoder decoder(4'096);
  const std::string bytes("\x82\xff\x00\x00\x00\x00\x7f\xff\xff\xff\x00\x00\x00\x00", 14);
  const Event event = decoder.next(bytes);
  EXPECT_EQ(event.kind, Event::Kind::error);
  EXPECT_EQ(event.close_code, kTooBig);
}

TEST(WebSocketFrame, WritesEachLengthForm) {
  std::string out;
  append_frame(out, Opcode::text, "hi");
  EXPECT_EQ(out, "\x81\x02hi");
  out.clear();
  append_frame(out, Opcode::binary, std::string(126, 'x'));
  EXPECT_EQ(out.substr(0, 4), std::string("\x82\x7e\x00\x7e", 4));
  out.clear();
  append_frame(out, Opcode::binary, std::string(65'536, 'x'));
  EXPECT_EQ(out.substr(0, 10), std::string("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10));
  out.clear();
  append_close(out, kNormal, "x");
  EXPECT_EQ(out, "\x88\x03\x03\xe8x");
}

RequestHead handshake() {
  RequestHead head;
  head.method = "GET";
  head.fields.append("Upgrade", "WebSocket");
  head.fields.append("Connection", "keep-alive, Upgrade");
  head.fields.append("Sec-WebSocket-Version", "13");
  head.fields.append("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
  return head;
}

TEST(WebSocketHandshake, AnswersAsInTheRfc) {
  const Handshake answer = check_handshake(handshake());
  EXPECT_EQ(answer.status, 101u);
  EXPECT_EQ(answer.accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocketHandshake, RefusesWhatIsNone) {
  struct Row {
    const char* name;
    const char* value;
    unsigned status;
  };
  for (const Row& row : {Row{"Upgrade", "h2c", 426}, Row{"Connection", "close", 426},
                         Row{"Sec-WebSocket-Version", "8", 426}, Row{"Sec-WebSocket-Key", "a", 400},
                         Row{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=", 400}}) {
    RequestHead head = handshake();
    head.fields.set(row.name, row.value);
    EXPECT_EQ(check_handshake(head).status, row.status) << row.name << row.value;
  }
  RequestHead head = handshake();
  head.method = "POST";
  EXPECT_EQ(check_handshake(head).status, 405u);
  for (const char* name : {"Sec-WebSocket-Version", "Sec-WebSocket-Key"}) {
    RequestHead twice = handshake();
    twice.fields.append(name, "8");
    EXPECT_EQ(check_handshake(twice).status, 400u) << name;
  }
}

}  // namespace
}  // namespace doorward::wire::websocket
