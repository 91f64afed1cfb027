#include "tests/simt/runtime/fiber.h"

#include <sys/mman.h>

#include <new>

#include "tests/simt/runtime/sanitizer.h"

namespace simt {

namespace {

namespace context = boost::context;

constexpr std::size_t kGuard = 4096;
#if defined(__SANITIZE_ADDRESS__) || defined(SIMT_TSAN)
constexpr std::size_t kStack = 256 * 1024;
#else
constexpr std::size_t kStack = 64 * 1024;
#endif

/// Prevents a context from freeing its stack, because the stack belongs to the Fiber.
struct KeepStack {
  context::stack_context allocate() { throw std::bad_alloc(); }
  void deallocate(context::stack_context&) {}
};

}  // namespace

Fiber::Fiber() : tsan_inside_(sanitizer::create_fiber()) {
  void* pages = mmap(nullptr, kGuard + kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  mprotect(pages, kGuard, PROT_NONE);
  stack_ = static_cast<std::byte*>(pages) + kGuard;
}

Fiber::~Fiber() {
  sanitizer::destroy_fiber(tsan_inside_);
  munmap(stack_ - kGuard, kGuard + kStack);
}

void Fiber::start(Entry entry, void* argument) {
  entry_ = entry;
  argument_ = argument;
  context::stack_context stack;
  stack.sp = stack_ + kStack;
  stack.size = kStack;
  inside_ = context::fiber(std::allocator_arg, context::preallocated(stack.sp, kStack, stack), KeepStack{},
                           [this](context::fiber&& outside) { return run(std::move(outside)); });
}

void Fiber::resume() {
  void* fake_stack = nullptr;
  tsan_outside_ = sanitizer::current_fiber();
  sanitizer::start_switch(&fake_stack, stack_, kStack);
  sanitizer::switch_to(tsan_inside_);
  inside_ = std::move(inside_).resume();
  sanitizer::finish_switch(fake_stack, nullptr, nullptr);
}

void Fiber::suspend() {
  void* fake_stack = nullptr;
  sanitizer::start_switch(&fake_stack, outside_bottom_, outside_size_);
  sanitizer::switch_to(tsan_outside_);
  outside_ = std::move(outside_).resume();
  arrived_inside(fake_stack);
}

context::fiber Fiber::run(context::fiber&& outside) {
  arrived_inside(nullptr);
  outside_ = std::move(outside);
  entry_(argument_);
  sanitizer::start_switch(nullptr, outside_bottom_, outside_size_);
  sanitizer::switch_to(tsan_outside_);
  return std::move(outside_);
}

void Fiber::arrived_inside(void* fake_stack) {
  sanitizer::finish_switch(fake_stack, &outside_bottom_, &outside_size_);
}

}  // namespace simt
