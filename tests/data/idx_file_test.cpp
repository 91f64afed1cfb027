#include "engine/data/idx_file.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/data/idx_fixture.h"

namespace gpu_sweep {
namespace {

using test::Bytes;
using test::error_of;
using test::gzip_bytes;
using test::idx_bytes;
using test::idx_images;
using test::idx_labels;

std::string decode_error(const Bytes& bytes, IdxKind kind) {
  return error_of(ExitCode::kData, [&] { decode_idx(bytes, kind, "f"); });
}

const std::string kTypes = "TT 08 (uint8), 09 (int8), 0b (int16), 0c (int32), 0d (float32), 0e (float64), ";
const std::string kImagesExpected =
    "an IDX file of images: 0x0000TTDD with type " + kTypes + "and DD dimensions, 02 or more";

TEST(IdxFile, PlainImages) {
  const IdxFile file = decode_idx(idx_images(3, 2, 5), IdxKind::kImages, "f");
  EXPECT_EQ(file.rows, 3);
  EXPECT_EQ(file.type, ElementType::kU8);
  EXPECT_EQ(file.shape, (std::vector<std::uint64_t>{3, 2, 5}));
  ASSERT_EQ(file.values.size(), 30u);
  EXPECT_EQ(file.values[29], 29);
}

TEST(IdxFile, EveryTypeCode) {
  const std::pair<std::uint32_t, ElementType> codes[] = {
      {0x08, ElementType::kU8},  {0x09, ElementType::kI8},  {0x0b, ElementType::kI16},
      {0x0c, ElementType::kI32}, {0x0d, ElementType::kF32}, {0x0e, ElementType::kF64}};
  for (const auto& [code, type] : codes) {
    const std::size_t width = size_of(type);
    const IdxFile images =
        decode_idx(idx_bytes({code << 8 | 2, 3, 4}, Bytes(12 * width)), IdxKind::kImages, "f");
    EXPECT_EQ(images.type, type);
    EXPECT_EQ(images.shape, (std::vector<std::uint64_t>{3, 4}));
    EXPECT_EQ(images.values.size(), 12 * width);
    EXPECT_EQ(decode_idx(idx_bytes({code << 8 | 1, 3}, Bytes(3 * width)), IdxKind::kLabels, "f").type, type);
  }
  EXPECT_EQ(decode_error(idx_bytes({0xe03, 2, 3, 4}, Bytes(191)), IdxKind::kImages),
            "f: 207 bytes, expected 208: the header says 2 x 3 x 4");
  EXPECT_EQ(decode_error(idx_bytes({0xa03, 2, 3, 4}, Bytes(24)), IdxKind::kImages),
            "f: magic number 0x00000a03, expected " + kImagesExpected);
}

TEST(IdxFile, PlainLabels) {
  const IdxFile file = decode_idx(idx_labels({4, 0, 255}), IdxKind::kLabels, "f");
  EXPECT_EQ(file.rows, 3);
  EXPECT_EQ(file.values, (Bytes{4, 0, 255}));
}

TEST(IdxFile, GzipDecodesToTheSameAndHashesTheUnpackedBytes) {
  const Bytes bytes = idx_images(40, 7, 9);
  const IdxFile plain = decode_idx(bytes, IdxKind::kImages, "f");
  const IdxFile packed = decode_idx(gzip_bytes(bytes), IdxKind::kImages, "f");
  EXPECT_EQ(packed.values, plain.values);
  EXPECT_EQ(packed.sha256, plain.sha256);
}

TEST(IdxFile, WrongMagic) {
  EXPECT_EQ(decode_error(idx_labels({1, 2}), IdxKind::kImages),
            "f: magic number 0x00000801 (IDX file of uint8 labels), expected " + kImagesExpected);
  EXPECT_EQ(decode_error(gzip_bytes(idx_images(1, 2, 2)), IdxKind::kLabels),
            "f: magic number 0x00000803 (IDX file of uint8 images), expected an IDX file of labels: "
            "0x0000TTDD with type " +
                kTypes + "and DD dimensions, 01, or 02 if one-hot");
  EXPECT_EQ(
      decode_error(idx_bytes({0xd01, 1}, {0, 0, 0, 0}), IdxKind::kImages),
      "f: magic number 0x00000d01 (IDX file of float32 values, 1 dimension), expected " + kImagesExpected);
  EXPECT_EQ(decode_error(idx_bytes({0x01020304, 1, 1, 1}, {0}), IdxKind::kImages),
            "f: magic number 0x01020304, expected " + kImagesExpected);
}

TEST(IdxFile, ShorterThanItsHeader) {
  EXPECT_EQ(decode_error({}, IdxKind::kLabels), "f: 0 bytes, expected an IDX header of 8 and the labels");
  EXPECT_EQ(decode_error(idx_bytes({0x803, 1, 2}, {}), IdxKind::kImages),
            "f: 12 bytes, expected an IDX header of 16 and the images");
}

TEST(IdxFile, PlainSizeDiffersFromHeader) {
  Bytes bytes = idx_images(2, 3, 3);
  bytes.pop_back();
  EXPECT_EQ(decode_error(bytes, IdxKind::kImages), "f: 33 bytes, expected 34: the header says 2 x 3 x 3");
  bytes.resize(36);
  EXPECT_EQ(decode_error(bytes, IdxKind::kImages), "f: 36 bytes, expected 34: the header says 2 x 3 x 3");
}

TEST(IdxFile, AFalseHeaderAllocatesNoMemory) {
  EXPECT_EQ(decode_error(idx_bytes({0x803, 0xffffffff, 28, 28}, {1}), IdxKind::kImages),
            "f: header says 4294967295 images of 784 bytes, expected at most 17179869184 bytes in all");
  EXPECT_EQ(decode_error(idx_bytes({0x803, 1, 0xffffffff, 0xffffffff}, {1}), IdxKind::kImages),
            "f: header says images of 4294967295 x 4294967295 pixels, expected at most 1048576");
  EXPECT_EQ(decode_error(idx_bytes({0x803, 1, 0, 28}, {}), IdxKind::kImages),
            "f: header says 1 images of 0 x 28, expected at least 1 of 1 x 1");
  EXPECT_EQ(decode_error(idx_bytes({0x801, 0}, {}), IdxKind::kLabels),
            "f: header says 0 labels, expected at least 1");
  const Bytes packed = gzip_bytes(idx_bytes({0x803, 20000000, 28, 28}, {1}));
  EXPECT_EQ(decode_error(packed, IdxKind::kImages),
            "f: " + std::to_string(packed.size()) +
                " bytes of gzip, expected them to unpack to 15680000016: too few");
}

TEST(IdxFile, TruncatedGzip) {
  Bytes packed = gzip_bytes(idx_images(50, 10, 10));
  packed.resize(packed.size() - 9);  // removes the 8 bytes of the trailer and one byte of the data
  const std::string message = decode_error(packed, IdxKind::kImages);
  EXPECT_TRUE(message.starts_with("f: gzip stream ends early, after ")) << message;
  EXPECT_TRUE(message.ends_with(" of 5016 bytes: truncated")) << message;
  packed.resize(4);
  EXPECT_EQ(decode_error(packed, IdxKind::kImages),
            "f: 0 bytes, expected an IDX header of 16 and the images");
}

TEST(IdxFile, EveryTruncationOfAGzipIsAnError) {
  const Bytes packed = gzip_bytes(idx_labels({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  for (std::size_t length = 0; length < packed.size(); ++length) {
    decode_error(Bytes(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(length)),
                 IdxKind::kLabels);
  }
}

TEST(IdxFile, DamagedGzip) {
  Bytes packed = gzip_bytes(idx_labels({0, 1, 2, 3, 4}));
  packed[packed.size() - 8] ^= 1;
  EXPECT_EQ(decode_error(packed, IdxKind::kLabels), "f: damaged gzip stream (incorrect data check)");
}

TEST(IdxFile, GzipOfAnotherLength) {
  Bytes bytes = idx_labels({0, 1, 2});
  bytes.push_back(3);
  EXPECT_EQ(decode_error(gzip_bytes(bytes), IdxKind::kLabels),
            "f: more than 11 bytes after decompression, expected 11");
  bytes.resize(9);
  EXPECT_EQ(decode_error(gzip_bytes(bytes), IdxKind::kLabels), "f: 9 bytes after decompression, expected 11");
}

TEST(IdxFile, BytesAfterTheGzipStream) {
  Bytes packed = gzip_bytes(idx_labels({0, 1, 2}));
  packed.insert(packed.end(), {1, 2, 3});
  EXPECT_EQ(decode_error(packed, IdxKind::kLabels),
            "f: 3 bytes after the end of the gzip stream, expected none");
}

Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// Returns a gzip file with several members, one for each part of `bytes`. `cuts` has the ends of the parts.
Bytes gzip_members(const Bytes& bytes, const std::vector<std::size_t>& cuts) {
  Bytes packed;
  std::size_t begin = 0;
  for (const std::size_t end : cuts) {
    const auto at = bytes.begin();
    packed = joined(packed, gzip_bytes(Bytes(at + static_cast<std::ptrdiff_t>(begin),
                                             at + static_cast<std::ptrdiff_t>(end))));
    begin = end;
  }
  return packed;
}

TEST(IdxFile, GzipOfSeveralMembers) {
  const Bytes bytes = idx_images(40, 7, 9);
  const IdxFile plain = decode_idx(bytes, IdxKind::kImages, "f");
  // The members end in the header, at the end of the header, and in the values. There are empty members at
  // the start, in the middle and at the end.
  for (const std::vector<std::size_t>& cuts : {std::vector<std::size_t>{1, 16, 17, 1000, bytes.size()},
                                               {0, 0, 900, 900, bytes.size(), bytes.size()}}) {
    const Bytes packed = gzip_members(bytes, cuts);
    const IdxFile file = decode_idx(packed, IdxKind::kImages, "f");
    EXPECT_EQ(file.values, plain.values);
    EXPECT_EQ(file.sha256, plain.sha256);
    EXPECT_EQ(decode_idx(joined(packed, Bytes(512)), IdxKind::kImages, "f").sha256, plain.sha256);
  }
}

TEST(IdxFile, ZerosMayPadAGzip) {
  const Bytes bytes = idx_labels({0, 1, 2});
  for (const std::size_t zeros : {1u, 2u, 511u, 100'000u}) {
    EXPECT_EQ(decode_idx(joined(gzip_bytes(bytes), Bytes(zeros)), IdxKind::kLabels, "f").values,
              (Bytes{0, 1, 2}));
  }
}

TEST(IdxFile, ADamagedSecondMember) {
  const Bytes bytes = idx_images(40, 7, 9);
  const Bytes whole = gzip_members(bytes, {900, bytes.size()});
  const std::size_t first = gzip_members(bytes, {900}).size();
  for (std::size_t length = first; length < whole.size(); ++length) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    const std::string message = decode_error(cut, IdxKind::kImages);
    // A single byte is not enough to recognize the start of a member.
    if (length == first) {
      EXPECT_EQ(message, "f: 900 bytes after decompression, expected 2536");
    } else if (length > first + 1) {
      EXPECT_TRUE(message.ends_with(" of 2536 bytes: truncated")) << message;
    }
  }
  Bytes broken = whole;
  broken[broken.size() - 8] ^= 1;
  EXPECT_EQ(decode_error(broken, IdxKind::kImages), "f: damaged gzip stream (incorrect data check)");
  Bytes padded = joined(joined(whole, Bytes(20)), {7});
  EXPECT_EQ(decode_error(padded, IdxKind::kImages),
            "f: 21 bytes after the end of the gzip stream, expected none");
  EXPECT_EQ(decode_error(joined(whole, gzip_bytes({1})), IdxKind::kImages),
            "f: more than 2536 bytes after decompression, expected 2536");
}

TEST(IdxFile, OtherContentIsNamed) {
  const auto bytes_of = [](const std::string& text) { return Bytes(text.begin(), text.end()); };
  const std::string expected = ", expected an IDX file of labels";
  const auto words = [&](const Bytes& bytes) { return decode_error(bytes, IdxKind::kLabels); };
  EXPECT_EQ(words(bytes_of("\n <!DOCTYPE html>\n<title>Sign in")),
            "f: an HTML page (a download that returned a page instead of the file)" + expected);
  EXPECT_EQ(words(bytes_of("version https://git-lfs.github.com/spec/v1\noid sha256:00\n")),
            "f: a Git LFS pointer (git lfs pull fetches the file itself)" + expected);
  EXPECT_EQ(words(bytes_of("PK\3\4....")), "f: a zip archive (unpack it)" + expected);
  EXPECT_EQ(words(bytes_of("\x93NUMPY\1")), "f: a NumPy array (.npy), not an IDX file" + expected);
  EXPECT_EQ(words(gzip_bytes(gzip_bytes(idx_labels({0, 1})))),
            "f: gzip of a gzip file (unpack it)" + expected);
  EXPECT_EQ(words(gzip_bytes(bytes_of("<html>"))),
            "f: gzip of an HTML page (a download that returned a page instead of the file)" + expected);
  Bytes tar(512);
  const std::string mark = "ustar";
  std::copy(mark.begin(), mark.end(), tar.begin() + 257);
  EXPECT_EQ(words(tar), "f: a tar archive (unpack it)" + expected);
  // A file that starts with the magic number of IDX is an IDX file, even if later bytes look like another
  // format.
  Bytes image = idx_images(1, 20, 20);
  std::copy(mark.begin(), mark.end(), image.begin() + 257);
  EXPECT_EQ(decode_idx(image, IdxKind::kImages, "f").rows, 1);
}

TEST(IdxFile, FilesThatAreNotRegular) {
  const test::TemporaryDirectory directory;
  const auto read_error = [](const std::filesystem::path& file) {
    return error_of(ExitCode::kData, [&] { read_idx(file, IdxKind::kLabels); });
  };
  EXPECT_EQ(read_error(directory / "none"), (directory / "none").string() + ": no such file");
  EXPECT_EQ(read_error(directory.path()), directory.path().string() + ": not a regular file");
}

}  // namespace
}  // namespace gpu_sweep
