// A fiber: one CUDA thread's stack and the place where it stands.
#pragma once

#include <boost/context/fiber.hpp>
#include <cstddef>

namespace simt {

/// Owns a stack that is used again and again: `start` gives it a new function to run, `resume` runs it until
/// it suspends itself or ends. All calls but `suspend` come from outside of the fiber.
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

  /// Called on the fiber: goes back to where `resume` was called.
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
