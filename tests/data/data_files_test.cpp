#include "engine/data/data_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "engine/data/data_names.h"
#include "tests/data/idx_fixture.h"
#include "tests/support/files.h"

namespace gpu_sweep {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using Names = std::vector<std::string>;

const Names kOwn = {kDataFileNames.begin(), kDataFileNames.end()};

class DataFilesOf : public testing::Test {
 protected:
  /// Creates the folder `name` in the test's directory, with files of one byte that have the names `files`.
  fs::path make(const std::string& name, const Names& files) {
    const fs::path directory = directory_ / name;
    fs::create_directories(directory);
    for (const std::string& file : files) {
      fs::create_directories((directory / file).parent_path());
      test::write_bytes(directory / file, {0});
    }
    return directory;
  }

  std::string fault(const fs::path& place) {
    return error_of(ExitCode::kData, [&] { data_files(place); });
  }

  /// Returns the error for a place: its path, then `what`, then what is expected of every place.
  static std::string at(const fs::path& place, const std::string& what) {
    return place.string() + ": " + what +
           ", expected four IDX files, a .npz archive, a folder of .npy arrays or a .csv table";
  }

  test::TemporaryDirectory directory_;
};

Names with_prefix(const std::string& prefix) {
  Names names;
  for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "test-images-idx3-ubyte",
                           "test-labels-idx1-ubyte"}) {
    names.push_back(prefix + name);
  }
  return names;
}

TEST(DataFileNames, AreParsed) {
  const auto parse = [](const char* name) {
    const auto parsed = parse_data_file_name(name);
    return parsed ? parsed->set + "|" + std::to_string(parsed->file) : "none";
  };
  for (std::size_t i = 0; i < kDataFileNames.size(); ++i) {
    EXPECT_EQ(parse(kDataFileNames[i]), "|" + std::to_string(i));
    EXPECT_EQ(parse_data_file_name(kDataFileNames[i])->rank, 0);
  }
  EXPECT_EQ(parse("train-images.idx3-ubyte"), "|0");
  EXPECT_EQ(parse("train_labels.idx1.ubyte.gz"), "|1");
  EXPECT_EQ(parse("emnist-letters-test-images-idx3-ubyte.gz"), "emnist-letters|2");
  EXPECT_EQ(parse("a.b-t10k-labels-idx1-ubyte"), "a.b|3");
  for (const char* other :
       {"", ".gz", "train-images-idx1-ubyte", "train-labels-idx3-ubyte", "images-idx3-ubyte",
        "train-images-idx3-ubyte.zip", "trainimages-idx3-ubyte", "xtrain-images-idx3-ubyte",
        "test-images-idx3-ubyte-", "valid-images-idx3-ubyte"}) {
    EXPECT_EQ(parse(other), "none") << other;
  }
}

TEST_F(DataFilesOf, PlainFilesComeBeforeGzip) {
  const fs::path both = make("both", kOwn);
  for (const std::string& name : kOwn) test::write_bytes(both / (name + ".gz"), {});
  fs::remove(both / "t10k-labels-idx1-ubyte");
  const auto files = data_files(both);
  EXPECT_EQ(files[0], both / "train-images-idx3-ubyte");
  EXPECT_EQ(files[3], both / "t10k-labels-idx1-ubyte.gz");
}

TEST_F(DataFilesOf, DotsForDashes) {
  const fs::path dotted = make("dotted", {"train-images.idx3-ubyte", "train-labels.idx1-ubyte",
                                          "t10k-images.idx3-ubyte.gz", "t10k-labels.idx1-ubyte"});
  EXPECT_EQ(data_files(dotted)[2], dotted / "t10k-images.idx3-ubyte.gz");
  make("dotted", {"train-images-idx3-ubyte"});
  EXPECT_EQ(data_files(dotted)[0], dotted / "train-images-idx3-ubyte") << "MNIST's own name comes first";
}

TEST_F(DataFilesOf, AFolderForEachFile) {
  Names names;
  for (const std::string& name : kOwn) names.push_back(name + "/" + name);
  const fs::path place = make("kaggle", names);
  EXPECT_EQ(data_files(place)[3], place / "t10k-labels-idx1-ubyte/t10k-labels-idx1-ubyte");
  fs::remove(place / names[3]);
  EXPECT_EQ(fault(place), at(place, "t10k-labels-idx1-ubyte (or .gz) is missing"));
}

TEST_F(DataFilesOf, OneSetOfEmnist) {
  const fs::path place = make("letters", with_prefix("emnist-letters-"));
  EXPECT_EQ(data_files(place)[2], place / "emnist-letters-test-images-idx3-ubyte");
  EXPECT_EQ(data_files(place / "emnist-letters")[2], place / "emnist-letters-test-images-idx3-ubyte");
}

TEST_F(DataFilesOf, SeveralSetsAreListedAndOneCanBeChosen) {
  const fs::path place = make("gzip", with_prefix("emnist-letters-"));
  make("gzip", with_prefix("emnist-digits-"));
  make("gzip", {"emnist-mnist-train-images-idx3-ubyte"});
  const std::string digits = (place / "emnist-digits").string(),
                    letters = (place / "emnist-letters").string();
  EXPECT_EQ(fault(place),
            at(place, "2 data sets, expected one of them: --data " + digits + " or --data " + letters));
  EXPECT_EQ(data_files(digits)[0], digits + "-train-images-idx3-ubyte");
  EXPECT_EQ(data_files(letters + "/")[1], letters + "-train-labels-idx1-ubyte");
  EXPECT_EQ(fault(place / "emnist-mnist"),
            at(place / "emnist-mnist",
               "emnist-mnist-train-labels-idx1-ubyte, emnist-mnist-t10k-images-idx3-ubyte, "
               "emnist-mnist-t10k-labels-idx1-ubyte (or .gz) are missing"));
  EXPECT_EQ(fault(place / "emnist"), at(place / "emnist", "no such file or directory"));
}

