#include "python/core/tools.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/nearest_name.h"
#include "engine/report/html/judgement_page.h"
#include "engine/report/text/comparison_tables.h"
#include "engine/report/text/judgement.h"
#include "engine/selftest/selftest.h"
#include "engine/statistics/judge/judge.h"
#include "gpu_sweep/device.h"
#include "gpu_sweep/error.h"
#include "kernels/activation/activation_math.h"
#include "kernels/activation/activation_properties.h"
#include "python/core/call.h"
#include "python/core/study.h"

namespace gpu_sweep::python {

namespace nb = nanobind;

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// Returns the value with the name `text`, which must be one of `names`; nothing if there is no `text`.
template <class T>
std::optional<T> named(const char* argument, const std::optional<std::string>& text,
                       const std::vector<std::pair<std::string, T>>& names) {
  if (!text) return std::nullopt;
  std::vector<std::string> known;
  for (const auto& [name, value] : names) {
    if (name == *text) return value;
    known.push_back(name);
  }
  throw Error(ExitCode::kUsage, std::string(argument) + ": found " + shown_text(*text) +
                                    did_you_mean(*text, known) + ", expected " + list_of(known));
}

/// What gs.judge shows: text for terminals, JSON and a page.
struct Judged {
  std::string text;
  std::string json;
  std::string page;
  std::vector<std::string> sentences;  ///< one verdict per data set
};

void check_range(const char* name, double value, NumberRange range) {
  if (contains(range, value)) return;
  throw Error(ExitCode::kUsage,
              std::string(name) + ": found " + number_text(value) + ", expected " + to_string(range));
}

Judged judge_table(const std::string& csv, const std::string& name, bool higher,
                   const std::map<std::string, std::string>& columns, const std::string& metric,
                   const std::optional<std::string>& pairing, const std::optional<std::string>& missing,
                   const std::optional<double>& test_share, const std::optional<double>& smallest_difference,
                   double max_failed, bool until_decided) {
  ScoreTableOptions table;
  table.until_decided = until_decided;
  for (const auto& [role, column] : columns) {
    const std::vector<std::string> roles(kColumnRoles.begin(), kColumnRoles.end());
    if (std::ranges::find(roles, role) == roles.end()) {
      throw Error(ExitCode::kUsage, "columns: found " + shown_text(role) + did_you_mean(role, roles) +
                                        ", expected " + list_of(roles));
    }
  }
  table.columns = columns;
  table.metric = metric;
  table.missing = named<MissingScores>(
      "missing", missing, {{"failed", MissingScores::kFailed}, {"not-run", MissingScores::kNotRun}});
  JudgeOptions options{
      higher, named<Pairing>("pairing", pairing, {{"seed", Pairing::kSeed}, {"none", Pairing::kNone}}),
      test_share, smallest_difference, max_failed};
  if (smallest_difference) check_range("smallest_difference", *smallest_difference, NumberRange::kPositive);
  check_range("max_failed", max_failed, NumberRange::kFraction);
  if (test_share && !(*test_share > 0 && *test_share < 1)) {
    throw Error(ExitCode::kUsage,
                "test_share: found " + number_text(*test_share) + ", expected a number between 0 and 1");
  }
  const Judgements judgements = judge(read_scores(parse_csv(csv, name), name, table), options);
  const auto column = columns.find("score");
  const JudgedTable judged = {name,
                              !metric.empty()           ? metric
                              : column != columns.end() ? column->second
                                                        : "score",
                              higher};
  Judged result{judgement_text(judged, judgements),
                text_of(judgement_json(judged, judgements)),
                judgement_page(judged, judgements),
                {}};
  for (const Judgement& each : judgements.datasets) {
    result.sentences.push_back(judgement_sentences(each, judgements.family, higher));
  }
  return result;
}

/// Thrown to leave a self-test that its caller has interrupted.
struct StoppedSelftest {};

nb::object selftest(const std::string& device, nb::object on_result) {
  std::vector<std::pair<std::string, SelftestResult>> results;
  const auto work = [&](Mailbox& mailbox, const std::stop_token& stop) {
    const DeviceChoice choice = choose_devices(device);
    if (!choice.notice.empty()) mailbox.note(choice.notice);
    try {
      for (const int index : choice.indices) {
        const std::string id = choice.backend.devices[static_cast<std::size_t>(index)].id;
        run_selftest(selftest_subject(choice.backend, index), [&](const SelftestResult& result) {
          results.emplace_back(id, result);
          mailbox.note(id + ": " + (result.passed ? "pass  " : "FAIL  ") + result.check + ": " +
                       result.finding);
          if (stop.stop_requested()) throw StoppedSelftest();
        });
      }
    } catch (const StoppedSelftest&) {
    }
  };
  run_aside(work, {nb::none(), std::move(on_result), nb::none()});
  nb::list list;
  for (const auto& [id, result] : results) {
    list.append(nb::make_tuple(id, result.check, result.compared, result.finding, result.passed));
  }
  return list;
}

using Floats = nb::ndarray<float, nb::c_contig, nb::device::cpu>;

/// Applies `activation` to each of `values` in place. Throws Error(kUsage) for an unknown name.
void activate_values(const std::string& activation, const Floats& values) {
  const std::optional<Activation> kind = parse_activation(activation);
  if (!kind) throw Error(ExitCode::kUsage, "activation: found " + shown_text(activation));
  float* first = values.data();
  const std::size_t count = values.size();
  const nb::gil_scoped_release released;
  with_activation(*kind, [&]<Activation kActivation>() {
    std::transform(first, first + count, first, [](float z) { return gpu_sweep::activate<kActivation>(z); });
  });
}

nb::object devices() {
  std::vector<Backend> backends;
  {
    const nb::gil_scoped_release released;
    backends = {cpu_backend(), load_backend("cuda")};
  }
  nb::list list;
  for (const Backend& backend : backends) {
    for (const DeviceInfo& device : backend.devices) {
      list.append(nb::make_tuple(device.id, device.name, device.details, device.why_not));
    }
  }
  return nb::make_tuple(list, why_none(backends.back()));
}

}  // namespace

void bind_tools(nb::module_& module) {
  const auto released = nb::call_guard<nb::gil_scoped_release>();
  nb::class_<Judged>(module, "Judged")
      .def_ro("text", &Judged::text)
      .def_ro("json", &Judged::json)
      .def_ro("page", &Judged::page)
      .def_ro("sentences", &Judged::sentences);
  module.def("judge_table", &judge_table, nb::arg("csv"), nb::arg("name"), nb::kw_only(), nb::arg("higher"),
             nb::arg("columns"), nb::arg("metric"), nb::arg("pairing").none(), nb::arg("missing").none(),
             nb::arg("test_share").none(), nb::arg("smallest_difference").none(), nb::arg("max_failed"),
             nb::arg("until_decided"), released);
  module.def(
      "compare",
      [](const Study& first, const Study& second) {
        const ComparedExperiment a = first.compared(), b = second.compared();
        const auto metrics = compare_experiments(a, b);
        return std::pair(comparison_tables(a, b, metrics), text_of(comparison_json(a, b, metrics)));
      },
      nb::arg("first"), nb::arg("second"), released);
  module.def("activations", &activation_names);
  module.def("activate", &activate_values, nb::arg("activation"), nb::arg("values").noconvert());
  module.def("devices", &devices);
  module.def("selftest", &selftest, nb::arg("device"), nb::arg("on_result").none());
}

}  // namespace gpu_sweep::python
