#include "python/core/call.h"

#include <nanobind/stl/string.h>
#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <thread>
#include <utility>

namespace gpu_sweep::python {

namespace nb = nanobind;

namespace {

constexpr std::chrono::milliseconds kPause{50};  // time between two checks for signals and messages

/// Blocks all signals on this thread, and on threads that it starts while this object exists. Signals then
/// reach the caller's thread, where Python handles them.
class BlockSignals {
 public:
  BlockSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockSignals(const BlockSignals&) = delete;
  BlockSignals& operator=(const BlockSignals&) = delete;

 private:
  sigset_t before_{};
};

void deliver(Mailbox::Contents contents, const Listeners& listeners) {
  for (const Mailbox::Letter& letter : contents.letters) {
    const nb::object& listener = letter.is_warning ? listeners.warn : listeners.note;
    if (!listener.is_none()) listener(letter.line);
  }
  if (contents.progress && !listeners.progress.is_none()) {
    listeners.progress(contents.progress->share, contents.progress->runs, contents.progress->all_runs);
  }
}

void check_signals() {
  if (PyErr_CheckSignals() != 0) throw nb::python_error();
}

/// The thread on which the work runs. The destructor joins it without holding the GIL.
class Worker {
 public:
  explicit Worker(std::function<void()> body) {
    const BlockSignals blocked;
    thread_ = std::thread([this, body = std::move(body)] {
      try {
        body();
      } catch (...) {
        failure_ = std::current_exception();
      }
      const std::lock_guard lock(mutex_);
      done_ = true;
      changed_.notify_all();
    });
  }
  ~Worker() {
    const nb::gil_scoped_release released;
    thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Waits until the work is done, but at most for kPause. Returns whether the work is done.
  bool wait() {
    const nb::gil_scoped_release released;
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPause, [this] { return done_; });
  }
  /// Returns the exception with which the work ended, or null. Must be called only after the work is done.
  std::exception_ptr failure() const { return failure_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::exception_ptr failure_;
  std::thread thread_;  // declared last, because the thread uses all other members
};

}  // namespace

void Mailbox::warn(const std::string& line) {
  const std::lock_guard lock(mutex_);
  contents_.letters.push_back({true, line});
}

void Mailbox::note(const std::string& line) {
  const std::lock_guard lock(mutex_);
  contents_.letters.push_back({false, line});
}

void Mailbox::progress(const ProgressNow& now) {
  const std::lock_guard lock(mutex_);
  contents_.progress = now;
}

void Mailbox::set_outcome(const std::string& line) {
  const std::lock_guard lock(mutex_);
  outcome_ = line;
}

Mailbox::Contents Mailbox::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(contents_, {});
}

std::string Mailbox::outcome() {
  const std::lock_guard lock(mutex_);
  return outcome_;
}

void run_aside(const Work& work, const Listeners& listeners) {
  Mailbox mailbox;
  std::stop_source stop;
  std::optional<nb::python_error> raised;  // the first exception of a listener or of a signal handler
  std::exception_ptr failure;
  {
    Worker worker([&] { work(mailbox, stop.get_token()); });
    for (bool done = false; !done;) {
      done = worker.wait();
      try {
        check_signals();
        if (!raised) deliver(mailbox.take(), listeners);
      } catch (const nb::python_error& error) {
        if (!raised) raised.emplace(error);
        stop.request_stop();
      }
    }
    failure = worker.failure();
  }
  if (!raised) {
    if (failure) std::rethrow_exception(failure);
    return;
  }
  std::string note = mailbox.outcome();
  if (failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      note += (note.empty() ? "" : "; ") + std::string(error.what());
    }
  }
  if (!note.empty()) raised->value().attr("add_note")(note);
  throw nb::python_error(*raised);
}

}  // namespace gpu_sweep::python
