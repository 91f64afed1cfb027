#include <exception>
#include <thread>

#include "engine/selftest/checks.h"
#include "engine/selftest/own_operations.h"
#include "engine/train/group_trainer.h"

namespace gpu_sweep {
namespace {

/// Returns whether run `i` of `a` and run `j` of `b` have equal weights, metrics and predictions.
bool same_run(const Trained& a, std::size_t i, const Trained& b, std::size_t j) {
  const RunRecord &one = a.records.at(i), &other = b.records.at(j);
  return a.weights[i] == b.weights[j] && one.history == other.history && one.final == other.final &&
         one.confusion == other.confusion && one.test_predictions == other.test_predictions;
}

std::size_t differing_runs(const Trained& a, const Trained& b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.records.size(); ++i) count += !same_run(a, i, b, i);
  return count;
}

struct Work {
  Dataset dataset;
  GroupSpec group;
};

Work work(const SelftestSubject& subject, Precision precision) {
  Dataset dataset = selftest_data(subject.scale, subject.scale.rows);
  GroupSpec group = selftest_group(dataset, selftest_model(subject.scale, 2), precision, 3);
  group.runs[2] = group.runs[0];  // the same run in the first and in the last replica
  return {std::move(dataset), std::move(group)};
}

SelftestResult result(const std::string& check, Precision precision, const std::string& compared,
                      std::size_t wrong, std::size_t runs) {
  return {check + " " + to_string(precision),
          compared,
          std::to_string(wrong) + " of " + std::to_string(runs) + " runs differ",
          wrong == 0,
          {{"runs that differ", static_cast<double>(wrong), 0.0}}};
}

}  // namespace

SelftestResult check_replay(const SelftestSubject& subject, Precision precision) {
  const Work own = work(subject, precision);
  LaneOptions eager;
  eager.eager = true;
  const Trained one_by_one = train_group(*subject.make_lane(eager), own.dataset, own.group);
  const Trained replayed = train_group(*subject.make_lane({}), own.dataset, own.group);
  return result("replay", precision, "graphs against op by op, bit for bit",
                differing_runs(one_by_one, replayed), own.group.runs.size());
}

SelftestResult check_places(const SelftestSubject& subject, Precision precision) {
  const Work own = work(subject, precision);
  const auto lane = subject.make_lane({});
  const Trained trained = train_group(*lane, own.dataset, own.group);
  if (same_run(trained, 0, trained, 2)) {
    return result("places", precision, "first replica against last, bit for bit", 0, 1);
  }
  // Our own operations must give the same bits in every replica of the group. A library, however, may sum a
  // product in a different order for each replica.
  const OwnOperations operations = judge_operations(*lane, own.dataset, own.group);
  SelftestResult differs = result("places", precision, "first replica against last, bit for bit", 1, 1);
  differs.passed = operations.complaint.empty() && operations.unlike_products > 0;
  differs.finding += differs.passed ? ", only in the order of products' sums" : "; " + operations.complaint;
  differs.margins = {{"runs that differ", 1, {}}};
  return differs;
}

SelftestResult check_lanes(const SelftestSubject& subject, Precision precision) {
  const Work own = work(subject, precision);
  const Trained alone = train_group(*subject.make_lane({}), own.dataset, own.group);
  std::vector<Trained> together(2);
  std::vector<std::exception_ptr> errors(2);
  {
    std::vector<std::unique_ptr<Lane>> lanes;
    for (std::size_t i = 0; i < 2; ++i) lanes.push_back(subject.make_lane({}));
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 2; ++i) {
      threads.emplace_back([&, i] {
        try {
          together[i] = train_group(*lanes[i], own.dataset, own.group);
        } catch (...) {
          errors[i] = std::current_exception();
        }
      });
    }
    threads.clear();  // joins the threads
  }
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
  const std::size_t wrong = differing_runs(alone, together[0]) + differing_runs(alone, together[1]);
  return result("lanes", precision, "two lanes against one, bit for bit", wrong, 2 * own.group.runs.size());
}

}  // namespace gpu_sweep
