#include "gpu_sweep/load_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/data/data_arrays.h"
#include "engine/data/data_names.h"
#include "engine/data/dataset_layout.h"
#include "engine/data/split.h"
#include "tests/data/array_fixture.h"
#include "tests/data/idx_fixture.h"
#include "tests/support/data_settings.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;
using test::Bytes;

constexpr const char* kDebianDirectory = "/usr/share/datasets/fashion-mnist";

/// A data set of 12 training images and 4 test images of 2 x 3 pixels, in three classes. Tests change its
/// files.
class LoadDataset : public testing::Test {
 protected:
  LoadDataset() {
    write("train-images-idx3-ubyte", test::idx_images(12, 2, 3));
    write("train-labels-idx1-ubyte", test::idx_labels({0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2}));
    write("t10k-images-idx3-ubyte", test::idx_images(4, 2, 3));
    write("t10k-labels-idx1-ubyte", test::idx_labels({2, 1, 0, 2}));
  }

  void write(const std::string& file, const Bytes& bytes) { test::write_bytes(directory_ / file, bytes); }

  Dataset load(const ClassSpec& classes = {}) { return load_dataset(directory_.path(), &remarks_, classes); }

  std::string load_error(const ClassSpec& classes = {}) {
    return test::error_of(ExitCode::kData, [&] { load(classes); });
  }

  std::string at(const std::string& file) { return (directory_ / file).string(); }

  test::TemporaryDirectory directory_;
  DataRemarks remarks_;
};

