#include <algorithm>

#include "engine/selftest/checks.h"
#include "engine/selftest/workbench.h"

namespace gpu_sweep {
namespace {

/// The largest number of nodes of a product. A library may split it into a fill, a multiplication and a sum.
constexpr int kMostNodesAProduct = 3;

int most_nodes(const Program& step) {
  int nodes = 0;
  for (const Op& op : step.ops) nodes += std::holds_alternative<Gemm>(op) ? kMostNodesAProduct : 1;
  return nodes;
}

}  // namespace

SelftestResult check_nodes(const SelftestSubject& subject) {
  const Dataset dataset = selftest_data(subject.scale, subject.scale.batch);
  const std::unique_ptr<Lane> lane = subject.make_lane({});
  std::string finding;
  std::vector<std::string> several;  // operations of the deepest model that take several nodes
  bool passed = true;
  std::vector<Margin> margins;
  for (int hidden = 1; hidden <= 5; ++hidden) {
    const GroupSpec group =
        selftest_group(dataset, selftest_model(subject.scale, hidden), subject.precisions.front(), 2);
    Workbench bench(*lane, dataset, group, subject.scale.batch);
    const Program step = build_train_step(bench.layout());
    const int operations = static_cast<int>(step.ops.size());
    ReplayedNodes nodes = bench.nodes(step);
    const bool complete = nodes.count >= operations && nodes.count <= most_nodes(step);
    passed = passed && operations <= 5 * hidden + 6 && (nodes.count == 0 || complete);
    finding += (hidden > 1 ? ", " : "") + std::to_string(nodes.count) + " for " + std::to_string(operations);
    margins.push_back({"nodes of L = " + std::to_string(hidden), static_cast<double>(nodes.count),
                       static_cast<double>(most_nodes(step))});
    several = std::move(nodes.several);
  }
  std::sort(several.begin(), several.end());
  several.erase(std::unique(several.begin(), several.end()), several.end());
  for (const std::string& operation : several) finding += "; " + operation;
  return {"graph nodes",
          "of a step with L = 1 to 5 hidden layers, for at most 5 L + 6 operations (0: no graph), and the "
          "operations that take more than one",
          finding, passed, std::move(margins)};
}

}  // namespace gpu_sweep
