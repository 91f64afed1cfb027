// Sends bytes from a child process to its parent.
#pragma once

#include <unistd.h>

#include <array>
#include <stdexcept>

namespace gpu_sweep::test {

/// A pipe that is created before the fork. The child writes to it, and the parent reads from it.
class Pipe {
 public:
  Pipe() {
    if (::pipe(ends_.data()) != 0) throw std::runtime_error("pipe failed");
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    ::close(ends_[0]);
    close_writer();
  }
  void write(unsigned char byte) const {
    if (::write(ends_[1], &byte, 1) != 1) ::_exit(98);
  }
  /// Closes the write end in the parent. As long as it is open, `read` does not see the end.
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  /// Returns the next byte, or -1 at the end.
  int read() const {
    unsigned char byte = 0;
    return ::read(ends_[0], &byte, 1) == 1 ? byte : -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

}  // namespace gpu_sweep::test
