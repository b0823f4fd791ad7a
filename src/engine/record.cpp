#include "engine/record.hpp"

#include "base/crc32c.hpp"
#include "engine/digest.hpp"
#include "engine/record_parts.hpp"
#include "engine/reserve_record.hpp"
#include "engine/rule_record.hpp"
#include "engine/tenant_record.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

namespace doorward::engine {
namespace {

constexpr std::string_view kMagic = "DWRB";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kChecksumAt = 36;
constexpr std::size_t kHeaderBytes = 40;
constexpr std::size_t kMaxCommandHead = 4;  // a command's type and length
constexpr std::uint64_t kMaxRulesVersion = std::numeric_limits<std::uint16_t>::max();

// One `put` and one `get` a command; the order of fields is that of docs/log-format.md.

void put(ByteWriter& out, const Join& c) {
  out.text(c.room);
  put_id(out, c.subject);
  put_id(out, c.ticket);
  out.text(c.lane);
}

void get(ByteReader& in, Join& c) {
  c.room = get_name(in, room::kMaxFullName);
  c.subject = get_id<SubjectKey>(in);
  c.ticket = get_id<TicketId>(in);
  c.lane = in.text(room::kMaxRoomName);
}

template <class C>
concept AboutTicket = requires(C c) {
  c.ticket;
}
&&!requires(C c) { c.room; };

template <AboutTicket C>
void put(ByteWriter& out, const C& c) {
  put_id(out, c.ticket);
}

template <AboutTicket C>
void get(ByteReader& in, C& c) {
  c.ticket = get_id<TicketId>(in);
}

void put(ByteWriter& out, const SetRoom& c) {
  out.text(c.room);
  out.u8(static_cast<std::uint8_t>(c.source));
  put_policy(out, c.policy);
}

void get(ByteReader& in, SetRoom& c) {
  c.room = get_name(in, room::kMaxFullName);
  c.source = get_enum(in, SetRoom::Source::admin);
  c.policy = get_policy(in);
}

void put(ByteWriter& out, const ChangeRoom& c) {
  out.text(c.room);
  put_policy(out, c.before);
  put_policy(out, c.policy);
  if (c.source != SetRoom::Source::admin) out.u8(static_cast<std::uint8_t>(c.source));
}

void get(ByteReader& in, ChangeRoom& c) {
  c.room = get_name(in, room::kMaxFullName);
  c.before = get_policy(in);
  c.policy = get_policy(in);
  if (!in.at_end()) c.source = get_enum(in, SetRoom::Source::admin);
}

void put(ByteWriter& out, const RemoveRoom& c) {
  out.text(c.room);
  put_seen(out, c.seen);
}

void get(ByteReader& in, RemoveRoom& c) {
  c.room = get_name(in, room::kMaxFullName);
  c.seen = get_seen(in);
}

void put(ByteWriter& out, const Draw& c) {
  out.text(c.room);
  out.u64(c.seed_hi);
  out.u64(c.seed_lo);
}

void get(ByteReader& in, Draw& c) {
  c.room = get_name(in, room::kMaxFullName);
  c.seed_hi = in.u64();
  c.seed_lo = in.u64();
}

void put(ByteWriter& out, const NodeStarted& c) {
  out.u64(c.place);
  put_duration(out, c.remember_closed);
  if (c.rules != kFirstRules) out.varint(c.rules);
}

void get(ByteReader& in, NodeStarted& c) {
  c.place = in.u64();
  c.remember_closed = get_duration(in);
  if (!in.at_end()) c.rules = static_cast<std::uint16_t>(in.varint(kMaxRulesVersion));
}

void put(ByteWriter&, const Tick&) {}
void get(ByteReader&, Tick&) {}

template <std::size_t I>
void get_as(ByteReader& in, Command& command) {
  get(in, command.emplace<I>());
}

// With a field that came later, a command has another type: a program that does not know the field
// must not read on.
struct Widened {
  std::uint64_t plain;
  std::uint64_t type;
};
constexpr Widened kWidened[] = {{10, 14}, {40, 41}, {12, 42}, {13, 43}, {20, 44},
                                {21, 45}, {30, 46}, {8, 47},  {31, 48}, {33, 49}};

std::uint64_t without_later_field(std::uint64_t type) {
  const auto* found = std::ranges::find(kWidened, type, &Widened::type);
  return found == std::end(kWidened) ? type : found->plain;
}

template <class C>
bool has_later_field(const C& c) {
  if constexpr (requires { c.seen; }) return c.seen.has_value();
  return false;
}
bool has_later_field(const NodeStarted& c) { return c.rules != kFirstRules; }
bool has_later_field(const ChangeRoom& c) { return c.source != SetRoom::Source::admin; }

// The type of each command, by its place in the variant; rising.
constexpr std::size_t kCommands = std::variant_size_v<Command>;
constexpr std::array<std::uint64_t, kCommands> kTypes{1,  2,  3,  4,  5,  6,  7,  8,  9,
                                                      10, 11, 12, 13, 20, 21, 22, 23, 24,
                                                      25, 26, 27, 28, 30, 31, 32, 33, 40};
static_assert(std::is_same_v<std::variant_alternative_t<0, Command>, Join>);
static_assert(std::is_same_v<std::variant_alternative_t<6, Command>, SetRoom>);
static_assert(std::is_same_v<std::variant_alternative_t<10, Command>, Tick>);
static_assert(std::is_same_v<std::variant_alternative_t<12, Command>, RemoveRule>);
static_assert(std::is_same_v<std::variant_alternative_t<13, Command>, SetInventory>);
static_assert(std::is_same_v<std::variant_alternative_t<21, Command>, ReleaseLock>);
static_assert(std::is_same_v<std::variant_alternative_t<26, Command>, ChangeRoom>);

std::uint64_t type_of(const Command& command) {
  const std::uint64_t plain = kTypes[command.index()];
  if (!std::visit([](const auto& c) { return has_later_field(c); }, command)) return plain;
  return std::ranges::find(kWidened, plain, &Widened::plain)->type;
}

template <std::size_t... I>
void get_fields(std::size_t place, ByteReader& in, Command& command, std::index_sequence<I...>) {
  using Get = void (*)(ByteReader&, Command&);
  static constexpr Get kGet[] = {get_as<I>...};
  kGet[place](in, command);
}

Error corrupt(const char* what) {
  return error(Errc::corrupt, std::string("A batch in the log is damaged: ") + what + ".");
}

Error newer(const char* what) {
  return error(Errc::unsupported_version, std::string("The log was written by a newer doorward (") +
                                              what + "); start that version, or a newer one.");
}

Result<BatchHeader> decode_header(std::string_view bytes, std::uint32_t& count) {
  if (bytes.size() < kHeaderBytes) return corrupt("it is too short");
  ByteReader in(bytes);
  if (in.raw(kMagic.size()) != kMagic) return corrupt("it does not begin as a batch");
  if (in.u16() != kVersion) return newer("unknown batch version");
  const bool reserved_is_zero = in.u16() == 0;
  BatchHeader header;
  header.node = in.u64();
  header.first_counter = in.u64();
  const std::int64_t written_at = in.i64();
  count = in.u32();
  const std::uint32_t before = crc32c(bytes.substr(0, kChecksumAt));
  if (in.u32() != crc32c(bytes.substr(kHeaderBytes), before)) {
    return corrupt("its checksum does not match");
  }
  const bool counters_fit = header.first_counter != 0 && header.first_counter + count > count;
  const bool time_fits = written_at >= 0 && written_at <= kMaxLogTime.time_since_epoch().count();
  if (!reserved_is_zero || header.node == 0 || !counters_fit || !time_fits || count == 0 ||
      count > kMaxCommands) {
    return corrupt("its header is out of range");
  }
  header.written_at = LogTime(Millis(written_at));
  return header;
}

// Null means that the type is unknown.
std::optional<Command> decode_command(ByteReader& in) {
  const std::uint64_t type = in.varint();
  ByteReader fields(in.text(in.remaining()));
  Command command;
  const std::uint64_t plain = without_later_field(type);
  const auto known = std::ranges::lower_bound(kTypes, plain);
  const bool is_known = known != kTypes.end() && *known == plain;
  if (in.ok() && type > 0 && !is_known) return std::nullopt;
  if (type == 0) in.fail();
  const auto place = static_cast<std::size_t>(known - kTypes.begin());
  if (in.ok()) get_fields(place, fields, command, std::make_index_sequence<kCommands>());
  if (!fields.finished() || (in.ok() && type_of(command) != type)) in.fail();
  const auto* started = std::get_if<NodeStarted>(&command);
  if (in.ok() && started != nullptr && started->rules > kNewestRules) return std::nullopt;
  return command;
}

// The one door to the log: what stands in it can be read again, and says what was meant.
template <class C>
bool reads_back(std::string_view fields, const C& command) {
  if (fields.size() > kMaxCommandBytes - kMaxCommandHead) return false;
  ByteReader in(fields);
  C read;
  get(in, read);
  return in.finished() && read == command;
}

void begin(ByteWriter& out) { out.raw(std::string(kHeaderBytes, '\0')); }

void put_command(ByteWriter& out, const Command& command, std::string_view fields) {
  out.varint(type_of(command));
  out.text(fields);
}

std::string seal(const BatchHeader& header, std::uint32_t count, std::string bytes) {
  ByteWriter head;
  head.raw(kMagic);
  head.u16(kVersion);
  head.u16(0);
  head.u64(header.node);
  head.u64(header.first_counter);
  head.i64(header.written_at.time_since_epoch().count());
  head.u32(count);
  head.u32(crc32c(std::string_view(bytes).substr(kHeaderBytes), crc32c(head.view())));
  bytes.replace(0, kHeaderBytes, head.view());
  return bytes;
}

}  // namespace

BatchWriter::BatchWriter() { begin(out_); }

bool BatchWriter::add(const Command& command) {
  fields_.clear();
  const bool is_good = std::visit(
      [this](const auto& c) {
        put(fields_, c);
        return reads_back(fields_.view(), c);
      },
      command);
  if (!is_good) return false;
  put_command(out_, command, fields_.view());
  ++count_;
  return true;
}

std::string BatchWriter::finish(const BatchHeader& header) {
  std::string bytes = seal(header, count_, out_.take());
  *this = BatchWriter();
  return bytes;
}

std::string encode(const BatchHeader& header, const std::vector<Command>& commands) {
  ByteWriter out;
  begin(out);
  for (const Command& command : commands) {
    ByteWriter fields;
    std::visit([&fields](const auto& c) { put(fields, c); }, command);
    put_command(out, command, fields.view());
  }
  return seal(header, static_cast<std::uint32_t>(commands.size()), out.take());
}

Result<Batch> decode(std::string_view bytes) {
  std::uint32_t count = 0;
  auto header = decode_header(bytes, count);
  if (!header) return header.error();
  Batch batch{*header, {}};
  batch.commands.reserve(count);
  ByteReader in(bytes.substr(kHeaderBytes));
  for (std::uint32_t i = 0; i < count; ++i) {
    auto command = decode_command(in);
    if (!command) return newer("unknown command");
    if (!in.ok()) return corrupt("a command in it is malformed");
    batch.commands.push_back(std::move(*command));
  }
  if (!in.at_end()) return corrupt("bytes follow its last command");
  return batch;
}

}  // namespace doorward::engine