TEST_F(LoadDataset, OtherSetsAreDescribed) {
  const Dataset dataset = load();
  EXPECT_EQ(remarks_.notice, directory_.path().string() + ": 12 + 4 images of 2 x 3, 3 classes");
  EXPECT_THAT(remarks_.warnings, testing::Not(testing::Contains(testing::HasSubstr("Fashion"))));
  EXPECT_FALSE(dataset.is_fashion_mnist);
  EXPECT_EQ(dataset.classes, 3);
  EXPECT_EQ(dataset.class_names, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(dataset.directory, directory_.path().string());
}

TEST_F(LoadDataset, RowsAreInTheOrderOfTheSplit) {
  const Dataset dataset = load();
  const HeldOut split = hold_out(Bytes(12), HoldOut{}, "f", "validation");
  ASSERT_EQ(dataset[Split::kTrain].rows, 10);
  ASSERT_EQ(dataset[Split::kValidation].rows, 2);
  ASSERT_EQ(dataset[Split::kTest].rows, 4);
  for (std::size_t i = 0; i < split.kept.size(); ++i) {
    EXPECT_EQ(dataset[Split::kTrain].pixels.at(6 * i), 6 * split.kept[i]);
    EXPECT_EQ(dataset[Split::kTrain].pixels.at(6 * i + 5), 6 * split.kept[i] + 5);
    EXPECT_EQ(dataset[Split::kTrain].labels.at(i), split.kept[i] % 3);
  }
  EXPECT_EQ(dataset[Split::kValidation].pixels.at(6), 6 * split.held_out[1]);
  EXPECT_EQ(dataset[Split::kTest].labels, (Bytes{2, 1, 0, 2}));
}

TEST_F(LoadDataset, APoolKeepsTheOrderOfTheFile) {
  const Dataset pool = load_dataset(directory_.path(), &remarks_, {}, test::split_per_run());
  EXPECT_THAT(remarks_.warnings, testing::Not(testing::Contains(testing::HasSubstr("no image"))));
  ASSERT_EQ(pool[Split::kTrain].rows, 10);
  ASSERT_EQ(pool[Split::kValidation].rows, 2);
  for (std::size_t row = 0; row < 12; ++row) {
    const LabelledImages& split = pool[row < 10 ? Split::kTrain : Split::kValidation];
    EXPECT_EQ(split.pixels.at(6 * (row % 10)), 6 * row);
    EXPECT_EQ(split.labels.at(row % 10), row % 3);
  }
  EXPECT_EQ(pool.sha256, load().sha256);
}

TEST_F(LoadDataset, SettingsThatASplitPerRunExcludes) {
  DataSettings settings = test::split_per_run();
  const auto error = [&] {
    return test::error_of(ExitCode::kUsage,
                          [&] { load_dataset(directory_.path(), &remarks_, {}, settings); });
  };
  settings.normalize = Normalize::kStandardize;
  EXPECT_EQ(error(),
            "split: found \"per_run\" with normalize = \"standardize\", expected \"shared\": every run would "
            "need a mean and a deviation of its own training rows");
  settings = test::split_per_run();
  settings.validation = kNoRows;
  EXPECT_EQ(error(),
            "split: found \"per_run\" with validation = \"none\", expected rows held out for validation");
}

TEST_F(LoadDataset, FloatsOfAnIdxFile) {
  Bytes values;
  for (int i = 0; i < 24; ++i) values.insert(values.end(), {0x3f, 0xc0, 0, static_cast<std::uint8_t>(i)});
  write("t10k-images-idx3-ubyte",
        test::idx_bytes({0xd03, 4, 2, 3}, Bytes(values.begin(), values.begin() + 96)));
  Bytes train;
  for (int i = 0; i < 3; ++i) train.insert(train.end(), values.begin(), values.end());
  write("train-images-idx3-ubyte", test::idx_bytes({0xd03, 12, 2, 3}, train));
  const Dataset dataset = load();
  EXPECT_EQ(dataset.inputs, (InputFormat{InputType::kF32, 1.0f}));
  for (std::size_t i = 0; i < 24; ++i) {
    EXPECT_EQ(dataset[Split::kTest].floats.at(i), 1.5f + static_cast<float>(i) * 0x1p-23f) << "big-endian";
  }
}

TEST_F(LoadDataset, GzipGivesTheSameSet) {
  const Dataset plain = load();
  fs::remove(directory_ / "train-images-idx3-ubyte");
  write("train-images-idx3-ubyte.gz", test::gzip_bytes(test::idx_images(12, 2, 3)));
  const Dataset packed = load();
  EXPECT_EQ(packed.sha256, plain.sha256);
  EXPECT_EQ(packed[Split::kTrain].pixels, plain[Split::kTrain].pixels);
}

TEST_F(LoadDataset, ArraysInMemoryGiveTheSameSet) {
  const Dataset files = load();
  const auto values = [](const Bytes& file) {
    return std::vector<std::uint8_t>(file.begin() + 16, file.end());
  };
  const std::vector<std::uint8_t> x_train = values(test::idx_images(12, 2, 3)),
                                  x_test = values(test::idx_images(4, 2, 3));
  const std::vector<std::uint8_t> y_train = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};
  const auto y_test = test::bytes_of<std::int64_t>({2, 1, 0, 2});
  const DataArrays arrays = {npy_in_memory("x_train", {ElementType::kU8}, {12, 2, 3}, x_train),
                             npy_in_memory("y_train", {ElementType::kU8}, {12}, y_train),
                             npy_in_memory("x_test", {ElementType::kU8}, {4, 2, 3}, x_test),
                             npy_in_memory("y_test", {ElementType::kI64}, {4}, y_test),
                             {},
                             {}};
  const Dataset dataset = make_dataset(arrays, "arrays", &remarks_);
  EXPECT_EQ(dataset.directory, "arrays");
  for (const Split split : kAllSplits) {
    EXPECT_EQ(dataset[split].pixels, files[split].pixels);
    EXPECT_EQ(dataset[split].labels, files[split].labels);
  }
  EXPECT_EQ(idx_hashes(arrays), files.sha256);
  // This is the hash of the file that NumPy writes for y_test.
  EXPECT_EQ(dataset.sha256[3], "6325f85d8eb503099d10819067ce1b8af8cd1cf00f1c8808fc323a8dd25ca4fc");
}

TEST_F(LoadDataset, OnlyByteImagesWithPlainLabelsHaveHashesOfIdxFiles) {
  const std::vector<std::uint8_t> bytes(8), labels = {0, 1};
  const auto hashes = [&](ElementFormat format, std::vector<std::uint64_t> shape,
                          std::vector<std::uint64_t> label_shape) {
    const DataArray x = npy_in_memory("x", format, std::move(shape), bytes);
    const DataArray y = npy_in_memory("y", {ElementType::kU8}, std::move(label_shape), labels);
    return idx_hashes({x, y, x, y, {}, {}});
  };
  EXPECT_TRUE(hashes({ElementType::kU8}, {2, 2, 2}, {2}));
  EXPECT_FALSE(hashes({ElementType::kU8}, {2, 4}, {2}));
  EXPECT_FALSE(hashes({ElementType::kI8}, {2, 2, 2}, {2}));
  EXPECT_FALSE(hashes({ElementType::kU8}, {2, 2, 2}, {1, 2})) << "one-hot";
  EXPECT_FALSE(hashes({ElementType::kU8}, {0, 2, 2}, {2}));
}

TEST_F(LoadDataset, CountMismatch) {
  write("t10k-labels-idx1-ubyte", test::idx_labels({2, 1, 0}));
  EXPECT_EQ(load_error(), at("t10k-labels-idx1-ubyte") + ": 3 labels, expected 4, one for each image of " +
                              at("t10k-images-idx3-ubyte"));
}

