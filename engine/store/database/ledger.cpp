#include "engine/store/database/ledger.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/data/sha256.h"
#include "engine/store/files/atomic_file.h"
#include "engine/store/files/raw_file.h"
#include "engine/store/formats/json_text.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kVersion = 1;  // raised whenever older programs could not read the ledger
constexpr std::size_t kDigits = 64;

std::string numbered(std::int64_t number, const std::string& json) {
  return std::to_string(number) + ' ' + json;
}

std::string line(std::int64_t number, const Json& json) {
  const std::string text = to_text(json);
  return std::to_string(number) + ' ' + sha256_hex(numbered(number, text)) + ' ' + text + '\n';
}

Json runs_json(std::span<const LedgerRun> runs) {
  Json list = Json::array();
  for (const LedgerRun& run : runs) list.push_back({run.model, run.seed, run.key, run.sha256});
  return {{"runs", std::move(list)}};
}

Json study_json(const std::string& name, const std::string& json) {
  return {{"study", name}, {"value", json}};
}

/// Returns ledger lines for `runs`, numbered from `number` + 1, and sets `number` to that of the last line.
std::string run_lines(std::span<const LedgerRun> runs, std::int64_t& number) {
  std::string text;
  while (!runs.empty()) {
    const std::size_t count = std::min(runs.size(), Ledger::kMostRuns);
    text += line(++number, runs_json(runs.first(count)));
    runs = runs.subspan(count);
  }
  return text;
}

struct Line {
  std::int64_t number = 0;
  std::string json;
};

/// Returns the number and the JSON of a line, or nothing if the line is malformed or does not match its
/// checksum.
std::optional<Line> intact_line(std::string_view text) {
  Line found;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), found.number);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || found.number < 1 || text.size() < digits + kDigits + 2) return std::nullopt;
  if (text[digits] != ' ' || text[digits + 1 + kDigits] != ' ') return std::nullopt;
  found.json = text.substr(digits + kDigits + 2);
  if (sha256_hex(numbered(found.number, found.json)) != text.substr(digits + 1, kDigits)) return std::nullopt;
  return found;
}

/// Adds the contents of a line. Throws Error(kUsage) if the line states a newer version, and
/// nlohmann::json::exception or std::invalid_argument if it cannot be parsed as a line that gpu_sweep writes.
void take(LedgerContents& contents, const Line& found, const std::string& name) {
  const Json json = parse_json(found.json);
  if (const auto version = json.find("ledger"); version != json.end()) {
    if (version->get<std::int64_t>() > kVersion) {
      throw Error(ExitCode::kUsage, name + " is a ledger of version " +
                                        std::to_string(version->get<std::int64_t>()) +
                                        "; this program reads up to " + std::to_string(kVersion));
    }
  } else if (const auto study = json.find("study"); study != json.end()) {
    contents.study[study->get<std::string>()] = json.at("value").get<std::string>();
  } else {
    for (const Json& run : json.at("runs")) {
      LedgerRun named{run.at(0).get<std::string>(), run.at(1).get<std::uint64_t>(),
                      run.at(2).get<std::string>(), run.at(3).get<std::string>()};
      contents.runs[named.key] = named;
    }
  }
}

}  // namespace

LedgerRun ledger_run(const RunRow& row) {
  return {row.model, static_cast<std::uint64_t>(row.seed), row.key, row.sha256};
}

std::filesystem::path ledger_file(const std::filesystem::path& store) {
  return std::filesystem::path(store) += "-ledger";
}

LedgerContents parse_ledger(std::string_view bytes, const std::string& name) {
  LedgerContents contents;
  std::int64_t place = 0;
  const auto damaged = [&](const std::string& what) {
    if (contents.damage.empty()) contents.damage = name + " is damaged: " + what;
  };
  while (!bytes.empty()) {
    ++place;
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) {
      contents.torn = true;
      break;
    }
    const std::optional<Line> found = intact_line(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
    if (!found) {
      damaged("line " + std::to_string(place) + " does not match its checksum");
      continue;
    }
    if (found->number > place && contents.damage.empty()) {
      damaged("line " + std::to_string(place) + " is missing");
    }
    place = std::max(place, found->number);
    try {
      take(contents, *found, name);
    } catch (const nlohmann::json::exception&) {
      damaged("line " + std::to_string(place) + " is not one that gpu_sweep writes");
    } catch (const std::invalid_argument&) {
      damaged("line " + std::to_string(place) + " is not one that gpu_sweep writes");
    }
  }
  contents.lines = contents.torn ? place - 1 : place;
  return contents;
}

std::optional<LedgerContents> read_ledger(const std::filesystem::path& file) {
  const auto bytes = read_if_there(file, {.may_shrink = true});
  if (!bytes) return std::nullopt;
  return parse_ledger(*bytes, file.string());
}

void write_ledger(const std::filesystem::path& file, const LedgerContents& contents) {
  std::int64_t number = 0;
  std::string text = line(++number, {{"ledger", kVersion}});
  for (const auto& [name, json] : contents.study) text += line(++number, study_json(name, json));
  std::vector<LedgerRun> runs;
  runs.reserve(contents.runs.size());
  for (const auto& [key, run] : contents.runs) runs.push_back(run);
  text += run_lines(runs, number);
  rewrite_file_atomically(file, text);
}

Ledger::Ledger(const std::filesystem::path& file, std::int64_t lines)
    : file_(file), descriptor_(::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)), lines_(lines) {
  const auto state = descriptor_ < 0 ? std::nullopt : state_of(descriptor_);
  if (!state) {
    const int reason = errno;
    if (descriptor_ >= 0) ::close(descriptor_);
    fail_to_write(file_, reason);
  }
  state_ = *state;
  bytes_ = state_.bytes;
}

Ledger::~Ledger() { ::close(descriptor_); }

bool Ledger::is_whole_at(const std::filesystem::path& file) const {
  return identity_of(file) == state_.identity && !was_cut_ && !is_cut();
}

bool Ledger::may_be_overwritten() const { return state_of(descriptor_) != state_; }

bool Ledger::is_cut() const {
  const auto state = state_of(descriptor_);
  return state && state->bytes < bytes_;
}

void Ledger::append(std::span<const LedgerRun> runs) {
  if (runs.empty()) return;
  std::int64_t last = lines_;
  const std::string text = run_lines(runs, last);
  write(text, last);
}

void Ledger::append(const std::string& name, const std::string& json) {
  write(line(lines_ + 1, study_json(name, json)), lines_ + 1);
}

void Ledger::write(const std::string& text, std::int64_t last_line) {
  was_cut_ = was_cut_ || is_cut();  // this write hides the cut: it fills the gap with zeros
  std::string_view rest = text;
  std::uint64_t place = bytes_;
  int reason = 0;
  while (!rest.empty() && reason == 0) {
    const ssize_t written = ::pwrite(descriptor_, rest.data(), rest.size(), static_cast<off_t>(place));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      reason = errno;
    } else {
      place += static_cast<std::uint64_t>(written);
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  while (reason == 0 && ::fdatasync(descriptor_) != 0) {
    if (errno != EINTR) reason = errno;
  }
  if (reason != 0) {
    // Without this, a shorter line written later would overwrite only the beginning of the failed one, and
    // the rest of the failed one would follow it.
    [[maybe_unused]] const int cut = ::ftruncate(descriptor_, static_cast<off_t>(bytes_));
    fail_to_write(file_, reason);
  }
  bytes_ = place;
  lines_ = last_line;
  state_ = state_of(descriptor_).value_or(state_);
}

}  // namespace gpu_sweep
