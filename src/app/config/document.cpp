#include "app/config/document.hpp"

#include "app/config/yaml_words.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

namespace doorward::app::config {
namespace {

constexpr int kLinesAbove = 5;
constexpr std::size_t kShownText = 60;

class Stop : public std::exception {
 public:
  explicit Stop(Error e) : error(std::move(e)) {}
  Error error;
};

std::size_t count_nodes(const Node& node) {
  std::size_t n = 1 + node.keys.size();
  for (const Node& value : node.values) n += count_nodes(value);
  return n;
}

// Lines count from 0; empty if there is no such line.
std::string_view line_of(std::string_view text, int line) {
  for (; line > 0; --line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

// Whether what follows a key is taken for a comment, and was hardly meant to be one, such as the
// colour in "back: #0a5". A comment proper has a space after its mark.
bool begins_comment(std::string_view line) {
  const auto colon = line.find(": #");
  return colon != std::string_view::npos && colon + 3 < line.size() && line[colon + 3] != ' ';
}

// Between braces such a comment hides the closing one too, and the parser complains further down.
std::string comment_above(std::string_view text, int line) {
  for (int i = line; i >= 0 && i > line - kLinesAbove; --i) {
    const std::string_view above = line_of(text, i);
    const auto brace = above.find('{');
    if (brace != std::string_view::npos && begins_comment(above.substr(brace)))
      return fmt::format(" (in line {} a # begins a comment: put that value between quotes)",
                         i + 1);
  }
  return {};
}

// Builds the tree from the parser's events.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string source, std::string_view text)
      : source_(std::make_shared<const std::string>(std::move(source))), text_(text) {}

  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(make(Node::Kind::null, mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = make(Node::Kind::scalar, mark);
    node.text = value;
    node.quoted = tag == "!";
    add(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto it = anchors_.find(anchor);
    if (it == anchors_.end()) stop(mark, Errc::invalid, "an alias stands inside its own anchor");
    spend(mark, count_nodes(it->second));
    add(it->second, 0);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(make(Node::Kind::list, mark), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(make(Node::Kind::map, mark), anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor;
  };

  Node make(Node::Kind kind, const YAML::Mark& mark) {
    spend(mark, 1);
    Node node;
    node.kind = kind;
    node.at = {source_, mark.line + 1, mark.column + 1};
    return node;
  }

  [[noreturn]] void stop(const YAML::Mark& mark, Errc code, std::string_view what) const {
    const Place at{source_, mark.line + 1, mark.column + 1};
    throw Stop(error(code, fmt::format("{}: {}", to_string(at), what)));
  }

  void spend(const YAML::Mark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > kMaxNodes) {
      stop(mark, Errc::too_large, fmt::format("more than {} values, aliases unfolded", kMaxNodes));
    }
  }

  void open(Node node, YAML::anchor_t anchor) {
    if (open_.size() >= kMaxDepth) {
      throw Stop(error(Errc::too_large, fmt::format("{}: nested deeper than {} levels",
                                                    to_string(node.at), kMaxDepth)));
    }
    open_.push_back({std::move(node), anchor});
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done.node), done.anchor);
  }

  void add(Node node, YAML::anchor_t anchor) {
    if (anchor != 0) {
      anchors_.insert_or_assign(anchor, node);
      nodes_ += count_nodes(node);
    }
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Node& parent = open_.back().node;
    if (parent.kind == Node::Kind::map && parent.keys.size() == parent.values.size()) {
      if (node.kind != Node::Kind::scalar) {
        throw Stop(error(Errc::invalid, fmt::format("{}: expected a key, found {}",
                                                    to_string(node.at), describe(node))));
      }
      parent.keys.push_back(std::move(node));
      return;
    }
    if (parent.kind == Node::Kind::map && node.kind == Node::Kind::null)
      node.commented = is_commented(parent.keys.back());
    parent.values.push_back(std::move(node));
  }

  // Whether the value of a key is a comment.
  bool is_commented(const Node& key) const {
    const std::string_view line = line_of(text_, key.at.line - 1);
    return begins_comment(line.substr(std::min<std::size_t>(key.at.column - 1, line.size())));
  }

  std::shared_ptr<const std::string> source_;
  std::string_view text_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::size_t nodes_ = 0;
  Node root_;
};

template <class Self>
auto* find_in(Self& self, std::string_view key) {
  const auto it = std::find_if(self.keys.begin(), self.keys.end(),
                               [&](const Node& k) { return k.text == key; });
  const auto i = static_cast<std::size_t>(it - self.keys.begin());
  return it == self.keys.end() ? nullptr : &self.values[i];
}

}  // namespace

const Node* Node::find(std::string_view key) const { return find_in(*this, key); }
Node* Node::find(std::string_view key) { return find_in(*this, key); }

std::string to_string(const Place& place) {
  if (!place.source) return {};
  if (place.line == 0) return *place.source;
  return fmt::format("{}:{}:{}", *place.source, place.line, place.column);
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return "nothing";
    case Node::Kind::list: return "a list";
    case Node::Kind::map: return "a map";
    case Node::Kind::scalar: break;
  }
  if (node.text.size() <= kShownText) return fmt::format("\"{}\"", node.text);
  return fmt::format("\"{}…\"", node.text.substr(0, kShownText));
}

Result<Node> parse_document(std::string_view text, std::string source_name) {
  if (text.size() > kMaxText) {
    return error(Errc::too_large, fmt::format("{}: larger than {} bytes", source_name, kMaxText));
  }
  const std::string name = source_name;
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    Builder builder(std::move(source_name), text);
    if (!parser.HandleNextDocument(builder)) {
      Node empty;
      empty.kind = Node::Kind::map;
      empty.at = {std::make_shared<const std::string>(name), 1, 1};
      return empty;
    }
    Node root = builder.take();
    Builder rest(name, text);
    if (parser.HandleNextDocument(rest)) {
      return error(Errc::invalid, name + ": expected one YAML document, found a second one");
    }
    if (root.kind == Node::Kind::null) root.kind = Node::Kind::map;
    return root;
  } catch (const Stop& stopped) {
    return stopped.error;
  } catch (const YAML::Exception& e) {
    return error(Errc::invalid,
                 fmt::format("{}:{}:{}: {}{}", name, e.mark.line + 1, e.mark.column + 1,
                             yaml_words(e.msg, line_of(text, e.mark.line),
                                        static_cast<std::size_t>(std::max(e.mark.column, 0))),
                             comment_above(text, e.mark.line)));
  }
}

}  // namespace doorward::app::config
