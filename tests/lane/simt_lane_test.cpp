// The CUDA lane on the stand-in for a GPU (tests/simt/README.md): memory, captures while other lanes work,
// graph nodes, downloads, and lost or several devices.
#include <cuda_runtime_api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "engine/lane/out_of_memory.h"
#include "engine/program/builders.h"
#include "tests/simt/simt.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

/// A lane, together with the data set, the layout and the memory of a small group.
struct Site {
  explicit Site(const Backend& backend, int device = 0) : lane(backend.make_lane(device, {})) {
    layout = group_layout(group.shape, sizes, group.replicas, 4, true, lane->shuffle_scratch_bytes(2, 8));
    data = lane->allocate(sizes.bytes);
    arena = lane->allocate(layout.arena_bytes);
  }

  CompiledProgram compile(const Program& program) { return lane->compile(program, data, arena, 1); }

  static ModelSpec model() {
    ModelSpec model;
    model.hidden = {4, 4};
    model.batch_size = 4;
    model.epochs = 1;
    return model;
  }

  Dataset dataset = synthetic_dataset(8, 4, 4, 2);
  DatasetLayout sizes = dataset_layout(dataset);
  GroupSpec group = group_of_runs(dataset, {{model(), 1, {}}}, 2);
  std::unique_ptr<Lane> lane;  // declared before the buffers, so that it is destroyed after them
  GroupLayout layout;
  Buffer data;
  Buffer arena;
};

class SimtLane : public testing::Test {
 protected:
  void SetUp() override { simt::set_seed(3); }
  void TearDown() override {
    EXPECT_THAT(simt::take_violations(), testing::IsEmpty());
    simt::set_memory_bytes(std::size_t{4} << 30);
    simt::set_device_count(1);
  }
};

TEST_F(SimtLane, ProductsWithoutMemoryForTheirCodeAreOutOfMemory) {
  Site site(load_backend("simt"));
  const std::size_t taken = (std::size_t{4} << 30) - site.lane->free_bytes();
  simt::set_memory_bytes(taken + 1024);
  EXPECT_THROW(site.compile(build_train_step(site.layout)), OutOfMemory);
  simt::set_memory_bytes(std::size_t{4} << 30);
  EXPECT_NO_THROW(site.compile(build_train_step(site.layout)));  // the lane is still usable
}

TEST_F(SimtLane, AGraphThatFindsNoMemoryIsOutOfMemoryWhenItIsCompiled) {
  Site site(load_backend("simt"));
  const Program step = build_train_step(site.layout);
  site.compile(step);  // from now on, everything that is loaded at first use is loaded
  const std::size_t taken = (std::size_t{4} << 30) - site.lane->free_bytes();
  simt::set_memory_bytes(taken + 1024);
  EXPECT_THAT([&] { site.compile(step); },
              testing::ThrowsMessage<OutOfMemory>(testing::HasSubstr("uploading a graph")));
  simt::set_memory_bytes(std::size_t{4} << 30);
  const CompiledProgram compiled = site.compile(step);
  simt::set_memory_bytes(0);  // the lane already has all the memory it needs
  site.lane->run(compiled, 2);
  EXPECT_NO_THROW(site.lane->wait());
}

TEST_F(SimtLane, CompilingNeedsNoSecondArena) {
  Site site(load_backend("simt"));
  simt::set_memory_bytes((std::size_t{4} << 30) - site.lane->free_bytes() + site.layout.arena_bytes / 2);
  site.compile(build_train_step(site.layout));
  EXPECT_THROW(site.lane->allocate(site.layout.arena_bytes), OutOfMemory);
  EXPECT_NO_THROW(site.lane->allocate(site.layout.arena_bytes / 4));  // the lane is still usable
}

