#include "app/config/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace doorward::app::config {
namespace {

// The next of "lanes[1].name": "lanes", then "1", then "name". Takes it off.
std::string_view next_step(std::string_view& path) {
  const auto end = std::min(path.find_first_of(".[]"), path.size());
  const auto step = path.substr(0, end);
  path.remove_prefix(std::min(path.find_first_not_of(".[]", end), path.size()));
  return step;
}

// By its key, or in a list and a map alike by its number.
const Node* child(const Node& node, std::string_view step) {
  if (const Node* found = node.find(step)) return found;
  std::size_t i = 0;
  const auto [end, failed] = std::from_chars(step.data(), step.data() + step.size(), i);
  const bool is_number = failed == std::errc() && end == step.data() + step.size();
  return is_number && i < node.values.size() ? &node.values[i] : nullptr;
}

// `claim: 60s` is often written for `claim: { ttl: 60s }`.
std::string example_of(const Node& node, const std::vector<std::string>& known) {
  if (node.kind != Node::Kind::scalar || known.empty()) return {};
  return fmt::format(" such as {{ {}: … }}", known.front());
}

// What to say where it would be right without its quotes.
std::string quotes_of(const Node& node, const Scalar& value) {
  if (!node.quoted) return {};
  Node plain = node;
  plain.quoted = false;
  return value.set(plain) ? "; in quotes it is text: take them away" : "";
}

}  // namespace

Reader::Reader(const Node& node, std::string path, Problems& problems, const Node* name)
    : node_(node),
      at_(name != nullptr ? name->at : node.at),
      path_(std::move(path)),
      problems_(problems),
      is_map_(node.kind == Node::Kind::map) {
  if (is_map_) check_duplicates();
}

void Reader::check_duplicates() {
  std::set<std::string_view> seen;
  for (const Node& key : node_.keys) {
    if (!seen.insert(key.text).second) {
      problems_.add_error({key.at, path_of(key.text), "this key stands here twice"});
    }
  }
}

void Reader::finish() {
  if (!is_map_) {
    if (shorthand_.empty()) wrong(node_, path_, "a map of settings" + example_of(node_, known_));
    return;
  }
  for (const Node& key : node_.keys) {
    if (std::find(known_.begin(), known_.end(), key.text) != known_.end()) continue;
    problems_.add_error({key.at, path_of(key.text), "unknown key" + suggestion(key.text, known_)});
  }
}

const Node* Reader::look(std::string_view key) const {
  if (!is_map_) return shorthand_ == key ? &node_ : nullptr;
  if (const Node* found = node_.find(key)) return found;
  for (const auto& [other, name] : aliases_) {
    if (name != key) continue;
    if (const Node* found = node_.find(other)) return found;
  }
  return nullptr;
}

const Node* Reader::take(std::string_view key, Presence presence) {
  known_.emplace_back(key);
  const Node* found = look(key);
  if (found != nullptr && found->kind != Node::Kind::null) return found;
  if (found != nullptr && found->commented) {
    problems_.add_warning({found->at, path_of(key),
                           "nothing stands here, since a # begins a comment: put the value between "
                           "quotes"});
  }
  if (presence == Presence::required && (is_map_ || !shorthand_.empty())) {
    problems_.add_error({at_, path_of(key), "this setting is required"});
  }
  return nullptr;
}

std::string Reader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void Reader::wrong(const Node& at, const std::string& path, std::string_view expected,
                   std::string_view remedy) {
  problems_.add_error(
      {at.at, path, fmt::format("expected {}, found {}{}", expected, describe(at), remedy)});
}

void Reader::scalar(std::string_view key, Scalar value, std::string_view, Presence presence) {
  const Node* found = take(key, presence);
  if (found == nullptr || value.set(*found)) return;
  if (value.secret) {
    problems_.add_error({found->at, path_of(key), "expected " + value.expected});
  } else {
    wrong(*found, path_of(key), value.expected, quotes_of(*found, value));
  }
}

void Reader::scalars(std::string_view key, Scalar item, std::string_view, Presence presence) {
  const Node* found = take(key, presence);
  if (found == nullptr) return;
  if (found->kind != Node::Kind::list) {
    if (!item.set(*found)) {
      wrong(*found, path_of(key), item.expected + ", or a list of such");
    }
    return;
  }
  for (std::size_t i = 0; i < found->values.size(); ++i) {
    const Node& value = found->values[i];
    if (!item.set(value)) wrong(value, fmt::format("{}[{}]", path_of(key), i), item.expected);
  }
}

void Reader::group(std::string_view key, std::string_view, const Describe& inside) {
  const Node* found = take(key, Presence::optional);
  if (found == nullptr) return;
  Reader reader(*found, path_of(key), problems_);
  inside(reader);
  reader.finish();
}

void Reader::named(std::string_view key, std::string_view, std::string_view,
                   const DescribeNamed& item) {
  const Node* found = take(key, Presence::optional);
  if (found == nullptr) return;
  if (found->kind != Node::Kind::map) {
    wrong(*found, path_of(key), "a map of names");
    return;
  }
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < found->keys.size(); ++i) {
    const Node& name = found->keys[i];
    const auto path = fmt::format("{}.{}", path_of(key), name.text);
    if (!seen.insert(name.text).second) {
      problems_.add_error({name.at, path, "this name stands here twice"});
      continue;
    }
    Reader reader(found->values[i], path, problems_, &name);
    item(reader, name.text);
    reader.finish();
  }
}

void Reader::list(std::string_view key, std::string_view, const Describe& item) {
  const Node* found = take(key, Presence::optional);
  if (found == nullptr) return;
  if (found->kind != Node::Kind::list) {
    const bool is_one = found->kind == Node::Kind::scalar;
    wrong(*found, path_of(key), "a list", is_one ? "; put it between [ and ]" : "");
    return;
  }
  for (std::size_t i = 0; i < found->values.size(); ++i) {
    Reader reader(found->values[i], fmt::format("{}[{}]", path_of(key), i), problems_);
    item(reader);
    reader.finish();
  }
}

void Reader::shorthand(std::string_view key) {
  if (node_.kind == Node::Kind::scalar || node_.kind == Node::Kind::list) shorthand_ = key;
}

void Reader::alias(std::string_view other, std::string_view key) {
  aliases_.emplace_back(other, key);
  known_.emplace_back(other);
  if (is_map_ && node_.find(other) != nullptr && node_.find(key) != nullptr) {
    problems_.add_error(
        {node_.find(other)->at, path_of(other),
         fmt::format("this is another name for \"{}\", which stands here too", key)});
  }
}

Place Reader::place(std::string_view path) const {
  const Node* found = look(next_step(path));
  if (found == nullptr) return at_;
  while (!path.empty()) {
    const Node* inside = child(*found, next_step(path));
    if (inside == nullptr) break;
    found = inside;
  }
  return found->at;
}

void Reader::fail(std::string_view key, std::string what) {
  problems_.add_error({place(key), key.empty() ? path_ : path_of(key), std::move(what)});
}

void Reader::refuse(std::string what) {
  const Place at = place(std::string_view(what).substr(0, what.find(": ")));
  problems_.add_error({at, path_, std::move(what)});
}

bool Reader::present(std::string_view key) const { return look(key) != nullptr; }

}  // namespace doorward::app::config
