// Fills a described struct from a document, and says everything that is wrong on the way.
//
// Why:     one pass, all errors: unknown keys with the nearest known one, duplicates, wrong types
//          and values out of range, each at its place.
// Threads: single owner.
#pragma once

#include "app/config/form.hpp"
#include "app/config/problem.hpp"

#include <string>
#include <utility>
#include <vector>

namespace doorward::app::config {

class Reader : public Form {
 public:
  // Reads `node`, which stands at `path` ("" for the whole document) under a `name` of the
  // operator's choice. Call `finish` after describing.
  Reader(const Node& node, std::string path, Problems& problems, const Node* name = nullptr);

  // Complains about what stands there and was not described.
  void finish();

  void scalar(std::string_view key, Scalar value, std::string_view about,
              Presence presence) override;
  void scalars(std::string_view key, Scalar item, std::string_view about,
               Presence presence) override;
  void group(std::string_view key, std::string_view about, const Describe& inside) override;
  void named(std::string_view key, std::string_view label, std::string_view about,
             const DescribeNamed& item) override;
  void list(std::string_view key, std::string_view about, const Describe& item) override;
  void shorthand(std::string_view key) override;
  void alias(std::string_view other, std::string_view key) override;
  Place place(std::string_view path) const override;
  void fail(std::string_view key, std::string what) override;
  void refuse(std::string what) override;
  bool present(std::string_view key) const override;
  bool sound() const override { return problems_.error_count() == errors_before_; }

 private:
  // The value of a key that is now known; null where it is absent or has no value.
  const Node* take(std::string_view key, Presence presence);
  const Node* look(std::string_view key) const;
  std::string path_of(std::string_view key) const;
  void wrong(const Node& at, const std::string& path, std::string_view expected,
             std::string_view remedy = {});
  void check_duplicates();

  const Node& node_;
  const Place at_;
  std::string path_;
  Problems& problems_;
  const std::size_t errors_before_ = problems_.error_count();
  std::vector<std::string> known_;
  std::vector<std::pair<std::string, std::string>> aliases_;  // other, key
  std::string shorthand_;
  bool is_map_ = false;
};

// Reads a whole document into `settings` by its `describe`.
template <class Settings>
void read_into(const Node& document, Settings& settings, Problems& problems) {
  Reader reader(document, "", problems);
  describe(reader, settings);
  reader.finish();
}

}  // namespace doorward::app::config