TEST_F(SimtLane, AGroupsMemoryIsKeptForTheNextOne) {
  const Backend backend = load_backend("simt");
  const std::unique_ptr<Lane> lane = backend.make_lane(0, {});
  const std::uint64_t all = lane->free_bytes();
  const std::vector<std::byte> ones(4096, std::byte{1});
  const std::byte* first = nullptr;
  {
    const Buffer arena = lane->allocate(4096);
    first = arena.data();
    lane->upload(arena, 0, ones);
  }                                    // freed while its work is unfinished
  EXPECT_EQ(lane->free_bytes(), all);  // the memory kept for reuse counts as free
  {
    const Buffer smaller = lane->allocate(3000);
    EXPECT_EQ(smaller.data(), first);  // reused: the stand-in never gives new memory an old address
    std::vector<std::byte> found(3000, std::byte{2});
    lane->download(smaller, 0, found);
    EXPECT_THAT(found, testing::Each(std::byte{0}));
    const Buffer second = lane->allocate(4096);
    EXPECT_NE(second.data(), first);
  }
  EXPECT_EQ(lane->free_bytes(), all);
  EXPECT_NE(lane->allocate(1000).data(), first);  // a small request does not get a whole arena
  EXPECT_NE(lane->allocate(8192).data(), first);  // a larger request gets new memory
  EXPECT_EQ(lane->free_bytes(), all);
}

TEST_F(SimtLane, KeptBlocksAreFreedBeforeMemoryRunsShort) {
  constexpr std::size_t kMemory = std::size_t{256} << 20;
  simt::set_memory_bytes(kMemory);
  const Backend backend = load_backend("simt");
  const std::unique_ptr<Lane> lane = backend.make_lane(0, {});
  const std::unique_ptr<Lane> other = backend.make_lane(0, {});
  const std::uint64_t all = lane->free_bytes();
  other->allocate(all / 2);
  {
    const Buffer most = lane->allocate(all / 2 + 4096);
    EXPECT_EQ(most.bytes(), all / 2 + 4096);
  }
  EXPECT_EQ(lane->free_bytes(), all);
  Site site(backend);
  const Program step = build_train_step(site.layout);
  site.compile(step);
  other->allocate(64 << 10);
  simt::set_memory_bytes(kMemory - site.lane->free_bytes() + (64 << 10));
  EXPECT_NO_THROW(site.compile(step));  // there is enough memory for the step's graph
}

TEST_F(SimtLane, ADestroyedLaneFreesTheBlockItKept) {
  const Backend backend = load_backend("simt");
  std::size_t free_bytes = 0, total = 0;
  ASSERT_EQ(cudaMemGetInfo(&free_bytes, &total), cudaSuccess);
  const std::size_t before = free_bytes;
  backend.make_lane(0, {})->allocate(4096);
  ASSERT_EQ(cudaMemGetInfo(&free_bytes, &total), cudaSuccess);
  EXPECT_EQ(free_bytes, before);
}

TEST_F(SimtLane, ALaneMayWorkAndWaitWhileAnotherIsCaptured) {
  const Backend backend = load_backend("simt");
  Site worker(backend);
  Site compiler(backend);
  const CompiledProgram step = worker.compile(build_train_step(worker.layout));
  std::atomic<bool> done = false;
  std::exception_ptr error;
  std::thread thread([&] {
    try {
      std::vector<std::byte> bytes(64);
      while (!done) {
        worker.lane->upload(worker.arena, 0, bytes);
        worker.lane->run(step, 1);
        worker.lane->download(worker.arena, 0, bytes);
        worker.lane->wait();
        const Buffer other = worker.lane->allocate(256);
        worker.lane->shuffle_scratch_bytes(2, 8);
        backend.make_lane(0, {});
      }
    } catch (...) {
      error = std::current_exception();
    }
  });
  for (int i = 0; i < 10; ++i) {
    EXPECT_NO_THROW(compiler.compile(build_train_step(compiler.layout)));
    EXPECT_NO_THROW(compiler.compile(build_begin_epoch(compiler.layout)));
  }
  done = true;
  thread.join();
  EXPECT_FALSE(error);
}

TEST_F(SimtLane, NodesThatLibrariesAddAreNamed) {
  Site site(load_backend("simt"));
  const ReplayedNodes begin = site.compile(build_begin_epoch(site.layout)).nodes();
  EXPECT_THAT(begin.several,
              testing::ElementsAre("shuffle: draw_keys, fill, kernel of a library, take_indices"));
  // On the stand-in, a product sometimes becomes three nodes.
  const Program step = build_train_step(site.layout);
  bool added = false;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    simt::set_seed(seed);
    const ReplayedNodes nodes = site.compile(step).nodes();
    EXPECT_EQ(nodes.count, static_cast<int>(step.ops.size() + 2 * nodes.several.size()));
    for (const std::string& line : nodes.several) {
      EXPECT_THAT(line,
                  testing::MatchesRegex("gemm_[a-z_]*: fill, kernel of a library, kernel of a library"));
      added = true;
    }
  }
  EXPECT_TRUE(added);
}

