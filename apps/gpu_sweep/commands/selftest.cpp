// gpu_sweep selftest: checks that a device computes correctly.
#include "engine/selftest/selftest.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/output.h"
#include "engine/report/display_width.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

using Json = nlohmann::ordered_json;

struct SelftestFlags {
  std::string device = "auto";
  bool json = false;
};

/// Returns null if `value` is not finite, because JSON has no infinity.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json to_json(const std::vector<Margin>& margins) {
  Json json = Json::array();
  for (const Margin& margin : margins) {
    json.push_back({{"name", margin.name},
                    {"value", number(margin.value)},
                    {"bound", margin.bound ? number(*margin.bound) : Json(nullptr)}});
  }
  return json;
}

Json to_json(const DeviceInfo& device, const std::vector<SelftestResult>& results) {
  Json json = {{"device", device.id}, {"name", device.name}, {"details", device.details}};
  json["checks"] = Json::array();
  for (const SelftestResult& result : results) {
    json["checks"].push_back({{"check", result.check},
                              {"compared", result.compared},
                              {"figure", result.finding},
                              {"passed", result.passed},
                              {"margins", to_json(result.margins)}});
  }
  return json;
}

std::string line(const SelftestResult& result) {
  return fmt::format("{:4}  {:18}  {}: {}\n", result.passed ? "pass" : "FAIL", result.check, result.finding,
                     result.compared);
}

/// Prints the checks of one device and returns how many failed.
int test_device(const DeviceChoice& choice, int index, bool json, Json& all) {
  const DeviceInfo& device = choice.backend.devices[static_cast<std::size_t>(index)];
  if (!json) print_data(device.id + "  " + device.name + "\n      " + device.details + "\n");
  const auto print = [json](const SelftestResult& result) {
    if (!json) print_data(line(result));
  };
  const std::vector<SelftestResult> results = run_selftest(selftest_subject(choice.backend, index), print);
  all.push_back(to_json(device, results));
  int failed = 0;
  for (const SelftestResult& result : results) failed += !result.passed;
  return failed;
}

void selftest(const SelftestFlags& flags) {
  const DeviceChoice choice = choose_devices(flags.device);
  if (!choice.notice.empty()) say(choice.notice);
  Json all = Json::array();
  int failed = 0;
  for (const int index : choice.indices) failed += test_device(choice, index, flags.json, all);
  if (flags.json) print_data(printable_json(all.dump(1)) + "\n");
  if (failed > 0) {
    throw Error(ExitCode::kDevice, "self-test: " + std::to_string(failed) +
                                       " checks failed; do not trust the results of this device");
  }
}

}  // namespace

Command add_selftest_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("selftest", "Check a device against the CPU and double precision");
  const auto flags = std::make_shared<SelftestFlags>();
  app->add_option("--device", flags->device, "auto, cpu, cuda (all GPUs) or cuda:N")
      ->type_name("auto|cpu|cuda|cuda:N");
  app->add_flag("--json", flags->json,
                "print all results as JSON, with the measured values and their bounds");
  app->footer(
      "Prints one line per check: exact products, every operation against double precision, what `run`\n"
      "checks before it trains, equal bits however the work is divided, 200 steps against the CPU, and the\n"
      "speed of a step. Exits with code 4 if any check fails.\n\n"
      "Example: gpu_sweep selftest --device cuda");
  return {app, [flags] { selftest(*flags); }};
}

}  // namespace gpu_sweep
