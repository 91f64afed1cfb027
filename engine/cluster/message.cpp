#include "engine/cluster/message.h"

#include <utility>

#include "engine/cluster/wire.h"
#include "engine/data/sha256.h"

namespace gpu_sweep {
namespace {

constexpr std::size_t kLeastText = sizeof(std::uint64_t);  // bytes of an empty text, which is only a length
constexpr std::uint32_t kMagic = 0x35697067;               // "gpi5": raise it if the format changes

std::string digest(std::span<const std::byte> body) {
  return sha256_hex(std::span(reinterpret_cast<const std::uint8_t*>(body.data()), body.size()));
}

void write(WireWriter& out, const Hello& hello) {
  out.text(hello.host);
  out.text(hello.experiment);
  out.text(hello.provenance);
  out.value(hello.groups);
}

void write(WireWriter& out, const GroupOrder& order) {
  out.value(order.group);
  out.value(order.replicas);
  out.value(static_cast<std::uint32_t>(order.keys.size()));
  for (const std::string& key : order.keys) out.text(key);
  out.value(order.epochs_done);
}

void write(WireWriter& out, const EpochDone& done) {
  out.value(done.group);
  out.value(done.epochs);
}

void write(WireWriter& out, const RunDone& done) {
  const RunRow& row = done.row;
  out.text(row.key);
  out.text(row.model);
  out.value(row.seed);
  out.value<std::uint8_t>(row.diverged_epoch ? 1 : 0);
  out.value<std::int64_t>(row.diverged_epoch.value_or(0));
  for (const auto* blob : {&row.final, &row.history, &row.confusion, &row.test_predictions,
                           &row.train_seconds, &row.objective}) {
    out.bytes(*blob);
  }
  out.text(row.sha256);
  out.value<std::uint8_t>(done.last ? 1 : 0);
}

void write(WireWriter& out, const Failure& failure) {
  out.value(failure.code);
  out.text(failure.text);
}

void write(WireWriter&, const Dismissal&) {}

void write(WireWriter&, const Stop&) {}

void write(WireWriter& out, const SnapshotPart& part) {
  out.value<std::uint8_t>(part.last ? 1 : 0);
  out.bytes(part.bytes);
}

void read(WireReader& in, Hello& hello) {
  hello.host = in.text();
  hello.experiment = in.text();
  hello.provenance = in.text();
  hello.groups = in.value<std::uint32_t>();
  if (hello.groups == 0) throw std::invalid_argument("a trainer of no groups");
}

void read(WireReader& in, GroupOrder& order) {
  order.group = in.value<std::uint32_t>();
  order.replicas = in.value<std::uint32_t>();
  const auto keys = in.value<std::uint32_t>();
  if (keys == 0 || keys > order.replicas || keys > in.left() / kLeastText) {
    throw std::invalid_argument("an order with an impossible number of runs");
  }
  for (std::uint32_t i = 0; i < keys; ++i) order.keys.push_back(in.text());
  order.epochs_done = in.value<std::uint32_t>();
}

void read(WireReader& in, EpochDone& done) {
  done.group = in.value<std::uint32_t>();
  done.epochs = in.value<std::uint32_t>();
}

void read(WireReader& in, RunDone& done) {
  RunRow& row = done.row;
  row.key = in.text();
  row.model = in.text();
  row.seed = in.value<std::int64_t>();
  const bool diverged = in.value<std::uint8_t>() != 0;
  const auto epoch = in.value<std::int64_t>();
  if (diverged) row.diverged_epoch = epoch;
  for (auto* blob : {&row.final, &row.history, &row.confusion, &row.test_predictions, &row.train_seconds,
                     &row.objective}) {
    *blob = in.copy();
  }
  row.sha256 = in.text();
  done.last = in.value<std::uint8_t>() != 0;
  if (checksum(row) != row.sha256) throw std::invalid_argument("a run does not match its checksum");
}

void read(WireReader& in, Failure& failure) {
  failure.code = in.value<std::int32_t>();
  failure.text = in.text();
}

void read(WireReader&, Dismissal&) {}

void read(WireReader&, Stop&) {}

void read(WireReader& in, SnapshotPart& part) {
  part.last = in.value<std::uint8_t>() != 0;
  part.bytes = in.copy();
}

/// Reads from `in` the alternative of Message that has number `kind`.
template <std::size_t Kind = 0>
Message read_kind(std::size_t kind, WireReader& in) {
  if constexpr (Kind < std::variant_size_v<Message>) {
    if (kind != Kind) return read_kind<Kind + 1>(kind, in);
    std::variant_alternative_t<Kind, Message> message;
    read(in, message);
    return message;
  } else {
    throw std::invalid_argument("a message of an unknown kind");
  }
}

}  // namespace

std::vector<std::byte> encode(const Message& message) {
  WireWriter body;
  std::visit([&](const auto& contents) { write(body, contents); }, message);
  const std::vector<std::byte> bytes = body.take();
  if (bytes.size() > kMostMessageBytes) throw std::length_error("a message is too long to be sent");
  WireWriter out;
  out.value(kMagic);
  out.value(static_cast<std::uint32_t>(message.index()));
  out.value<std::uint64_t>(bytes.size());
  const std::string sha256 = digest(bytes);
  out.raw(sha256.data(), sha256.size());
  out.raw(bytes.data(), bytes.size());
  return out.take();
}

Message decode(std::span<const std::byte> bytes) {
  constexpr std::size_t kDigest = 64;
  WireReader in(bytes);
  if (in.value<std::uint32_t>() != kMagic) throw std::invalid_argument("a message of another version");
  const auto kind = in.value<std::uint32_t>();
  const auto length = in.value<std::uint64_t>();
  const auto sha256 = in.next(kDigest);
  if (length != in.left() || length > kMostMessageBytes) {
    throw std::invalid_argument("a message of the wrong length");
  }
  const auto body = in.next(length);
  if (std::memcmp(digest(body).data(), sha256.data(), kDigest) != 0) {
    throw std::invalid_argument("a message does not match its checksum");
  }
  WireReader contents(body);
  Message message = read_kind(kind, contents);
  if (contents.left() != 0) throw std::invalid_argument("a message is longer than its contents");
  return message;
}

}  // namespace gpu_sweep
