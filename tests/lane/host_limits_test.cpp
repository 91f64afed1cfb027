#include "engine/lane/host_limits.h"

#include <gtest/gtest.h>

#include "engine/lane/host_memory.h"
#include "tests/end_to_end/address_space_limit.h"
#include "tests/support/error_of.h"
#include "tests/support/files.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::write_file;

class ControlGroups : public testing::Test {
 protected:
  MemoryRoom room(const std::string& membership) {
    write_file(directory_ / "cgroup", membership);
    return control_group_room(directory_ / "cgroup", directory_ / "fs");
  }

  void group(const std::string& path, const std::string& file, const std::string& text) {
    fs::create_directories(directory_ / "fs" / path);
    write_file(directory_ / "fs" / path / file, text);
  }

  test::TemporaryDirectory directory_;
};

TEST_F(ControlGroups, WithoutAnyThereIsNoLimit) {
  EXPECT_EQ(control_group_room(directory_ / "none", directory_ / "none").bytes, UINT64_MAX);
  group("a", "memory.max", "max\n");
  group("a", "memory.current", "5000\n");
  EXPECT_EQ(room("0::/a\n").bytes, UINT64_MAX);
}

TEST_F(ControlGroups, ReclaimableFilePagesAreFree) {
  group("a", "memory.max", "10000\n");
  group("a", "memory.current", "9000\n");
  EXPECT_EQ(room("0::/a\n").bytes, 1000u);
  group("a", "memory.stat", "anon 4000\nfile 5000\ninactive_file 2000\nactive_file 3000\n");
  const MemoryRoom found = room("0::/a\n");
  EXPECT_EQ(found.bytes, 3000u);
  EXPECT_EQ(found.limit, "the limit of 10000 bytes on the control group (" +
                             (directory_ / "fs/a/memory.max").string() + ")");
  group("a", "memory.current", "20000\n");
  EXPECT_EQ(room("0::/a\n").bytes, 0u);
}

TEST_F(ControlGroups, AnEnclosingGroupLimitsItToo) {
  group("job", "memory.max", "600\n");
  group("job", "memory.current", "500\n");
  group("job/step", "memory.max", "1000\n");
  group("job/step", "memory.current", "400\n");
  EXPECT_EQ(room("0::/job/step\n").bytes, 100u);
}

TEST_F(ControlGroups, OfTheFirstVersion) {
  group("memory/slurm", "memory.limit_in_bytes", "8000\n");
  group("memory/slurm", "memory.usage_in_bytes", "7000\n");
  group("memory/slurm", "memory.stat", "total_inactive_file 500\n");
  EXPECT_EQ(room("12:pids:/x\n4:memory:/slurm\n0::/\n").bytes, 1500u);
}

class HostMemory : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "NOT TESTED: sanitizers take more address space than these limits";
#endif
  }
};

TEST_F(HostMemory, TheLimitOnAddressSpaceIsNamed) {
  const std::uint64_t bytes = std::uint64_t{1} << 40;
  std::string message, probed;
  std::uint64_t room = 0;
  {
    const test::AddressSpaceLimit limit(rlim_t{1} << 39);
    room = host_memory_room().bytes;
    message = error_of(ExitCode::kDevice, [&] { allocate_host_buffer(bytes); });
    probed = error_of(ExitCode::kDevice, [&] { require_address_space(bytes); });
  }
  EXPECT_LE(room, rlim_t{1} << 39);
  EXPECT_TRUE(message.starts_with("out of memory on cpu: 1099511627776 bytes asked for, ")) << message;
  EXPECT_TRUE(probed.starts_with("out of memory on cpu: 1099511627776 bytes asked for, ")) << probed;
}

TEST_F(HostMemory, WhatIsLeftIsLessThanTheLimit) {
  const std::uint64_t machine = host_memory_room().bytes;
  const test::AddressSpaceLimit limit(rlim_t{1} << 31);
  const MemoryRoom room = host_memory_room();
  if (machine < (std::uint64_t{1} << 31))
    GTEST_SKIP() << "NOT TESTED: this machine has less memory than the limit";
  EXPECT_LT(room.bytes, std::uint64_t{1} << 31);
  EXPECT_EQ(room.limit, "the limit of 2147483648 bytes on the process's address space (ulimit -v)");
}

}  // namespace
}  // namespace gpu_sweep
