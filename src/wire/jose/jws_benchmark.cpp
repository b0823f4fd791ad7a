#include "wire/jose/jws.hpp"

#include <benchmark/benchmark.h>
#include <boost/json.hpp>

namespace doorward::wire::jose {
namespace {

constexpr const char* kClaims =
    R"({"iss":"doorward","aud":"doorward","sub":"device:0123456789abcdef0123456789abcdef","room":"sale",)"
    R"("ticket":"0123456789abcdef0123456789abcdef","at":"1-123456-0","iat":1767225600,"exp":1767830400})";
constexpr std::chrono::system_clock::time_point kNow{std::chrono::seconds{1767225601}};

void BM_Sign(benchmark::State& state) {
  const Key key = Key::generate(static_cast<Algorithm>(state.range(0)), "k").value();
  const std::string header = protected_header(key, "doorward-ticket+jwt");
  for (auto _ : state) benchmark::DoNotOptimize(sign_text(key, header, kClaims));
  state.SetLabel(to_string(key.algorithm()));
}
BENCHMARK(BM_Sign)->DenseRange(0, 3);

void BM_Verify(benchmark::State& state) {
  const KeySet keys({Key::generate(static_cast<Algorithm>(state.range(0)), "k").value()});
  const std::string token = sign_text(keys.signer(), protected_header(keys.signer(), "x"), kClaims);
  for (auto _ : state) benchmark::DoNotOptimize(verify(keys, token, {}, kNow));
  state.SetLabel(to_string(keys.signer().algorithm()));
}
BENCHMARK(BM_Verify)->DenseRange(0, 3);

}  // namespace
}  // namespace doorward::wire::jose