TEST_F(DataFilesOf, TorchvisionsRootAndItsDataSet) {
  const fs::path raw = make("root/MNIST/raw", kOwn);
  for (const fs::path& place : {directory_ / "root", directory_ / "root/MNIST", raw}) {
    EXPECT_EQ(data_files(place)[0], raw / kOwn[0]) << place;
  }
  make("root/KMNIST/raw", kOwn);
  const fs::path root = directory_ / "root";
  EXPECT_EQ(fault(root), at(root, "2 data sets, expected one of them: --data " + (root / "KMNIST").string() +
                                      " or --data " + (root / "MNIST").string()));
}

TEST_F(DataFilesOf, ADirectoryBelowIsNamedNotTaken) {
  make("sets/mine", kOwn);
  const fs::path sets = directory_ / "sets";
  EXPECT_EQ(fault(sets),
            at(sets,
               "none of train-images-idx3-ubyte, train-labels-idx1-ubyte, "
               "t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte is there (or .gz, or with dots instead of "
               "dashes); there is one at --data " +
                   (sets / "mine").string()));
}

TEST_F(DataFilesOf, TheClosestExistingNameIsNamed) {
  const fs::path place = make("near", kOwn);
  fs::rename(place / "t10k-images-idx3-ubyte", place / "t10k-images-idx3-ubyte.zip");
  test::write_bytes(place / "t10k-images-idx3-ubyte.zip", {'P', 'K', 3, 4});
  EXPECT_EQ(fault(place), at(place,
                             "t10k-images-idx3-ubyte (or .gz) is missing; the closest name there is "
                             "'t10k-images-idx3-ubyte.zip', a zip archive (unpack it)"));
  const fs::path odd = make("odd", {"train_images.bin"});
  EXPECT_NE(fault(odd).find("; the closest name there is 'train_images.bin', expected"), std::string::npos)
      << fault(odd);
  const fs::path archive = make("archive", {});
  test::write_bytes(archive / "m.npz", {'P', 'K', 3, 4});
  EXPECT_NE(fault(archive).find("; 'm.npz' is a zip archive (unpack it), expected"), std::string::npos)
      << fault(archive);
}

TEST_F(DataFilesOf, AnIncompleteSetIsNotSkippedForAnother) {
  const fs::path place = make("partial", kOwn);
  make("partial", with_prefix("other-"));
  fs::remove(place / kOwn[1]);
  EXPECT_EQ(fault(place), at(place, "train-labels-idx1-ubyte (or .gz) is missing"));
}

TEST_F(DataFilesOf, AFileInPlaceOfADirectory) {
  const fs::path place = directory_ / "mnist.npz";
  test::write_bytes(place, {'P', 'K', 3, 4});
  EXPECT_EQ(fault(place), at(place, "not a directory but a zip archive (unpack it)"));
  ASSERT_EQ(mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(fault(directory_ / "pipe"), at(directory_ / "pipe", "neither a regular file nor a directory"));
}

TEST_F(DataFilesOf, APlaceThatCannotBeReadSaysSo) {
  const std::string many = ": Too many levels of symbolic links";
  const fs::path place = make("place", {kOwn[0], kOwn[1], kOwn[2]});
  const fs::path file = place / kOwn[3];
  fs::create_symlink(kOwn[3], file);  // a link to itself
  EXPECT_EQ(fault(place), at(place, file.string() + " cannot be read" + many));
  const fs::path of_set = make("of_set", with_prefix("a-"));
  fs::remove(of_set / "a-test-labels-idx1-ubyte");
  fs::create_symlink("a-test-labels-idx1-ubyte", of_set / "a-test-labels-idx1-ubyte");
  EXPECT_EQ(fault(of_set / "a"),
            at(of_set / "a", (of_set / "a-test-labels-idx1-ubyte").string() + " cannot be read" + many));
  fs::create_symlink("loop", directory_ / "loop");
  EXPECT_EQ(fault(directory_ / "loop"), at(directory_ / "loop", many.substr(2)));
  const fs::path root = make("root", {});
  fs::create_symlink("raw", root / "raw");
  EXPECT_EQ(fault(root),
            at(root,
               "none of train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, "
               "t10k-labels-idx1-ubyte is there (or .gz, or with dots instead of dashes); " +
                   (root / "raw" / kOwn[0]).string() + " cannot be read" + many));
}

/// As root may read everything, a child process of root looks for the files as another user.
TEST_F(DataFilesOf, AClosedDirectorySaysSo) {
  const fs::path place = make("place", kOwn);
  fs::permissions(directory_.path(), fs::perms::all);
  const auto words_with = [&](fs::perms permissions) {
    fs::permissions(place, permissions);
    const std::string file = (directory_ / "words").string();
    const pid_t child = ::fork();
    if (child == 0) {
      constexpr int kNobody = 65534;
      if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) ::_exit(97);
      std::ofstream(file) << look_for_data_files(place).fault;
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    std::string words = test::read_file(file);
    fs::remove(file);
    return words;
  };
  using fs::perms;
  const perms look = perms::others_exec | perms::owner_exec, list = perms::others_read | perms::owner_read;
  EXPECT_EQ(words_with(perms::none), "cannot be read: Permission denied");
  const std::string words = words_with(list);  // names the file that the directory lists first
  EXPECT_TRUE(words.starts_with(place.string() + "/") &&
              words.ends_with(" cannot be read: Permission denied"))
      << words;
  EXPECT_EQ(words_with(look), "") << "its own names are found without a list";
  fs::permissions(place, perms::all);
}

}  // namespace
}  // namespace gpu_sweep
