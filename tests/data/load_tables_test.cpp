// Data sets that are CSV tables.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "gpu_sweep/load_dataset.h"
#include "tests/data/idx_fixture.h"
#include "tests/support/data_settings.h"

namespace gpu_sweep {
namespace {

using test::Bytes;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kTable =
    "length,kind,width\n"
    "1.5,oak,-2\n2.5,ash,+3e1\n3.5,\"elm, old\",0\n4.5,oak,1\n5.5,ash,2\n6.5,oak,3\n7.5,ash,4\n8.5,oak,5\n"
    "9.5,\"elm, old\",6\n10.5,oak,7\n11.5,ash,8\n12.5,oak,9\n";

class LoadTables : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const std::filesystem::path file = directory_ / name;
    const Bytes bytes(text.begin(), text.end());
    test::write_bytes(file, name.ends_with(".gz") ? test::gzip_bytes(bytes) : bytes);
    return file.string();
  }

  Dataset load(const std::string& place, DataSettings settings = {}, const ClassSpec& classes = {}) {
    if (settings.target.empty()) settings.target = "kind";
    return load_dataset(place, &remarks_, classes, settings);
  }

  std::string error(const std::string& text, const ClassSpec& classes = {}) {
    const std::string file = write("t.csv", text);
    const std::string line = test::error_of(ExitCode::kData, [&] { load(file, {}, classes); });
    EXPECT_TRUE(line.starts_with(file)) << line;
    return line.substr(std::min(file.size(), line.size()));
  }

  test::TemporaryDirectory directory_;
  DataRemarks remarks_;
};

TEST_F(LoadTables, OneTable) {
  const std::string file = write("trees.csv", kTable);
  const Dataset dataset = load(file);
  EXPECT_EQ(remarks_.notice, file + ": 10 + 2 rows of 2 values, 3 classes");
  EXPECT_THAT(dataset.class_names, ElementsAre("ash", "elm, old", "oak"));
  EXPECT_EQ(dataset.height, 1);
  EXPECT_EQ(dataset.width, 2);
  EXPECT_EQ(dataset.settings, test::with_target("kind"));
  EXPECT_EQ(dataset[Split::kTest].rows, 2) << "a sixth";
  EXPECT_EQ(dataset[Split::kValidation].rows, 2);
  EXPECT_EQ(dataset[Split::kTrain].rows, 8);
  // Every row must occur exactly once, together with its label.
  std::vector<float> lengths;
  for (const Split split : kAllSplits) {
    const LabelledImages& rows = dataset[split];
    for (std::size_t i = 0; i < rows.labels.size(); ++i) {
      lengths.push_back(rows.floats[2 * i]);
      const bool elm = lengths.back() == 3.5f || lengths.back() == 9.5f;
      EXPECT_EQ(rows.labels[i] == 1, elm);
    }
  }
  std::ranges::sort(lengths);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(lengths.at(i), 1.5f + static_cast<float>(i));
  EXPECT_EQ(load(write("trees.csv.gz", kTable)).sha256, dataset.sha256);
  EXPECT_EQ(load(file, test::tested_on(HoldOut{0.5, 1, true}))[Split::kTest].rows, 6);
}

TEST_F(LoadTables, TrainingAndTestTables) {
  write("train.csv", kTable);
  write("test.csv.gz", "length,kind,width\n7,elm,1\n");
  const std::string place = directory_.path().string();
  EXPECT_EQ(test::error_of(ExitCode::kData, [&] { load(place); }),
            place + "/test.csv.gz, line 2: found the class 'elm', expected one of those of " + place +
                "/train.csv");
  write("test.csv.gz", "length,kind,width\n7,oak,1\n8,ash,2\n");
  const Dataset dataset = load(place);
  EXPECT_THAT(dataset[Split::kTest].floats, ElementsAre(7, 1, 8, 2));
  EXPECT_EQ(dataset[Split::kTest].labels, (Bytes{2, 0}));
  EXPECT_EQ(dataset[Split::kTrain].rows, 10);
  EXPECT_EQ(test::error_of(ExitCode::kUsage,
                           [&] {
                             load(place, test::tested_on(HoldOut{0.5, 0, false}));
                           }),
            "test: found a share of rows, expected none, because there is " + place + "/test.csv.gz");
  write("test.csv.gz", "width,kind,length\n7,oak,1\n");
  EXPECT_EQ(test::error_of(ExitCode::kData, [&] { load(place); }),
            place + "/test.csv.gz: found the column 'width', expected 'length' in its place as in " + place +
                "/train.csv");
}