TEST_F(LoadDataset, ImageSizesDiffer) {
  write("t10k-images-idx3-ubyte", test::idx_images(4, 3, 2));
  EXPECT_EQ(load_error(), at("t10k-images-idx3-ubyte") + ": images of 3 x 2, expected 2 x 3 as in " +
                              at("train-images-idx3-ubyte"));
}

TEST_F(LoadDataset, TestLabelOutOfRange) {
  write("t10k-labels-idx1-ubyte", test::idx_labels({2, 1, 3, 4}));
  EXPECT_EQ(load_error(),
            at("t10k-labels-idx1-ubyte") + ": label 3 at row 2, expected 0 to 2, as in the training labels");
}

TEST_F(LoadDataset, OneClass) {
  write("train-labels-idx1-ubyte", test::idx_labels(Bytes(12)));
  EXPECT_EQ(load_error(),
            at("train-labels-idx1-ubyte") + ": every label is 0, expected at least two classes");
}

TEST_F(LoadDataset, OneImage) {
  write("train-images-idx3-ubyte", test::idx_images(1, 2, 3));
  write("train-labels-idx1-ubyte", test::idx_labels({1}));
  EXPECT_EQ(load_error(),
            at("train-images-idx3-ubyte") + ": 1 image, expected at least 2: one is held out for validation");
}

TEST_F(LoadDataset, MissingFile) {
  fs::remove(directory_ / "t10k-images-idx3-ubyte");
  EXPECT_EQ(load_error(), directory_.path().string() +
                              ": t10k-images-idx3-ubyte (or .gz) is missing, expected four IDX files, a .npz "
                              "archive, a folder of .npy arrays or a .csv table");
}

TEST_F(LoadDataset, ClassesComeFromLabelsWhateverTheSizes) {
  Bytes train_labels(60000), test_labels(10000);
  write("train-images-idx3-ubyte", test::gzip_bytes(test::idx_images(60000, 28, 28)));
  write("t10k-images-idx3-ubyte", test::gzip_bytes(test::idx_images(10000, 28, 28)));
  for (const int classes : {2, 11}) {
    for (std::size_t i = 0; i < train_labels.size(); ++i)
      train_labels[i] = static_cast<std::uint8_t>(i % classes);
    for (std::size_t i = 0; i < test_labels.size(); ++i)
      test_labels[i] = static_cast<std::uint8_t>(i % classes);
    write("train-labels-idx1-ubyte", test::idx_labels(train_labels));
    write("t10k-labels-idx1-ubyte", test::idx_labels(test_labels));
    EXPECT_EQ(load().classes, classes);
    EXPECT_THAT(remarks_.warnings, testing::IsEmpty());
    EXPECT_THAT(remarks_.notice, testing::EndsWith(": 60000 + 10000 images of 28 x 28, " +
                                                   std::to_string(classes) + " classes"));
  }
}

