#include "engine/store/formats/csv_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

using testing::ElementsAre;

std::string refusal(std::string_view text) {
  try {
    parse_csv(text, "s.csv");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kData);
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

TEST(CsvTable, ReadsQuotesSpacesAndBothLineEnds) {
  const CsvTable table = parse_csv(
      "\xef\xbb\xbfmodel, seed ,\"sc\"\"ore\"\r\n"
      "\"a, b\",0, 0.5 \r\n"
      "\r\n"
      "\"two\nlines\",1,\n"
      "c,2,\"\"",
      "s.csv");
  EXPECT_THAT(table.header, ElementsAre("model", "seed", "sc\"ore"));
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_THAT(table.rows[0].cells, ElementsAre("a, b", "0", "0.5"));
  EXPECT_EQ(table.rows[0].line, 2);
  EXPECT_THAT(table.rows[1].cells, ElementsAre("two\nlines", "1", ""));
  EXPECT_EQ(table.rows[1].line, 4);
  EXPECT_THAT(table.rows[2].cells, ElementsAre("c", "2", ""));
  EXPECT_EQ(table.rows[2].line, 6) << "the line break inside quotes counts";
}

TEST(CsvTable, RefusesWithTheLine) {
  EXPECT_EQ(refusal(""), "s.csv: found no line, expected a table with a header line");
  EXPECT_EQ(refusal("a,b\n"), "s.csv: found a header line only, expected a row per run");
  EXPECT_EQ(refusal("a,b\n1,2\n1,2,3\n"), "s.csv, line 3: found 3 cells, expected 2 as in the header");
  EXPECT_EQ(refusal("a,b\n1\n"), "s.csv, line 2: found 1 cells, expected 2 as in the header");
  EXPECT_EQ(refusal("a,a\n1,2\n"), "s.csv, line 1: found two columns 'a', expected different names");
  EXPECT_EQ(refusal("a,\n1,2\n"), "s.csv, line 1: found a column without a name, expected a name for each");
  EXPECT_EQ(refusal("a,b\n1,\"2\n3,4\n"),
            "s.csv, line 2: found a quote that nothing closes, expected a second one");
  EXPECT_EQ(refusal("a,b\n1,2\"\n"),
            "s.csv, line 2: found a quote inside an unquoted cell, expected the whole cell in quotes");
  EXPECT_EQ(refusal("a,b\n1,\"2\"3\n"),
            "s.csv, line 2: found text after a closing quote, expected a comma or the end of the line");
  EXPECT_EQ(refusal("a,b\r1,2\r"),
            "s.csv, line 1: found a carriage return inside a line, expected lines that end with LF or CRLF");
}

TEST(CsvTable, RefusesWhatIsNotText) {
  using namespace std::string_view_literals;
  EXPECT_EQ(refusal("a,b\n1,\0\n"sv), "s.csv, line 2: found a zero byte, expected text in UTF-8");
  EXPECT_EQ(refusal("a,b\n1,\"\0\"\n"sv), "s.csv, line 2: found a zero byte, expected text in UTF-8");
  EXPECT_EQ(refusal("a,b\nna\xefve,1\n"), "s.csv, line 2: found the byte 0xef, expected text in UTF-8");
  EXPECT_EQ(refusal("a,b\n1,\"\x80\"\n"), "s.csv, line 2: found the byte 0x80, expected text in UTF-8");
  for (const char* wrong :
       {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8", "\xe2\x82", "\xe2\x28\xa1"}) {
    EXPECT_THAT(refusal(std::string("a,b\n") + wrong + ",1\n"), testing::HasSubstr("expected text in UTF-8"));
  }
  const std::string right = "é€\U0001F600\U0010FFFF";
  EXPECT_EQ(parse_csv("a,b\n" + right + ",\"" + right + "\"\n", "s.csv").rows[0].cells,
            (std::vector<std::string>{right, right}));
}

TEST(CsvTable, RefusesHugeLines) {
  const std::string longest(kLongestCsvLine - 2, 'x');
  EXPECT_EQ(parse_csv("a,b\n1," + longest + "\n", "s.csv").rows.size(), 1u);
  const std::string message =
      "s.csv, line 2: found a line of more than 1048576 bytes, expected a table with one row per line";
  EXPECT_EQ(refusal("a,b\n1," + longest + "x\n"), message);
  EXPECT_EQ(refusal("a,b\n1,\"" + longest + longest), message) << "a quote that nothing closes";
  EXPECT_EQ(refusal("a,b\n" + std::string(kLongestCsvLine + 1, ',') + "\n"), message);
}

}  // namespace
}  // namespace gpu_sweep