TEST_F(LoadTables, ClassesInTheirOrder) {
  std::string text = "a,kind\n";
  for (int i = 0; i < 12; ++i) text += std::to_string(i) + "," + std::to_string(8 + i) + "\n";
  EXPECT_THAT(load(write("numbers.csv", text)).class_names,
              ElementsAre("8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19"));
  const std::string file = write("trees.csv", kTable);
  EXPECT_THAT(load(file, {}, {4, {"oak", "elm, old", "ash", "fir"}})[Split::kTest].labels.size(), 2u);
  EXPECT_EQ(error(kTable, {2, {"oak", "ash"}}),
            ", line 4: found the class 'elm, old', expected one of class_names");
}

TEST_F(LoadTables, LabelsThatDifferInBlanksAreOneClassAndNamed) {
  const std::string file = write("t.csv", "a,kind\n1, x \n2,y\n3,x\n4,y \n5,y\n6,x\n7,\"y\"\n");
  EXPECT_THAT(load(file).class_names, ElementsAre("x", "y"));
  EXPECT_THAT(
      remarks_.warnings,
      Contains(file + ", line 4: column 'kind': 'x' and, in line 2, ' x ' are one class: blanks around "
                      "a cell count in quotes only"));
  const std::string same = write("same.csv", "a, kind\n1, x\n2, y\n3, x\n4, y\n5, y\n6, x\n");
  load(same);
  EXPECT_THAT(remarks_.warnings, Not(Contains(HasSubstr("one class"))));
  const std::string quoted = write("quoted.csv", "a,kind\n1,\"x \"\n2,x\n3,x\n4,\"x \"\n5,x\n6,\"x \"\n");
  EXPECT_THAT(load(quoted).class_names, ElementsAre("x", "x "));
  EXPECT_THAT(remarks_.warnings, Not(Contains(HasSubstr("one class"))));
}

TEST_F(LoadTables, RemarksSpeakOfRows) {
  load(write("t.csv", "a,kind\n1,x\n2,y\n3,y\n4,y\n5,y\n6,y\n"));
  EXPECT_THAT(remarks_.warnings,
              Contains(testing::ContainsRegex("class 0 \\(x\\) has no row in the .* split$")));
}

TEST_F(LoadTables, WhatIsRefused) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ": found no line, expected a table with a header line"},
      {"a,kind\n", ": found a header line only, expected rows"},
      {"kind\nx\n", ": found one column, expected the target and at least one column of numbers"},
      {"a,b,kind\n1,2,x\n1,two,x\n", ", line 3: column 'b': found 'two', expected a number"},
      {"a,b,kind\n1,2,x\n1,,x\n",
       ", line 3: column 'b': found nothing, expected a number (missing values are not filled in)"},
      {"a,kind\nNA,x\n", ", line 2: column 'a': found 'NA', expected a number"},
      {"a,kind\n1,x\nnan,y\n",
       ", line 3: column 'a': found 'nan', expected a finite number of at most 3.4e38 (float32)"},
      {"a,kind\n1e999,x\n",
       ", line 2: column 'a': found '1e999', expected a finite number of at most 3.4e38 (float32)"},
      {"a,kind\n1e39,x\n",
       ", line 2: column 'a': found '1e39', expected a finite number of at most 3.4e38 (float32)"},
      {"a,kind\n1,\n", ", line 2: column 'kind': found nothing, expected a class"},
      {"a,kind\n1,x,2\n", ", line 2: found 3 cells, expected 2 as in the header"},
      {"a,a,kind\n1,1,x\n", ", line 1: found two columns 'a', expected different names"},
      {"a,kind\n1,x\n2,x\n3,x\n4,x\n", ": every label is 'x', expected at least two classes"},
      {"a,kind\n1,x\n2,y\n",
       ": 1 row besides those held out for the test, expected at least 2: one is held "
       "out for validation"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(error(text), message);
  std::string many = "a,kind\n";
  for (int i = 0; i < 257; ++i) many += "1,w" + std::to_string(i) + "\n";
  EXPECT_EQ(error(many),
            ", line 258: column 'kind': found more than 256 different classes, expected at most 256");
  const std::string file = write("t.csv", "a,kind\n1e-999,x\n2,y\n3,x\n4,y\n");
  EXPECT_NO_THROW(load(file)) << "rounded to 0";
  EXPECT_EQ(
      test::error_of(ExitCode::kUsage, [&] { load(file, test::with_target("kin")); }),
      file + ": found no column 'kin', expected the name of the column of labels as target, such as 'kind'");
  EXPECT_EQ(test::error_of(ExitCode::kUsage, [&] { load_dataset(file, &remarks_); }),
            file + ": found no target, expected the name of the column of labels as target, such as 'kind'");
}

}  // namespace
}  // namespace gpu_sweep
