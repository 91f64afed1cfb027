// Messages between ranks. The inputs are arbitrary bytes, and also arbitrary contents with a valid header,
// because the fuzzer would hardly ever get past the checksum.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/cluster/message.h"
#include "engine/cluster/snapshot_message.h"
#include "engine/cluster/wire.h"
#include "engine/data/sha256.h"
#include "engine/store/database/experiment_json.h"
#include "engine/store/database/run_row.h"
#include "tests/fuzz/check.h"

namespace gpu_sweep {
namespace {

/// Uses the contents of a message as its receiver does. They may be refused by the exceptions that are caught
/// here.
void use(const Hello& hello) {
  fuzz::require(hello.groups > 0, "a trainer trains something");
  try {
    experiment_from_json(nlohmann::ordered_json::parse(hello.experiment));
    provenance_from_json(nlohmann::ordered_json::parse(hello.provenance));
  } catch (const std::exception&) {
  }
}

void use(const GroupOrder& order) {
  fuzz::require(!order.keys.empty() && order.keys.size() <= order.replicas, "the runs fit into their group");
}

void use(const RunDone& done) {
  fuzz::require(checksum(done.row) == done.row.sha256, "a run matches its checksum");
}

void use(const SnapshotPart& part) {
  try {
    const std::optional<Snapshot> snapshot = SnapshotParts().add(part);
    fuzz::require(!snapshot || snapshot->epochs_done() >= 0, "a snapshot has a history");
  } catch (const std::invalid_argument&) {
  }
}

template <class Other>
void use(const Other&) {}

void receive(std::span<const std::byte> bytes) {
  try {
    const Message message = decode(bytes);
    std::visit([](const auto& contents) { use(contents); }, message);
    const std::vector<std::byte> again = encode(message);
    fuzz::require(std::ranges::equal(encode(decode(again)), again),
                  "what was read can be sent and read again");
  } catch (const std::invalid_argument&) {
  }
}

std::vector<std::byte> with_header(std::span<const std::byte> kind, std::span<const std::byte> contents) {
  static const std::vector<std::byte> sample = encode(Dismissal{});
  constexpr std::size_t kMagic = 4;
  WireWriter out;
  out.raw(sample.data(), kMagic);
  out.raw(kind.data(), kind.size());
  out.value<std::uint64_t>(contents.size());
  const std::string sha256 =
      sha256_hex({reinterpret_cast<const std::uint8_t*>(contents.data()), contents.size()});
  out.raw(sha256.data(), sha256.size());
  out.raw(contents.data(), contents.size());
  return out.take();
}

/// Unpacks a row with a valid checksum and arbitrary blobs.
void unpack_row(std::span<const std::byte> bytes) {
  WireReader in(bytes);
  RunRow row;
  try {
    for (auto* blob : {&row.final, &row.history, &row.confusion, &row.test_predictions, &row.train_seconds,
                       &row.objective}) {
      *blob = in.copy();
    }
    row.sha256 = checksum(row);
    from_row(std::get<RunDone>(decode(encode(RunDone{row}))).row);
  } catch (const std::invalid_argument&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  receive(bytes);
  unpack_row(bytes);
  constexpr std::size_t kKind = 4;
  if (size >= kKind) receive(with_header(bytes.first(kKind), bytes.subspan(kKind)));
  return 0;
}

}  // namespace gpu_sweep
