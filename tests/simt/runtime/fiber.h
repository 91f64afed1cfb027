// A fiber: the stack of one CUDA thread and the point at which it is suspended.
#pragma once

#include <boost/context/fiber.hpp>
#include <cstddef>

namespace simt {

/// Owns a stack that is reused. `start` gives it a new function, and `resume` runs this function until it
/// suspends itself or returns. All public members except `suspend` are called from outside the fiber.
class Fiber {
 public:
  using Entry = void (*)(void* argument);

  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  void start(Entry entry, void* argument);
  void resume();
  bool finished() const { return !inside_; }

  /// Called on the fiber. Returns control to the caller of `resume`.
  void suspend();

 private:
  boost::context::fiber run(boost::context::fiber&& outside);
  void arrived_inside(void* fake_stack);

  std::byte* stack_ = nullptr;  // lowest usable byte, above the guard page
  Entry entry_ = nullptr;
  void* argument_ = nullptr;
  boost::context::fiber inside_;
  boost::context::fiber outside_;
  void* tsan_inside_ = nullptr;
  void* tsan_outside_ = nullptr;
  const void* outside_bottom_ = nullptr;
  std::size_t outside_size_ = 0;
};

}  // namespace simt