TEST_F(SimtLane, NodesOfRepeatsAreCountedAndNamedOnce) {
  Site site(load_backend("simt"));
  const ReplayedNodes once = site.compile(build_begin_epoch(site.layout)).nodes();
  const ReplayedNodes thrice =
      site.lane->compile(build_begin_epoch(site.layout), site.data, site.arena, 3).nodes();
  EXPECT_EQ(thrice.count, 3 * once.count);
  EXPECT_EQ(thrice.several, once.several);
}

TEST_F(SimtLane, ALostDeviceIsAClearErrorForEveryLaneOnIt) {
  {
    const Backend backend = load_backend("simt");
    Site site(backend);
    const CompiledProgram step = site.compile(build_train_step(site.layout));
    simt::lose_device_after(5);
    site.lane->run(step, 1);
    const auto lost = testing::ThrowsMessage<Error>(
        testing::HasSubstr("simt:0 (SIMT stand-in) is lost, nothing runs on it any more: "));
    EXPECT_THAT([&] { site.lane->wait(); }, lost);
    EXPECT_THAT([&] { site.lane->allocate(16); }, lost);
    EXPECT_THAT([&] { backend.make_lane(0, {}); }, lost);
  }
  EXPECT_THAT(simt::take_violations(), testing::ElementsAre(testing::HasSubstr("the device is lost")));
}

/// The data is larger than the staging buffer, and some of the parts extend beyond the end of this buffer.
TEST_F(SimtLane, ADownloadOfManyPartsIsComplete) {
  const Backend backend = load_backend("simt");
  const std::unique_ptr<Lane> lane = backend.make_lane(0, {});
  std::vector<std::uint32_t> values(std::size_t{5} << 19);  // 10 MiB
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint32_t>(i);
  const Buffer buffer = lane->allocate(values.size() * 4);
  lane->upload(buffer, 0, std::as_bytes(std::span(values)));
  std::vector<std::uint32_t> found(values.size(), 0);
  std::vector<Part> parts;
  constexpr std::size_t kPart = 300'001;
  for (std::size_t i = 0; i < found.size(); i += kPart) {
    parts.push_back(
        {i * 4, std::as_writable_bytes(std::span(found).subspan(i, std::min(kPart, found.size() - i)))});
  }
  lane->download(buffer, parts);
  EXPECT_EQ(found, values);
}

TEST_F(SimtLane, ADownloadFromALostDeviceThrowsAndNeverWritesToItsDestination) {
  {
    const Backend backend = load_backend("simt");
    const std::unique_ptr<Lane> lane = backend.make_lane(0, {});
    const Buffer buffer = lane->allocate(256);
    simt::lose_device_after(1);
    std::vector<std::byte> to(256, std::byte{5});
    EXPECT_THROW(lane->download(buffer, 0, to), Error);
    EXPECT_THROW(lane->wait(), Error);
    EXPECT_THAT(to, testing::Each(std::byte{5}));
  }
  EXPECT_THAT(simt::take_violations(), testing::ElementsAre(testing::HasSubstr("the device is lost")));
}

TEST_F(SimtLane, EachDeviceHasItsOwnMemory) {
  simt::set_device_count(2);
  const Backend backend = load_backend("simt");
  ASSERT_EQ(backend.devices.size(), 2U);
  EXPECT_EQ(backend.devices[1].id, "simt:1");
  const std::uint64_t all = backend.make_lane(1, {})->free_bytes();
  Site first(backend, 0);
  Site second(backend, 1);
  EXPECT_LT(second.lane->free_bytes(), all);
  EXPECT_EQ(first.lane->free_bytes(), second.lane->free_bytes());
  for (Site* site : {&first, &second}) {
    const CompiledProgram step = site->compile(build_train_step(site->layout));
    site->lane->run(step, 3);
  }
  EXPECT_NO_THROW(first.lane->wait());
  EXPECT_NO_THROW(second.lane->wait());
}

}  // namespace
}  // namespace gpu_sweep::test
