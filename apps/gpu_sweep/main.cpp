// The program: parses the command line, runs one command, and maps a failure to an exit code.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <exception>
#include <string>

#include "apps/gpu_sweep/command_line.h"
#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/cut_mapping.h"
#include "apps/gpu_sweep/generated_pages.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/stop_signals.h"
#include "engine/experiment/experiment_reference.h"
#include "engine/lane/describe_failure.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

constexpr const char* kDescription =
    "gpu_sweep trains hundreds of small neural networks in one pass, so that two models are compared by\n"
    "distributions and not by two lucky seeds.";
constexpr const char* kFooter =
    "gpu_sweep COMMAND --help describes a command. Data goes to stdout, everything else to stderr.\n"
    "Exit codes: 0 done, 2 command line or experiment, 3 data, 4 device, 5 output, 6 directory in use,\n"
    "8 results damaged, 75 stopped by --stop-after, 1 bug in the program itself.\n\n"
    "Start with: gpu_sweep run experiments/quick.toml";

/// Handles the flags that print generated pages: --man-page, --completion bash and --experiment-keys. Returns
/// whether `words` is one of them.
bool print_generated_page(const CLI::App& program, const std::vector<std::string>& words) {
  if (words == std::vector<std::string>{"--man-page"}) {
    print_data(man_page(program, "trains hundreds of small neural networks in one pass"));
  } else if (words == std::vector<std::string>{"--completion", "bash"}) {
    print_data(bash_completion(program));
  } else if (words == std::vector<std::string>{"--experiment-keys"}) {
    print_data(experiment_reference());
  } else {
    return false;
  }
  return true;
}

int run_program(int argc, const char* const* argv) {
  try {
    CLI::App program(kDescription, "gpu_sweep");
    program.set_version_flag("--version", "gpu_sweep " GPU_SWEEP_VERSION);
    program.footer(kFooter);
    const std::vector<Command> commands = {
        add_run_command(program),      add_train_command(program),   add_evaluate_command(program),
        add_plan_command(program),     add_tune_command(program),    add_show_command(program),
        add_report_command(program),   add_compare_command(program), add_judge_command(program),
        add_merge_command(program),    add_export_command(program),  add_verify_command(program),
        add_repair_command(program),   add_backup_command(program),  add_devices_command(program),
        add_selftest_command(program),
    };
    if (print_generated_page(program, {argv + std::min(argc, 1), argv + argc}))
      return static_cast<int>(ExitCode::kDone);
    if (const auto command = parse_command_line(program, commands, argc, argv)) command->execute();
    return static_cast<int>(ExitCode::kDone);
  } catch (const std::exception&) {
    const DescribedFailure failure = describe_failure(std::current_exception());
    report_error(failure.text);
    return failure.exit_code;
  }
}

}  // namespace
}  // namespace gpu_sweep

int main(int argc, char** argv) {
  gpu_sweep::open_standard_streams();
  std::signal(SIGXFSZ, SIG_IGN);  // a file that reaches its size limit is an error that can be reported
  gpu_sweep::report_cut_mappings();
  try {
    return gpu_sweep::run_program(argc, argv);
  } catch (const gpu_sweep::Interrupted& interrupted) {
    if (interrupted.signal == 0) return gpu_sweep::kStoppedByClock;
    gpu_sweep::die_of(interrupted.signal);
  }
}
