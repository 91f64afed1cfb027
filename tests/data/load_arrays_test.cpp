// Data sets of .npy arrays, in a folder or in a .npz archive.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/data/split.h"
#include "gpu_sweep/find_data.h"
#include "gpu_sweep/load_dataset.h"
#include "tests/data/array_fixture.h"
#include "tests/support/data_settings.h"

namespace gpu_sweep {
namespace {

using test::Bytes;
using test::bytes_of;
using test::npy_bytes;
using testing::ElementsAre;

/// A data set of 12 training rows and 4 test rows in three classes. A row has 2 x 3 numbers, which count up.
class LoadArrays : public testing::Test {
 protected:
  LoadArrays() {
    files_ = {
        {"x_train.npy", npy_bytes("<f4", {12, 2, 3}, bytes_of<float>(counting(72)))},
        {"y_train.npy", npy_bytes("<i8", {12}, bytes_of<std::int64_t>({0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2}))},
        {"x_test.npy", npy_bytes("<f4", {4, 2, 3}, bytes_of<float>(counting(24)))},
        {"y_test.npy", npy_bytes("|u1", {4, 1}, {2, 1, 0, 2})}};
  }

  static std::vector<double> counting(int count) {
    std::vector<double> values(static_cast<std::size_t>(count));
    std::iota(values.begin(), values.end(), 0);
    return values;
  }

  Bytes& file(const std::string& name) {
    const auto found = std::ranges::find(files_, name, &std::pair<std::string, Bytes>::first);
    return found != files_.end() ? found->second : files_.emplace_back(name, Bytes{}).second;
  }

  void copy_file(const std::string& from, const std::string& to) {
    const Bytes bytes = file(from);  // a copy, because adding a file moves the others
    file(to) = bytes;
  }

  Dataset load(const DataSettings& settings = {}, const Standardization* kept = nullptr) {
    for (const auto& [name, bytes] : files_) test::write_bytes(directory_ / name, bytes);
    return load_dataset(directory_.path(), &remarks_, {}, settings, kept);
  }

  Dataset load_npz(bool deflate) {
    test::write_zip(directory_ / "data.npz", files_, deflate);
    return load_dataset(directory_ / "data.npz", &remarks_);
  }

  std::string load_error(const DataSettings& settings = {}, ExitCode code = ExitCode::kData) {
    return test::error_of(code, [&] { load(settings); });
  }

  std::string at(const std::string& name) { return (directory_ / name).string(); }

