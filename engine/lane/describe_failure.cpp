#include "engine/lane/describe_failure.h"

#include <filesystem>
#include <new>
#include <system_error>

#include "engine/lane/host_limits.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

DescribedFailure described(ExitCode code, const std::string& text) { return {static_cast<int>(code), text}; }

DescribedFailure fault(const std::exception& error) {
  return {kInternalFault, std::string("a fault of the program: ") + error.what()};
}

/// Returns a line such as "cannot rename a to b: Permission denied". The words "cannot rename" are taken from
/// the message of the standard library. If it has no such words, the line begins with "cannot look up".
std::string file_failure(const std::filesystem::filesystem_error& error) {
  const std::string words = error.std::system_error::what();  // without the paths
  const std::size_t start = words.find("cannot "), end = words.find(": ", start);
  const bool is_known = start != std::string::npos && end != std::string::npos;
  const std::string operation = is_known ? words.substr(start, end - start) : "cannot look up";
  return operation + ' ' + error.path1().string() +
         (error.path2().empty() ? "" : " to " + error.path2().string()) + ": " + error.code().message();
}

}  // namespace

DescribedFailure describe_failure(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return described(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    const MemoryRoom room = host_memory_room();
    return described(ExitCode::kDevice, "out of memory: " + std::to_string(room.bytes) + " bytes free" +
                                            (room.limit.empty() ? "" : " under " + room.limit));
  } catch (const std::filesystem::filesystem_error& error) {
    return described(ExitCode::kOutput, file_failure(error));
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::resource_unavailable_try_again) return fault(error);
    return described(ExitCode::kDevice, "no more threads can be started" + thread_limits());
  } catch (const std::exception& error) {
    return fault(error);
  }
}

}  // namespace gpu_sweep
