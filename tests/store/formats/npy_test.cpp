#include "engine/store/formats/npy.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "tests/data/idx_fixture.h"

namespace gpu_sweep {
namespace {

using test::Bytes;

Bytes npy_bytes(const std::string& header, const Bytes& values, int version = 1) {
  Bytes bytes = {0x93, 'N', 'U', 'M', 'P', 'Y', static_cast<std::uint8_t>(version), 0};
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    bytes.push_back(static_cast<std::uint8_t>(header.size() >> 8 * i));
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

std::string parse_error(const Bytes& bytes) {
  return test::error_of(ExitCode::kData, [&] { parse_npy(bytes, "a"); });
}

TEST(Npy, RoundTripOfEveryType) {
  const auto round_trip = []<class T>(const std::vector<T>& values) {
    const NpyArray array = npy_array({values.size()}, values);
    const NpyArray back = parse_npy(format_npy(array), "a");
    EXPECT_EQ(back, array);
    EXPECT_EQ(npy_values<T>(back), values);
  };
  round_trip(std::vector<float>{1.5f, -0.0f, std::numeric_limits<float>::infinity()});
  round_trip(std::vector<double>{0.1, 1e300});
  round_trip(std::vector<std::int32_t>{-1, 7});
  round_trip(std::vector<std::int64_t>{-1, std::int64_t{1} << 40});
  round_trip(std::vector<std::uint8_t>{0, 255});
  round_trip(std::vector<std::uint32_t>{0xffffffff});
  round_trip(std::vector<std::uint64_t>{~std::uint64_t{0}});
}

TEST(Npy, RoundTripOfShapes) {
  for (const std::vector<std::uint64_t>& shape :
       std::vector<std::vector<std::uint64_t>>{{}, {1}, {2, 3}, {1, 1, 4}, {0}, {3, 0}}) {
    std::uint64_t count = 1;
    for (const std::uint64_t size : shape) count *= size;
    const NpyArray array = npy_array(shape, std::vector<float>(count, 2.0f));
    EXPECT_EQ(parse_npy(format_npy(array), "a"), array);
  }
}

TEST(Npy, BytesAreNumpys) {
  const Bytes bytes = format_npy(npy_array({2, 3}, std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6}));
  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }";
  header.resize(128 - 10 - 1, ' ');
  EXPECT_EQ(bytes, npy_bytes(header + "\n", {1, 2, 3, 4, 5, 6}));
}

TEST(Npy, HeaderInOtherWords) {
  const Bytes values = {1, 2, 3, 4};
  for (const int version : {1, 2, 3}) {
    const NpyArray array = parse_npy(
        npy_bytes("{ \"shape\":( 4 , ),\"fortran_order\" :False, 'descr':'|u1'}  \n", values, version), "a");
    EXPECT_EQ(array.shape, std::vector<std::uint64_t>{4});
    EXPECT_EQ(array.bytes, values);
  }
}

TEST(Npy, Refused) {
  const auto header = [](const std::string& type, const std::string& order, const std::string& shape) {
    return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
  };
  const Bytes four = {1, 2, 3, 4};
  EXPECT_EQ(parse_error(npy_bytes(header("|O", "False", "(1,)"), four)),
            "a: type |O, expected one of <f2 <f4 <f8 <i4 <i8 <u4 <u8 |u1 (pickled objects are never read)");
  EXPECT_EQ(parse_error(npy_bytes(header(">f4", "False", "(1,)"), four)),
            "a: type >f4, expected one of <f2 <f4 <f8 <i4 <i8 <u4 <u8 |u1 (pickled objects are never read)");
  EXPECT_EQ(parse_error(npy_bytes(header("<f4", "True", "(1, 1)"), four)),
            "a: Fortran order, expected C order (numpy.ascontiguousarray makes it so)");
  EXPECT_EQ(parse_error(npy_bytes(header("<f4", "False", "(2,)"), four)),
            "a: 4 bytes of values, expected 8 for its shape");
  EXPECT_EQ(parse_error(npy_bytes(header("|u1", "False", "(3,)"), four)),
            "a: 4 bytes of values, expected 3 for its shape");
  EXPECT_EQ(parse_error(npy_bytes(header("<f4", "False", "(4294967296, 4294967296, 1)"), four)),
            "a: 4 bytes of values, expected more than 2^64 for its shape");
  EXPECT_EQ(parse_error(npy_bytes(header("|u1", "False", "(4,)"), four, 4)),
            "a: .npy format 4.0, expected 1.0, 2.0 or 3.0");
  EXPECT_EQ(parse_error({'P', 'K', 3, 4}), "a: not a .npy array: the magic bytes \\x93NUMPY are missing");
  Bytes cut = npy_bytes(header("|u1", "False", "(4,)"), {});
  cut.resize(40);
  EXPECT_EQ(parse_error(cut), "a: .npy header is truncated");
  EXPECT_EQ(parse_error(npy_bytes(std::string(10001, ' '), {})),
            "a: .npy header of 10001 bytes, expected at most 10000");
}

TEST(Npy, HeadersThatAreNoDictionary) {
  const auto header_error = [](const std::string& header) { return parse_error(npy_bytes(header, {1})); };
  EXPECT_EQ(header_error(""), "a: .npy header not understood at character 0, expected `{`");
  EXPECT_EQ(header_error("{'descr': '|u1', 'descr': '|u1'"),
            "a: .npy header not understood at character 25, expected each key once");
  EXPECT_EQ(
      header_error("{'descr': '|u1'}"),
      "a: .npy header not understood at character 16, expected the keys descr, fortran_order and shape");
  EXPECT_EQ(header_error("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,)}"),
            "a: .npy header not understood at character 10, expected a string in quotes");
  EXPECT_EQ(header_error("{'descr': '|u1', 'fortran_order': 0, 'shape': (1,)}"),
            "a: .npy header not understood at character 34, expected True or False");
  EXPECT_EQ(header_error("{'shape': (1)}"),
            "a: .npy header not understood at character 13, expected `,` in a shape of one dimension");
  EXPECT_EQ(header_error("{'shape': (-1,)}"),
            "a: .npy header not understood at character 11, expected a size");
  EXPECT_EQ(header_error("{'shape': (99999999999999999999,)}"),
            "a: .npy header not understood at character 11, expected a size");
  EXPECT_EQ(header_error("{'shape': (1"), "a: .npy header not understood at character 12, expected `)`");
  EXPECT_EQ(header_error("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} x"),
            "a: .npy header not understood at character 56, expected the end");
  EXPECT_EQ(header_error("{'evil': 1}"),
            "a: .npy header not understood at character 8, expected the keys descr, fortran_order and shape");
}

TEST(Npy, MisuseIsRefused) {
  EXPECT_THROW(npy_array({3}, std::vector<float>(2)), std::invalid_argument);
  EXPECT_THROW(npy_values<double>(npy_array({2}, std::vector<float>(2))), std::invalid_argument);
}

}  // namespace
}  // namespace gpu_sweep