TEST_F(LoadDataset, RequestedClasses) {
  const Dataset four = load({4, {}});
  EXPECT_EQ(four.classes, 4);
  EXPECT_EQ(four.label_classes, 3);
  EXPECT_THAT(four.class_names, testing::ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(remarks_.warnings, testing::Not(testing::Contains(testing::HasSubstr("class 3"))))
      << "a class that was asked for may have no image";
  EXPECT_THAT(load({3, {"x", "y", "z"}}).class_names, testing::ElementsAre("x", "y", "z"));
  EXPECT_EQ(load_error({2, {}}),
            at("train-labels-idx1-ubyte") + ": label 2 at row 2, expected 0 to 1, because classes is 2");
  EXPECT_THAT(load_error({2, {"x", "y"}}),
              testing::EndsWith("expected 0 to 1, because class_names has 2 names"));
  write("train-labels-idx1-ubyte", test::idx_labels({0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0}));
  EXPECT_EQ(load({3, {}}).classes, 3) << "label 2 is among the test labels alone";
  EXPECT_THAT(remarks_.warnings,
              testing::ElementsAre(testing::StartsWith(directory_.path().string() +
                                                       ": class 2 has no image in the train split; ")));
}

TEST_F(LoadDataset, LabelsThatStartFromOne) {
  write("train-labels-idx1-ubyte", test::idx_labels({1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}));
  write("t10k-labels-idx1-ubyte", test::idx_labels({1, 2, 3, 1}));
  EXPECT_EQ(load().classes, 4);
  EXPECT_THAT(
      remarks_.warnings,
      testing::Contains(at("train-labels-idx1-ubyte") +
                        ": labels from 1 to 3, none is 0: 4 outputs are trained, one of them without any "
                        "image"));
}

TEST_F(LoadDataset, LabelsThatLeaveOthersOut) {
  write("train-labels-idx1-ubyte", test::idx_labels({0, 2, 5, 0, 2, 5, 0, 2, 5, 0, 2, 5}));
  write("t10k-labels-idx1-ubyte", test::idx_labels({0, 2, 5, 0}));
  load();
  EXPECT_THAT(
      remarks_.warnings,
      testing::Contains(at("train-labels-idx1-ubyte") +
                        ": classes 1, 3 and 4 have no image in any split, though the largest label is 5"));
}

TEST_F(LoadDataset, AClassOnlyInSomeSplits) {
  write("t10k-labels-idx1-ubyte", test::idx_labels({2, 0, 0, 2}));
  load({3, {"cat", "dog", "cow"}});
  EXPECT_THAT(remarks_.warnings,
              testing::Contains(testing::EndsWith("class 1 (dog) has no image in the test split")));
}

TEST_F(LoadDataset, EveryImageOfOneClass) {
  write("train-labels-idx1-ubyte", test::idx_labels(Bytes(12, 5)));
  write("t10k-labels-idx1-ubyte", test::idx_labels(Bytes(4, 5)));
  load();
  EXPECT_THAT(remarks_.warnings, testing::ElementsAre(at("train-labels-idx1-ubyte") +
                                                      ": only one class: every label in all splits is 5"));
}

TEST_F(LoadDataset, AnotherDataSetNamedFashionMnist) {
  for (const char* name : {"fashion-mnist", "FashionMNIST/raw", "data/Fashion_MNIST"}) {
    const fs::path place = directory_ / name;
    fs::create_directories(place);
    for (const char* file : kDataFileNames) fs::copy_file(directory_ / file, place / file);
    load_dataset(place, &remarks_);
    EXPECT_THAT(remarks_.warnings, testing::Contains(testing::HasSubstr(": not Fashion-MNIST (sha256 ")))
        << name;
  }
}

TEST_F(LoadDataset, PackedBytesFollowTheLayout) {
  const Dataset dataset = load();
  const DatasetLayout layout = dataset_layout(dataset);
  EXPECT_EQ(layout.features, 6);
  EXPECT_EQ(layout.classes, 3);
  EXPECT_EQ(layout.bytes, 6u * 256);
  const std::vector<std::byte> bytes = pack(dataset, layout);
  ASSERT_EQ(bytes.size(), layout.bytes);
  std::uint64_t next = 0;
  for (const Split split : kAllSplits) {
    EXPECT_EQ(layout[split].rows, dataset[split].rows);
    for (const auto& [tensor, values] : {std::pair{layout[split].pixels, dataset[split].pixels},
                                         std::pair{layout[split].labels, dataset[split].labels}}) {
      EXPECT_EQ(tensor.space, Space::kDataset);
      EXPECT_EQ(tensor.replica_stride, 0u);
      EXPECT_EQ(tensor.offset, next);
      const std::size_t place = values.empty() ? 0 : 256;  // there are no judging rows
      next += place;
      for (std::size_t i = 0; i < place; ++i) {
        EXPECT_EQ(std::to_integer<int>(bytes[tensor.offset + i]), i < values.size() ? values[i] : 0) << i;
      }
    }
  }
}

TEST(FashionMnist, DebianPackageByHash) {
  if (!fs::exists(kDebianDirectory)) GTEST_SKIP() << "NOT TESTED: dataset-fashion-mnist is not installed";
  DataRemarks remarks{"?", {"?"}};
  const Dataset dataset = load_dataset(kDebianDirectory, &remarks);
  EXPECT_EQ(remarks.notice, "");
  EXPECT_THAT(remarks.warnings, testing::IsEmpty());
  EXPECT_TRUE(dataset.is_fashion_mnist);
  EXPECT_EQ(dataset.classes, 10);
  EXPECT_EQ(dataset.features(), 784);
  EXPECT_EQ(dataset.class_names.at(9), "ankle boot");
  EXPECT_EQ(dataset[Split::kTrain].rows, 50000);
  EXPECT_EQ(dataset[Split::kValidation].rows, 10000);
  EXPECT_EQ(dataset[Split::kTest].rows, 10000);
  EXPECT_EQ(dataset[Split::kTrain].pixels.size(), 50000u * 784);
  const auto& labels = dataset[Split::kTest].labels;
  for (int k = 0; k < 10; ++k) EXPECT_EQ(std::count(labels.begin(), labels.end(), k), 1000) << k;
}

}  // namespace
}  // namespace gpu_sweep
