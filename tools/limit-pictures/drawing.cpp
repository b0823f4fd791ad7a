#include "drawing.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

namespace doorward::pictures {
namespace {

constexpr double kWidth = 760;
constexpr double kHeight = 300;
constexpr double kLeft = 58;
constexpr double kRight = kWidth - 24;
constexpr double kCallsTop = 52;
constexpr double kCallsBottom = 160;
constexpr double kStockTop = 184;
constexpr double kStockBottom = 262;
constexpr Nanos kBin = std::chrono::milliseconds{40};
constexpr double kDot = 6.4;  // from one stacked call to the next

constexpr const char* kStyle = R"(<style>
  .page { fill: #fbfaf6; stroke: #e4e0d6 }
  text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #65717c }
  .title { font-size: 15px; font-weight: 600; fill: #1d2a35 }
  .strong { font-weight: 600; fill: #1d2a35 }
  .line { stroke: #cfd3d4; stroke-width: 1 }
  .edge { stroke: #b9c0c4; stroke-dasharray: 2 4 }
  .passed { fill: #0b8a83 }
  .refused { fill: none; stroke: #cf3f55; stroke-width: 1.4 }
  .stock { fill: #0b8a83; fill-opacity: .16 }
  .level { fill: none; stroke: #0b8a83; stroke-width: 1.8; stroke-linejoin: round }
  .bar { fill: #0b8a83 }
  .lost { fill: #0b8a83; fill-opacity: .25; stroke: #0b8a83; stroke-dasharray: 3 3 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #141a20; stroke: #2a333c }
    text { fill: #97a4b0 }
    .title, .strong { fill: #e9eff4 }
    .line { stroke: #37424c }
    .edge { stroke: #4b5864 }
    .passed, .bar { fill: #41c9bd }
    .refused { stroke: #ff8092 }
    .stock { fill: #41c9bd; fill-opacity: .18 }
    .level { stroke: #41c9bd }
    .lost { fill: #41c9bd; fill-opacity: .22; stroke: #41c9bd }
  }
</style>
)";

class Drawing {
 public:
  explicit Drawing(const Run& run) : run_(run) {}

  std::string draw() {
    const auto passed = std::count_if(run_.calls.begin(), run_.calls.end(),
                                      [](const Call& call) { return call.passed; });
    const auto refused = static_cast<std::ptrdiff_t>(run_.calls.size()) - passed;
    add(R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img">)"
        "\n<title>{}</title>\n",
        kWidth, kHeight, run_.title);
    out_ += kStyle;
    add(R"(<rect class="page" x=".5" y=".5" width="{}" height="{}" rx="10"/>)"
        "\n",
        kWidth - 1, kHeight - 1);
    text(20, 29, "title", "start", run_.title);
    legend(passed, refused);
    axis();
    if (run_.bars.empty()) {
      dots();
    } else {
      bars();
    }
    stock();
    return out_ + "</svg>\n";
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> what, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), what, std::forward<Args>(args)...);
  }
  void text(double x, double y, const char* style, const char* anchor, const std::string& words) {
    add(R"(<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)"
        "\n",
        style, x, y, anchor, words);
  }
  void line(const char* style, double x1, double y1, double x2, double y2) {
    add(R"(<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)"
        "\n",
        style, x1, y1, x2, y2);
  }
  void dot(const char* style, double x, double y) {
    add(R"(<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{}"/>)"
        "\n",
        style, x, y, style[0] == 'p' ? 2.9 : 2.2);
  }

  double x(Nanos at) const {
    const double share = static_cast<double>(at.count()) / static_cast<double>(run_.length.count());
    return kLeft + share * (kRight - kLeft);
  }

  void legend(std::ptrdiff_t passed, std::ptrdiff_t refused) {
    const std::string most = run_.bars.empty()
                                 ? fmt::format("most in any second: {}", most_in_a_window(run_))
                                 : fmt::format("most at once: {}", run_.quota.limit - least_left());
    text(kRight, 29, "strong", "end", most);
    dot("passed", kRight - 338, 25);
    text(kRight - 330, 29, "", "start", fmt::format("{} passed", passed));
    dot("refused", kRight - 252, 25);
    text(kRight - 244, 29, "", "start", fmt::format("{} refused", refused));
  }
  std::uint64_t least_left() const { return *std::min_element(run_.left.begin(), run_.left.end()); }

  void axis() {
    using namespace std::chrono_literals;
    line("line", kLeft, kCallsBottom, kRight, kCallsBottom);
    line("line", kLeft, kStockBottom, kRight, kStockBottom);
    text(20, kCallsBottom - 4, "", "start", run_.bars.empty() ? "calls" : "inside");
    for (Nanos at{0}; at <= run_.length; at += 1s) {
      line("edge", x(at), kCallsTop - 6, x(at), kStockBottom);
      text(x(at), kStockBottom + 20, "", at == run_.length ? "end" : "middle",
           fmt::format("{} s", at / 1s));
    }
  }

  // The calls of one bin stand on each other: those that passed below, those refused above.
  void dots() {
    std::map<std::int64_t, std::pair<int, int>> bins;
    for (const Call& call : run_.calls) {
      auto& [passed, refused] = bins[call.at / kBin];
      ++(call.passed ? passed : refused);
    }
    for (const auto& [bin, calls] : bins) {
      const double middle = x(kBin * bin + kBin / 2);
      for (int i = 0; i < calls.first + calls.second; ++i) {
        dot(i < calls.first ? "passed" : "refused", middle, kCallsBottom - 6 - i * kDot);
      }
    }
  }

  // Holders in as many rows as there are slots; who was refused above them.
  void bars() {
    const double row = 22;
    std::vector<Nanos> free_at(run_.quota.limit);
    for (const Bar& bar : run_.bars) {
      const auto slot = std::find_if(free_at.begin(), free_at.end(),
                                     [&](Nanos free) { return free <= bar.begin; });
      const double y = kCallsBottom - 20 - row * static_cast<double>(slot - free_at.begin());
      rectangle("bar", bar.begin, std::min(bar.end, bar.crash), y);
      if (bar.crash < bar.end) {
        rectangle("lost", bar.crash, bar.end, y);
        text((x(bar.crash) + x(bar.end)) / 2, y + 11, "", "middle", "crashed");
      }
      *slot = bar.end;
    }
    for (const Call& call : run_.calls) {
      if (!call.passed) dot("refused", x(call.at), kCallsTop + 22);
    }
  }
  void rectangle(const char* style, Nanos begin, Nanos end, double y) {
    end = std::min(end, run_.length);
    add(R"(<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="14" rx="3"/>)"
        "\n",
        style, x(begin), y, x(end) - x(begin) - 1.5);
  }

  void stock() {
    const std::uint64_t most = limit::capacity(run_.quota);
    const auto y = [&](std::uint64_t left) {
      return kStockBottom -
             (kStockBottom - kStockTop) * static_cast<double>(left) / static_cast<double>(most);
    };
    std::string path = fmt::format("M{:.1f} {:.1f}", kLeft, y(run_.left.front()));
    for (std::size_t i = 1; i < run_.left.size(); ++i) {
      if (run_.left[i] == run_.left[i - 1]) continue;
      path +=
          fmt::format("H{:.1f}V{:.1f}", x(kSample * static_cast<std::int64_t>(i)), y(run_.left[i]));
    }
    path += fmt::format("H{:.1f}", kRight);
    add(R"(<path class="stock" d="{}V{:.1f}H{:.1f}Z"/>)"
        "\n"
        R"(<path class="level" d="{}"/>)"
        "\n",
        path, kStockBottom, kLeft, path);
    text(kLeft - 8, y(most) + 4, "", "end", std::to_string(most));
    text(kLeft - 8, y(0) + 4, "", "end", "0");
    text(20, (y(most) + y(0)) / 2 + 4, "", "start", "left");
  }

  const Run& run_;
  std::string out_;
};

}  // namespace

std::string draw(const Run& run) { return Drawing(run).draw(); }

}  // namespace doorward::pictures
