#include "engine/study/check_devices.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <stop_token>
#include <string>

#include "engine/lane/cpu/lane.h"
#include "engine/selftest/subject.h"
#include "gpu_sweep/error.h"
#include "tests/selftest/lying_lane.h"

namespace gpu_sweep::test {
namespace {

/// A CPU that presents itself as a GPU, and records the number of replicas of every program that it compiles.
class CheckDevices : public ::testing::Test {
 protected:
  CheckDevices() {
    setup.dataset = selftest_data(kStandInScale, kStandInScale.rows);
    DeviceInfo device;
    device.id = "cuda:0";
    device.device_kind = "cuda";
    device.name = "stand-in";
    setup.devices.backend.devices = {device};
    setup.devices.backend.make_lane = [this](int, const LaneOptions&) {
      return std::make_unique<LyingLane>(make_cpu_lane(),
                                         Lie{[this](Program& program) { alter(program); }, {}, {}, {}});
    };
    setup.devices.indices = {0};
    for (const int replicas : {1, 2}) {
      groups.push_back(
          selftest_group(setup.dataset, selftest_model(kStandInScale, 1), Precision::kFp32, replicas));
    }
  }

  void alter(Program& program) {
    compiled.insert(program.replicas);
    if (on_compile) on_compile(program);
  }

  gpu_sweep::Setup setup;  // qualified, because testing::Test has a member of the same name
  std::vector<GroupSpec> groups;
  std::set<int> compiled;
  std::function<void(Program&)> on_compile;
  std::stop_source stop;
};

TEST_F(CheckDevices, ChecksEveryShape) {
  check_devices(setup, groups, stop.get_token());
  EXPECT_EQ(compiled, (std::set<int>{1, 2}));
}

TEST_F(CheckDevices, MakesNoLaneAfterAStop) {
  stop.request_stop();
  setup.devices.backend.make_lane = [](int, const LaneOptions&) -> std::unique_ptr<Lane> {
    throw Error(ExitCode::kDevice, "no lane is needed");
  };
  EXPECT_NO_THROW(check_devices(setup, groups, stop.get_token()));
}

TEST_F(CheckDevices, EndsBeforeTheNextShapeAfterAStop) {
  on_compile = [this](Program&) { stop.request_stop(); };
  check_devices(setup, groups, stop.get_token());
  EXPECT_EQ(compiled, std::set<int>{1});
}

TEST_F(CheckDevices, NamesDeviceAndModelOfALie) {
  on_compile = altering<Gemm>([](Gemm& op) { op.alpha *= 1.5F; });
  try {
    check_devices(setup, groups, stop.get_token());
    FAIL() << "a lie passes";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kDevice);
    EXPECT_EQ(std::string(error.what())
                  .find("cuda:0 (stand-in) does not compute '" + groups[0].runs[0].model.name +
                        "' correctly: forward product of"),
              0U)
        << error.what();
  }
}

}  // namespace
}  // namespace gpu_sweep::test
