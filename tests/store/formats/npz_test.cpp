#include "engine/store/formats/npz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <ctime>
#include <stdexcept>

#include "tests/data/idx_fixture.h"
#include "tests/store/formats/zip_fixture.h"

namespace gpu_sweep {
namespace {

using test::Bytes;
using test::stored;
using test::zip_bytes;
using test::ZipEntry;

const NpyArray kArray = npy_array({2}, std::vector<float>{1, 2});

std::string parse_error(const Bytes& bytes) {
  return test::error_of(ExitCode::kData, [&] { parse_npz(bytes, "f"); });
}

/// Compresses with raw deflate: gzip without its header of 10 bytes and its trailer of 8.
Bytes deflated(const Bytes& bytes) {
  const Bytes gzip = test::gzip_bytes(bytes);
  return Bytes(gzip.begin() + 10, gzip.end() - 8);
}

TEST(Npz, RoundTrip) {
  const NpyArray other = npy_array({2, 2}, std::vector<double>{1, 2, 3, 4});
  const NpzArrays arrays = parse_npz(format_npz({{"z", kArray}, {"dense_0/kernel", other}}), "f");
  EXPECT_EQ(arrays, (NpzArrays{{"z", kArray}, {"dense_0/kernel", other}}));
  EXPECT_EQ(parse_npz(zip_bytes({stored("a.npy", format_npy(kArray))}), "f"), (NpzArrays{{"a", kArray}}));
}

TEST(Npz, DeflatedArraysAreRead) {
  const Bytes npy = format_npy(kArray);
  ZipEntry entry = stored("a.npy", npy);
  entry.packed = deflated(npy);
  entry.method = 8;
  EXPECT_EQ(parse_npz(zip_bytes({entry}), "f"), (NpzArrays{{"a", kArray}}));
}

TEST(Npz, BytesDependOnlyOnTheArrays) {
  const Bytes bytes = format_npz({{"a", kArray}, {"b", kArray}});
  setenv("TZ", "Asia/Tokyo", 1);
  tzset();
  EXPECT_EQ(format_npz({{"a", kArray}, {"b", kArray}}), bytes);
  unsetenv("TZ");
  tzset();
  EXPECT_NE(format_npz({{"b", kArray}, {"a", kArray}}), bytes);
}

TEST(Npz, NotAnArchive) {
  EXPECT_EQ(parse_error({1, 2, 3}), "f: damaged or not a .npz archive (Not a zip archive)");
  Bytes cut = format_npz({{"a", kArray}});
  cut.erase(cut.end() - 5, cut.end());
  EXPECT_TRUE(parse_error(cut).starts_with("f: damaged or not a .npz archive ("));
}

TEST(Npz, NamesThatLeaveTheArchive) {
  const Bytes npy = format_npy(kArray);
  for (const char* name :
       {"../a.npy", "/a.npy", "a/../b.npy", "a//b.npy", "a\\b.npy", "./a.npy", "a\nb.npy"}) {
    EXPECT_EQ(parse_error(zip_bytes({stored("ok.npy", npy), stored(name, npy)})),
              "f: entry 1 of the archive has a name that no array may have")
        << name;
  }
}

TEST(Npz, EntriesThatAreNoArrays) {
  EXPECT_EQ(parse_error(zip_bytes({stored("readme.txt", {1})})),
            "f: entry readme.txt is no array, expected a name that ends in .npy");
  EXPECT_EQ(parse_error(zip_bytes({stored("a.npy", {1})})),
            "f: a: not a .npy array: the magic bytes \\x93NUMPY are missing");
}

TEST(Npz, DuplicateName) {
  const Bytes npy = format_npy(kArray);
  EXPECT_EQ(parse_error(zip_bytes({stored("a.npy", npy), stored("a.npy", npy)})),
            "f: damaged or not a .npz archive (File already exists)");
}

TEST(Npz, FalseSize) {
  ZipEntry entry = stored("a.npy", format_npy(kArray));
  entry.size = 0xfffffff0;
  EXPECT_EQ(parse_error(zip_bytes({entry})),
            "f: entry a.npy says that 136 bytes unpack to 4294967280: impossible");
  ZipEntry shorter = stored("a.npy", format_npy(kArray));
  shorter.packed = deflated(format_npy(kArray));
  shorter.method = 8;
  shorter.size -= 1;
  EXPECT_EQ(parse_error(zip_bytes({shorter})),
            "f: entry a.npy unpacks to another number of bytes than the 135 it says");
}

TEST(Npz, BombsTakeNoMemory) {
  const Bytes zeros = deflated(Bytes(8 << 20));  // 8 MiB in about 8 KiB
  std::vector<ZipEntry> entries(
      600, {.name = "", .packed = zeros, .size = 8 << 20, .crc = 0, .method = 8, .flags = 0});
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i].name = std::to_string(i) + ".npy";
  EXPECT_EQ(parse_error(zip_bytes(entries)),
            "f: unpacks to 5033164800 bytes or more, expected at most 4294967296");
}

TEST(Npz, OneEntryBeyondTheLimitIsRefusedToo) {
  const Bytes zeros = deflated(Bytes(8 << 20));
  const ZipEntry bomb{.name = "a.npy", .packed = zeros, .size = 8 << 20, .crc = 0, .method = 8, .flags = 0};
  EXPECT_EQ(test::error_of(ExitCode::kData, [&] { parse_npz(zip_bytes({bomb}), "f", (8 << 20) - 1); }),
            "f: unpacks to 8388608 bytes or more, expected at most 8388607");
  EXPECT_THAT(test::error_of(ExitCode::kData, [&] { parse_unpacked_npz(zip_bytes({bomb}), "f"); }),
              ::testing::StartsWith("f: unpacks to "));
}

TEST(Npz, DamagedEncryptedOrPackedOtherwise) {
  ZipEntry entry = stored("a.npy", format_npy(kArray));
  entry.crc ^= 1;
  EXPECT_EQ(parse_error(zip_bytes({entry})), "f: entry a.npy is damaged: CRC error");
  entry = stored("a.npy", format_npy(kArray));
  entry.flags = 1;
  EXPECT_EQ(parse_error(zip_bytes({entry})), "f: entry a.npy is encrypted");
  entry = stored("a.npy", format_npy(kArray));
  entry.method = 12;
  EXPECT_EQ(parse_error(zip_bytes({entry})), "f: entry a.npy is packed by method 12, expected 0 or 8");
}

TEST(Npz, ListsThatAreNoArchive) {
  EXPECT_THROW(format_npz({}), std::invalid_argument);
  EXPECT_THROW(format_npz({{"a", kArray}, {"a", kArray}}), std::invalid_argument);
  EXPECT_THROW(format_npz({{"../a", kArray}}), std::invalid_argument);
}

TEST(Npz, WritingReplacesTheWholeFileAndLeavesNothingElse) {
  const test::TemporaryDirectory directory;
  write_npz(directory / "a.npz", {{"a", kArray}});
  write_npz(directory / "a.npz", {{"b", kArray}});
  EXPECT_EQ(read_npz(directory / "a.npz"), (NpzArrays{{"b", kArray}}));
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory.path())) ++files;
  EXPECT_EQ(files, 1);
}

TEST(Npz, WhereItCannotBeWritten) {
  const test::TemporaryDirectory directory;
  const auto write_error = [](const std::filesystem::path& file) {
    return test::error_of(ExitCode::kOutput, [&] { write_npz(file, {{"a", kArray}}); });
  };
  const std::filesystem::path missing = directory / "none/a.npz";
  EXPECT_EQ(write_error(missing), "cannot write " + missing.string() + ": No such file or directory");
  std::filesystem::create_directory(directory / "d.npz");
  EXPECT_EQ(write_error(directory / "d.npz"),
            "cannot write " + (directory / "d.npz").string() + ": Is a directory");
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory.path())) ++files;
  EXPECT_EQ(files, 1);
}

}  // namespace
}  // namespace gpu_sweep
