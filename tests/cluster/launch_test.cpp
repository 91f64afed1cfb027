#include "engine/cluster/launch.h"

#include <gtest/gtest.h>

#include <map>

#include "engine/cluster/local_share.h"

namespace gpu_sweep {
namespace {

std::optional<Launch> launch(const std::map<std::string, std::string>& environment) {
  return find_launch([&](const char* name) -> const char* {
    const auto entry = environment.find(name);
    return entry == environment.end() ? nullptr : entry->second.c_str();
  });
}

TEST(FindLaunch, RecognizesLaunchersByTheirVariables) {
  const auto mpirun = launch({{"OMPI_COMM_WORLD_RANK", "2"}, {"OMPI_COMM_WORLD_SIZE", "3"}});
  ASSERT_TRUE(mpirun);
  EXPECT_EQ(mpirun->by, "mpirun");
  EXPECT_EQ(mpirun->rank, 2);
  EXPECT_EQ(mpirun->size, 3);
  const auto srun = launch({{"SLURM_PROCID", "0"}, {"SLURM_STEP_NUM_TASKS", "8"}});
  ASSERT_TRUE(srun);
  EXPECT_EQ(srun->by, "srun");
  EXPECT_TRUE(launch({{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}}));
}

TEST(FindLaunch, ASingleProcessIsNotAJob) {
  EXPECT_FALSE(launch({}));
  EXPECT_FALSE(launch({{"OMPI_COMM_WORLD_RANK", "0"}, {"OMPI_COMM_WORLD_SIZE", "1"}}));
  EXPECT_FALSE(launch({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "8"}}));  // as in a batch script, without srun
}

TEST(FindLaunch, NonsenseIsNotAJob) {
  for (const char* size : {"", "x", "2 ", "-2", "99999999999"}) {
    EXPECT_FALSE(launch({{"OMPI_COMM_WORLD_RANK", "0"}, {"OMPI_COMM_WORLD_SIZE", size}})) << size;
  }
  EXPECT_FALSE(launch({{"OMPI_COMM_WORLD_RANK", "3"}, {"OMPI_COMM_WORLD_SIZE", "3"}}));
}

std::vector<int> cores(int first, int count) {
  std::vector<int> result;
  for (int i = 0; i < count; ++i) result.push_back(first + i);
  return result;
}

TEST(LocalShare, CoresAreSharedAmongTheTrainingRanks) {
  const std::vector<LocalPeer> free = {
      {0, cores(0, 8)}, {1, cores(0, 8)}, {2, cores(0, 8)}, {3, cores(0, 8)}};
  EXPECT_EQ(local_share(free, 1).cores, 2);  // eight cores are divided among three training ranks
  EXPECT_EQ(local_share(free, 3).position, 2);
  EXPECT_EQ(local_share(free, 3).trainers, 3);
  const std::vector<LocalPeer> bound = {{0, {0}}, {1, {1}}, {2, {2, 3}}};
  EXPECT_EQ(local_share(bound, 1).cores, 1);
  EXPECT_EQ(local_share(bound, 2).cores, 2);
  const std::vector<LocalPeer> sockets = {
      {4, cores(0, 6)}, {5, cores(0, 6)}, {6, cores(6, 6)}, {7, cores(6, 6)}};
  EXPECT_EQ(local_share(sockets, 7).cores, 3);
}

TEST(LocalShare, MoreRanksThanCoresGetOneEach) {
  const std::vector<LocalPeer> crowded = {{1, {0}}, {2, {0}}, {3, {0}}};
  for (const int rank : {1, 2, 3}) EXPECT_EQ(local_share(crowded, rank).cores, 1);
}

TEST(DevicesOf, EveryDeviceIsUsedAndNoRankIsIdle) {
  const auto share = [](int position, int trainers) { return LocalShare{1, position, trainers}; };
  EXPECT_EQ(devices_of({0}, share(2, 3)), (std::vector<int>{0}));
  EXPECT_EQ(devices_of({0, 1}, share(2, 4)), (std::vector<int>{0}));
  EXPECT_EQ(devices_of({0, 1}, share(3, 4)), (std::vector<int>{1}));
  EXPECT_EQ(devices_of({4, 5, 6, 7, 8}, share(0, 2)), (std::vector<int>{4, 6, 8}));
  EXPECT_EQ(devices_of({4, 5, 6, 7, 8}, share(1, 2)), (std::vector<int>{5, 7}));
}

}  // namespace
}  // namespace gpu_sweep