  test::TemporaryDirectory directory_;
  test::NamedFiles files_;
  DataRemarks remarks_;
};

TEST_F(LoadArrays, AFolderOfFloats) {
  const Dataset dataset = load();
  EXPECT_EQ(find_data(directory_.path().string()), directory_.path());
  EXPECT_EQ(remarks_.notice, directory_.path().string() + ": 12 + 4 images of 2 x 3, 3 classes");
  EXPECT_EQ(dataset.inputs, (InputFormat{InputType::kF32, 1.0f}));
  EXPECT_FALSE(dataset.has_images()) << "floats cannot be drawn";
  EXPECT_EQ(dataset.height, 2);
  EXPECT_EQ(dataset.width, 3);
  EXPECT_EQ(dataset.settings, DataSettings{});
  const HeldOut split = hold_out(Bytes(12), HoldOut{}, "f", "validation");
  ASSERT_EQ(dataset[Split::kTrain].rows, 10);
  for (std::size_t i = 0; i < split.kept.size(); ++i) {
    EXPECT_EQ(dataset[Split::kTrain].floats.at(6 * i + 5), static_cast<float>(6 * split.kept[i] + 5));
    EXPECT_EQ(dataset[Split::kTrain].labels.at(i), split.kept[i] % 3);
  }
  EXPECT_EQ(dataset[Split::kValidation].floats.at(6), static_cast<float>(6 * split.held_out[1]));
  EXPECT_EQ(dataset[Split::kTest].floats.at(23), 23.0f);
  EXPECT_EQ(dataset[Split::kTest].labels, (Bytes{2, 1, 0, 2}));
  EXPECT_TRUE(dataset[Split::kTest].pixels.empty());
}

TEST_F(LoadArrays, AMisspelledArrayInAFolderIsRefused) {
  file("notes.npy") = {1};  // a file that is not meant for this program
  load();
  copy_file("x_test.npy", "x_val.npy");
  EXPECT_EQ(load_error(), directory_.path().string() +
                              ": unknown array x_val, expected x_train, y_train, x_test, y_test and maybe "
                              "x_valid, y_valid");
}

/// A file that cannot be looked up may exist, so it must not be reported as a missing array.
TEST_F(LoadArrays, AnArrayThatCannotBeLookedUpIsNamedWithTheReason) {
  const auto unread = [&](const std::string& name) {
    load();
    std::filesystem::remove(at(name));
    std::filesystem::create_symlink(name, at(name));  // a link to itself
    const std::string line =
        test::error_of(ExitCode::kData, [&] { load_dataset(directory_.path(), &remarks_); });
    std::filesystem::remove(at(name));
    return line;
  };
  const std::string reason = "Too many levels of symbolic links";
  EXPECT_EQ(unread("x_test.npy"), at("x_test.npy") + ": cannot be looked up: " + reason);
  EXPECT_EQ(unread("x_train.npy"), at("x_train.npy") + ": cannot be looked up: " + reason);
  copy_file("x_test.npy", "x_valid.npy");
  copy_file("y_test.npy", "y_valid.npy");
  EXPECT_EQ(unread("y_valid.npy"), at("y_valid.npy") + ": cannot be looked up: " + reason);
}

TEST_F(LoadArrays, AnArchiveStoredOrDeflatedGivesTheSame) {
  const Dataset folder = load();
  for (const bool deflate : {false, true}) {
    const Dataset archive = load_npz(deflate);
    EXPECT_EQ(archive.sha256, folder.sha256);
    EXPECT_EQ(archive[Split::kTrain].floats, folder[Split::kTrain].floats);
    EXPECT_EQ(archive[Split::kTest].labels, folder[Split::kTest].labels);
  }
}

struct TypeCase {
  const char* name;
  Bytes (*write)(const std::vector<double>&, bool big_endian);
};

constexpr TypeCase kTypes[] = {
    {"i1", bytes_of<std::int8_t>},   {"u2", bytes_of<std::uint16_t>}, {"i2", bytes_of<std::int16_t>},
    {"u4", bytes_of<std::uint32_t>}, {"i4", bytes_of<std::int32_t>},  {"u8", bytes_of<std::uint64_t>},
    {"i8", bytes_of<std::int64_t>},  {"f4", bytes_of<float>},         {"f8", bytes_of<double>}};

TEST_F(LoadArrays, EveryTypeOrderAndEndianness) {
  const std::vector<float> expected = load()[Split::kTest].floats;
  // In Fortran order, the row index varies fastest, followed by the first index within a row.
  std::vector<double> fortran;
  for (int j = 0; j < 3; ++j) {
    for (int i = 0; i < 2; ++i) {
      for (int row = 0; row < 4; ++row) fortran.push_back(row * 6 + i * 3 + j);
    }
  }
  for (const TypeCase& type : kTypes) {
    for (const bool big_endian : {false, true}) {
      SCOPED_TRACE(testing::Message() << type.name << (big_endian ? ", big-endian" : ""));
      const std::string name = std::string(big_endian ? ">" : "<") + type.name;
      file("x_test.npy") = npy_bytes(name, {4, 2, 3}, type.write(counting(24), big_endian));
      EXPECT_EQ(load()[Split::kTest].floats, expected);
      file("x_test.npy") = npy_bytes(name, {4, 2, 3}, type.write(fortran, big_endian), true);
      EXPECT_EQ(load()[Split::kTest].floats, expected);
    }
  }
  file("x_test.npy") = npy_bytes("<f2", {4, 1}, {0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x7b});
  file("x_train.npy") = npy_bytes("|b1", {12, 1}, {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0});
  EXPECT_THAT(load()[Split::kTest].floats, ElementsAre(1.0f, -2.0f, 0x1p-24f, 65504.0f));
}

TEST_F(LoadArrays, BytesStayBytes) {
  file("x_train.npy") = npy_bytes("|u1", {12, 2, 3}, bytes_of<std::uint8_t>(counting(72)));
  file("x_test.npy") = npy_bytes("|u1", {4, 2, 3}, bytes_of<std::uint8_t>(counting(24)), true);
  const Dataset dataset = load();
  EXPECT_EQ(dataset.inputs, InputFormat{});
  EXPECT_TRUE(dataset.has_images());
  EXPECT_TRUE(dataset[Split::kTest].floats.empty());
  EXPECT_THAT(std::span(dataset[Split::kTest].pixels).first(6), ElementsAre(0, 8, 16, 4, 12, 20));
  EXPECT_EQ(load(test::normalized(Normalize::kNone)).inputs, (InputFormat{InputType::kU8, 1.0f}));
  const DataSettings scale = test::normalized(Normalize::kScale);
  EXPECT_EQ(load(scale).settings, DataSettings{}) << "the default of bytes";
  file("x_test.npy") = npy_bytes("<f4", {4, 2, 3}, bytes_of<float>(counting(24)));
  EXPECT_EQ(load_error(),
            at("x_test.npy") + ": values of float32, expected uint8 as in " + at("x_train.npy"));
}

TEST_F(LoadArrays, AValidationSetOfItsOwn) {
  const Dataset without = load();
  file("x_valid.npy") = npy_bytes("<f8", {2, 2, 3}, bytes_of<double>(counting(12)));
  file("y_valid.npy") = npy_bytes("|u1", {2}, {2, 0});
  const Dataset dataset = load();
  EXPECT_EQ(dataset[Split::kTrain].rows, 12);
  EXPECT_EQ(dataset[Split::kTrain].floats.at(71), 71.0f);
  EXPECT_EQ(dataset[Split::kValidation].labels, (Bytes{2, 0}));
  EXPECT_EQ(dataset[Split::kValidation].floats.at(11), 11.0f);
  EXPECT_NE(dataset.sha256[0], without.sha256[0]) << "part of the identity";
  EXPECT_NE(dataset.sha256[1], without.sha256[1]);
  EXPECT_EQ(load_error(test::validated_on(HoldOut{0.5, 0, false}), ExitCode::kUsage),
            "validation: found a share of rows, expected no such key, because there is " + at("x_valid.npy"));
  std::filesystem::remove(directory_ / "y_valid.npy");
  files_.pop_back();
  EXPECT_EQ(load_error(),
            directory_.path().string() +
                ": no array y_valid, expected x_train, y_train, x_test and y_test (and x_valid and "
                "y_valid for a validation set of its own)");
}

TEST_F(LoadArrays, JudgingRowsAreHeldOutBeforeValidationRows) {
  const HoldOut judge{0.25, 3, true};
  const Dataset dataset = load(test::judged_on(judge));
  EXPECT_EQ(dataset.settings.judge, judge);
  std::vector<std::uint8_t> labels;
  for (std::uint8_t row = 0; row < 12; ++row) labels.push_back(row % 3);
  const auto rows_of = [&](Split split) {
    std::vector<std::int32_t> rows;
    for (int i = 0; i < dataset[split].rows; ++i) {
      rows.push_back(static_cast<std::int32_t>(dataset[split].floats.at(6 * static_cast<std::size_t>(i))) /
                     6);
      EXPECT_EQ(dataset[split].labels.at(static_cast<std::size_t>(i)), rows.back() % 3);
    }
    return rows;
  };
  const HeldOut first = hold_out(labels, judge, "f", "judge");
  EXPECT_EQ(rows_of(Split::kJudging), first.held_out);
  std::vector<std::int32_t> others = first.kept;
  std::ranges::sort(others);
  std::vector<std::int32_t> validation;
  for (const std::int32_t place : hold_out(Bytes(9), HoldOut{}, "f", "validation").held_out)
    validation.push_back(others[static_cast<std::size_t>(place)]);
  EXPECT_EQ(rows_of(Split::kValidation), validation);
  EXPECT_EQ(dataset[Split::kTrain].rows, 7);
  EXPECT_EQ(dataset[Split::kTest].rows, 4);
  EXPECT_EQ(dataset.sha256, load().sha256) << "the files are the same";
  EXPECT_EQ(load()[Split::kJudging].rows, 0);

  DataSettings more = test::judged_on(judge);
  more.validation = kNoRows;
  const Dataset without = load(more);
  EXPECT_EQ(without[Split::kTrain].rows, 9) << "all others, in the order of the file";
  EXPECT_EQ(without[Split::kTrain].floats.at(0), 6.0f * static_cast<float>(others[0]));
  more.validation.reset();
  more.split = SplitPolicy::kPerRun;
  EXPECT_THAT(load_error(more, ExitCode::kUsage),
              testing::HasSubstr("found \"per_run\" with judge, expected"));
  EXPECT_THAT(load_error(test::judged_on(HoldOut{0.99})),
              testing::HasSubstr("12 of 12 rows held out for judge, expected at least one row in each part"));
}

TEST_F(LoadArrays, OneHotLabels) {
  std::vector<double> one_hot(12 * 4);
  for (std::size_t row = 0; row < 12; ++row) one_hot[row * 4 + row % 3] = 1;
  file("y_train.npy") = npy_bytes("<f4", {12, 4}, bytes_of<float>(one_hot));
  const Dataset dataset = load();
  EXPECT_EQ(dataset.classes, 4) << "one per column";
  EXPECT_EQ(dataset.label_classes, 3);
  const HeldOut split = hold_out(Bytes(12), HoldOut{}, "f", "validation");
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(dataset[Split::kTrain].labels[i], split.kept[i] % 3);
  one_hot[6] = 1;
  file("y_train.npy") = npy_bytes("<f4", {12, 4}, bytes_of<float>(one_hot));
  EXPECT_EQ(load_error(),
            at("y_train.npy") + ": a second 1 at row 1, column 2, expected one 1 and zeros in each row");
  one_hot[6] = one_hot[5] = 0;
  file("y_train.npy") = npy_bytes("<f4", {12, 4}, bytes_of<float>(one_hot));
  EXPECT_EQ(load_error(), at("y_train.npy") + ": no 1 at row 1, expected one in each row");
}

TEST_F(LoadArrays, WhatIsRefused) {
  const test::NamedFiles good = files_;
  const double inf = std::numeric_limits<double>::infinity();
  std::vector<double> values = counting(24);
  values[7] = inf;
  std::vector<double> beyond = counting(24);
  beyond[23] = -1e39;
  const std::vector<std::pair<std::pair<std::string, Bytes>, std::string>> cases = {
      {{"x_test.npy", npy_bytes("<f4", {4, 2, 3}, bytes_of<float>(values))},
       "found inf at row 1, column 1, expected a finite number of at most 3.4e38 (float32)"},
      {{"x_test.npy", npy_bytes("<f8", {4, 2, 3}, bytes_of<double>(beyond))},
       "found -1e+39 at row 3, column 5, expected a finite number of at most 3.4e38 (float32)"},
      {{"x_test.npy", npy_bytes("<f8", {4, 1}, bytes_of<double>({0, 1, 2, 3}))},
       "images of 1, expected 2 x 3 as in " + at("x_train.npy")},
      {{"y_test.npy", npy_bytes("|u1", {3}, {0, 1, 2})},
       "3 labels, expected 4, one for each image of " + at("x_test.npy")},
      {{"x_test.npy", npy_bytes("<f4", {4, 2, 3}, bytes_of<float>(counting(23)))},
       "92 bytes of values, expected 96 for 4 x 2 x 3 values of float32"},
      {{"x_test.npy", npy_bytes("<c8", {4, 2, 3}, Bytes(192))},
       "values of type <c8, expected bool, int8 to int64, uint8 to uint64 or float16 to float64 (pickled "
       "objects "
       "are never read)"},
      {{"x_test.npy", npy_bytes("<f4", {2000000000, 1000000}, {})},
       "2000000000 rows of 1000000 values, expected at most 17179869184 values in all"},
      {{"x_test.npy", npy_bytes("<f4", {2, 2000000}, {})},
       "rows of 2000000 values, expected at most 1048576"},
      {{"x_test.npy", npy_bytes("<f4", {0, 3}, {})}, "shape 0 x 3, expected no size of 0"},
      {{"x_test.npy", {1, 2, 3}}, "not a .npy array: the magic bytes \\x93NUMPY are missing"},
      {{"y_test.npy", npy_bytes("<i2", {4}, bytes_of<std::int16_t>({0, 1, -1, 2}))},
       "label -1 at row 2, expected a whole number from 0 to 255"},
      {{"y_test.npy", npy_bytes("<f8", {4}, bytes_of<double>({0, 1.5, 1, 2}))},
       "label 1.5 at row 1, expected a whole number from 0 to 255"},
      {{"y_test.npy", npy_bytes("|u1", {4, 1, 1}, {0, 1, 2, 0})},
       "shape 4 x 1 x 1, expected labels [rows] or one-hot [rows, classes] with at most 256 classes"},
      {{"y_test.npy", npy_bytes("|u1", {4}, {0, 1, 2, 3})},
       "label 3 at row 3, expected 0 to 2, as in the training labels"},
      {{"y_test.npy", npy_bytes("|u1", {4, 4}, {1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0})},
       "one-hot labels of 4 columns, expected at most 3, as in the training labels"},
  };
  for (const auto& [change, message] : cases) {
    files_ = good;
    file(change.first) = change.second;
    EXPECT_EQ(load_error(), at(change.first) + ": " + message);
  }
  files_ = good;
  EXPECT_EQ(load_error(test::normalized(Normalize::kScale), ExitCode::kUsage),
            "normalize: found \"scale\" for float32 of " + at("x_train.npy") +
                ", expected \"standardize\" or \"none\" (scale divides bytes by 255)");
  EXPECT_EQ(load_error(test::with_target("species"), ExitCode::kUsage),
            "target: found a value, expected none, because " + at("x_train.npy") + " is no table");
}

TEST_F(LoadArrays, ArchivesThatAreRefused) {
  const std::string npz = at("data.npz");
  const auto error = [&] { return test::error_of(ExitCode::kData, [&] { load_npz(true); }); };
  files_.emplace_back("x_more.npy", npy_bytes("|u1", {1}, {0}));
  EXPECT_EQ(error(),
            npz +
                ": unknown array x_more, expected x_train, y_train, x_test, y_test and maybe x_valid, "
                "y_valid");
  files_.pop_back();
  file("x_test.npy").pop_back();
  EXPECT_EQ(error(), npz + ": x_test: 95 bytes of values, expected 96 for 4 x 2 x 3 values of float32");
  test::write_bytes(npz, {'P', 'K', 3, 4});
  EXPECT_THAT(test::error_of(ExitCode::kData, [&] { load_dataset(npz, &remarks_); }),
              testing::StartsWith(npz + ": damaged or not a .npz archive ("));
}

TEST_F(LoadArrays, ADamagedArchiveIsFoundWhereverTheByteIs) {
  load_npz(false);
  std::ifstream stream(at("data.npz"), std::ios::binary);
  const Bytes whole((std::istreambuf_iterator<char>(stream)), {});
  const std::string damaged = at("damaged.npz");
  const auto values = std::ranges::search(whole, file("x_train.npy")).begin() - whole.begin();
  for (const std::ptrdiff_t place : {values + 200, values + 300}) {
    Bytes bytes = whole;
    bytes[static_cast<std::size_t>(place)] ^= 1;
    test::write_bytes(damaged, bytes);
    EXPECT_THAT(test::error_of(ExitCode::kData, [&] { load_dataset(damaged, &remarks_); }),
                testing::HasSubstr(": entry x_train.npy is damaged: "));
  }
  for (std::size_t length = 0; length < whole.size(); length += 97) {
    test::write_bytes(damaged, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
    test::error_of(ExitCode::kData, [&] { load_dataset(damaged, &remarks_); });
  }
}

TEST_F(LoadArrays, StandardizedByTheTrainingRows) {
  std::vector<double> train;
  for (int row = 0; row < 12; ++row) {
    for (int j = 0; j < 6; ++j) train.push_back(j == 2 ? 0.1 : row * row * 0.5 + j);
  }
  file("x_train.npy") = npy_bytes("<f8", {12, 6}, bytes_of<double>(train));
  file("x_test.npy") = npy_bytes("<f8", {4, 6}, bytes_of<double>(counting(24)));
  const Dataset plain = load();
  const DataSettings settings = test::normalized(Normalize::kStandardize);
  const Dataset dataset = load(settings);
  EXPECT_EQ(dataset.settings, settings);
  ASSERT_TRUE(dataset.standardization);
  for (std::size_t j = 0; j < 6; ++j) {
    double sum = 0, squares = 0;
    for (std::size_t row = 0; row < 10; ++row) sum += plain[Split::kTrain].floats[row * 6 + j];
    for (std::size_t row = 0; row < 10; ++row) {
      const double apart = plain[Split::kTrain].floats[row * 6 + j] - sum / 10;
      squares += apart * apart;
    }
    const double deviation = j == 2 ? 1 : std::sqrt(squares / 10);
    for (const Split split : kAllSplits) {
      const std::vector<float>& before = plain[split].floats;
      for (std::size_t i = j; i < before.size(); i += 6) {
        EXPECT_NEAR(dataset[split].floats[i], (before[i] - sum / 10) / deviation, 1e-5)
            << to_string(split) << i;
      }
    }
  }
  for (std::size_t i = 2; i < 60; i += 6)
    EXPECT_EQ(dataset[Split::kTrain].floats[i], 0.0f) << "constant column";

  const Standardization kept = {std::vector<double>(6, 3), std::vector<double>(6, 0.5)};
  EXPECT_EQ(load(settings, &kept)[Split::kTest].floats.at(5), 1.0f) << "(5 - 3) * 0.5";
}

TEST_F(LoadArrays, BytesThatAreStandardizedBecomeFloats) {
  file("x_train.npy") = npy_bytes("|u1", {12, 2, 3}, bytes_of<std::uint8_t>(counting(72)));
  file("x_test.npy") = npy_bytes("|u1", {4, 2, 3}, bytes_of<std::uint8_t>(counting(24)));
  const Dataset dataset = load(test::normalized(Normalize::kStandardize));
  EXPECT_EQ(dataset.inputs, (InputFormat{InputType::kF32, 1.0f}));
  double sum = 0;
  for (const float value : dataset[Split::kTrain].floats) sum += value;
  EXPECT_NEAR(sum, 0, 1e-5);
}

TEST_F(LoadArrays, ValidationRowsAsStated) {
  const DataSettings settings = test::validated_on(HoldOut{0.25, 3, true});
  const Dataset dataset = load(settings);
  EXPECT_EQ(dataset.settings, settings);
  EXPECT_EQ(dataset[Split::kTrain].rows, 9);
  Bytes labels = dataset[Split::kValidation].labels;
  std::ranges::sort(labels);
  EXPECT_EQ(labels, (Bytes{0, 1, 2}));
  EXPECT_EQ(load(test::validated_on(HoldOut{})).settings, DataSettings{}) << "the default";
}

}  // namespace
}  // namespace gpu_sweep
