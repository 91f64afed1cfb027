// The subcommands. To add a subcommand, write commands/NAME.cpp, list it in CMakeLists.txt and in main.cpp,
// and declare its function here.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace gpu_sweep {

struct Command {
  CLI::App* app;                  ///< flags and help; owned by the program's app
  std::function<void()> execute;  ///< call it after the flags are parsed; throws Error and Interrupted
};

Command add_run_command(CLI::App& program);
Command add_train_command(CLI::App& program);
Command add_evaluate_command(CLI::App& program);
Command add_plan_command(CLI::App& program);
Command add_tune_command(CLI::App& program);
Command add_show_command(CLI::App& program);
Command add_merge_command(CLI::App& program);
Command add_verify_command(CLI::App& program);
Command add_repair_command(CLI::App& program);
Command add_backup_command(CLI::App& program);
Command add_export_command(CLI::App& program);
Command add_report_command(CLI::App& program);
Command add_compare_command(CLI::App& program);
Command add_judge_command(CLI::App& program);
Command add_devices_command(CLI::App& program);
Command add_selftest_command(CLI::App& program);

}  // namespace gpu_sweep
