"""The parts of first_light, without a device."""

from __future__ import annotations

import os
import pathlib
import signal
import struct
import sys
import tempfile
import time
import unittest

import support
from first_light import fast, images, kernel_bench, machine, process, profiler, report, results, stage
from first_light.command_line import STAGES
from first_light.context import CARD, Context, NotHere, Outcome, StepFailed


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = pathlib.Path(held.name).resolve()


class Limits(unittest.TestCase):
    def test_the_steps_of_a_stage_fit_into_it_with_their_ends(self) -> None:
        for one in STAGES:
            self.assertLessEqual(sum(step.limit_s for step in one.steps) + process.KILL_GRACE_S, one.limit_s, one.name)
        self.assertEqual([one.limit_s for one in STAGES], [540, 480, 420])

    def test_names_are_given_once(self) -> None:
        names = [step.name for one in STAGES for step in one.steps]
        self.assertEqual(len(names), len(set(names)))


class Processes(Folder):
    def run_shell(self, script: str, limit_s: float) -> process.Completed:
        return process.run(
            ["sh", "-c", script],
            limit_s=limit_s,
            log=self.folder / "x.log",
            environment=os.environ,
            folder=self.folder,
            stop=process.StopRequest(),
        )

    def test_output_and_exit_code(self) -> None:
        done = self.run_shell("echo out; echo err >&2; exit 7", 20)
        self.assertEqual((done.stdout, done.stderr, done.exit_code), ("out\n", "err\n", 7))
        self.assertIn("[exit code 7", (self.folder / "x.log").read_text())

    def test_a_hanging_family_dies_at_the_limit(self) -> None:
        start = time.monotonic()
        with self.assertRaises(process.TimedOut):
            self.run_shell("trap '' TERM; sleep 611 & echo before; sleep 612", 1)
        self.assertLess(time.monotonic() - start, 1 + process.TERM_GRACE_S + process.KILL_GRACE_S)
        self.assertEqual(support.processes_in(self.folder), [])
        self.assertIn("before", (self.folder / "x.log").read_text())

    def test_what_a_finished_command_leaves_behind_dies(self) -> None:
        start = time.monotonic()
        self.assertEqual(self.run_shell("sleep 613 & exit 0", 20).exit_code, 0)
        self.assertLess(time.monotonic() - start, 10)
        self.assertEqual(support.processes_in(self.folder), [])

    def test_a_stop_request_ends_the_command_whenever_it_comes(self) -> None:
        stop = process.StopRequest()
        stop(signal.SIGTERM, None)
        log = self.folder / "x.log"
        with self.assertRaises(process.Stopped) as caught:
            process.run(["sleep", "615"], limit_s=60, log=log, environment=os.environ, folder=self.folder, stop=stop)
        self.assertEqual(caught.exception.code, 128 + signal.SIGTERM)
        self.assertEqual(support.processes_in(self.folder), [])


class ResultsFile(Folder):
    def test_survives_a_round_trip(self) -> None:
        found = results.Results(self.folder)
        found.machine = {"device": "cuda"}
        found.put({"step": "a", "stage": "right", "status": results.PASSED, "figures": {"x": 1.5}})
        found.put({"step": "b", "stage": "fast", "status": results.RUNNING})
        again = results.Results(self.folder)
        again.load()
        self.assertEqual((again.machine, again.steps), (found.machine, found.steps))
        self.assertTrue(again.finished("a"))
        self.assertFalse(again.finished("b"))
        again.forget("right")
        self.assertEqual(list(again.steps), ["b"])
        self.assertEqual([path.name for path in self.folder.iterdir()], ["first_light.json"])

    def test_other_content_is_refused(self) -> None:
        for text in ("{", "[]", '{"schema": 99, "machine": {}, "steps": []}', '{"schema": 1}'):
            (self.folder / results.FILE).write_text(text)
            with self.assertRaises(results.BadResults):
                results.Results(self.folder).load()


class Images(Folder):
    def test_same_seed_same_bytes_and_headers_that_hold(self) -> None:
        for name in ("a", "b"):
            images.write_images(self.folder / name, train=30, test=12, side=6)
        for name in images.NAMES:
            self.assertEqual((self.folder / "a" / name).read_bytes(), (self.folder / "b" / name).read_bytes())
        pixels = (self.folder / "a" / images.NAMES[0]).read_bytes()
        self.assertEqual(struct.unpack(">IIII", pixels[:16]), (0x803, 30, 6, 6))
        self.assertEqual(len(pixels), 16 + 30 * 36)
        labels = (self.folder / "a" / images.NAMES[1]).read_bytes()
        self.assertEqual(set(labels[8:]), set(range(10)))
        self.assertEqual(images.train_rows(self.folder / "a"), 30)
        self.assertTrue(images.is_data(self.folder / "a"))
        self.assertFalse(images.is_data(self.folder))


class Machine(Folder):
    def test_cards_of_which_the_data_sheet_is_known(self) -> None:
        names = {
            "NVIDIA H100 80GB HBM3": "h100",
            "NVIDIA H100 PCIe": None,
            "NVIDIA H100 NVL": None,
            "NVIDIA H200": "h200",
            "NVIDIA A100-SXM4-80GB": "a100",
            "NVIDIA A100 80GB PCIe": None,
            "NVIDIA A100-SXM4-40GB": None,
            "NVIDIA L40S": "l40s",
            "NVIDIA GeForce RTX 4090": "rtx4090",
            "NVIDIA GeForce RTX 4090 D": None,
            "NVIDIA GeForce RTX 3090 Ti": None,
            "Tesla T4": None,
        }
        self.assertEqual({name: machine.card_of(name) for name in names}, names)

    def test_libraries_by_major_version(self) -> None:
        for name in ("libcublas.so", "libcublas.so.13", "libcublas.so.13.0.2", "libcudart.so.12", "libnvblas.so.13"):
            (self.folder / name).touch()
        self.assertEqual(set(machine.find_libraries([self.folder])), {"libcublas.so.13", "libcudart.so.12"})

    def test_a_launcher_stands_for_what_it_starts(self) -> None:
        for part in ("bin", "libexec"):
            (self.folder / part).mkdir()
            (self.folder / part / "gpu_sweep").touch(0o755)
        found = machine.find_program("gpu_sweep", [self.folder])
        assert found is not None
        self.assertEqual(found, self.folder / "bin" / "gpu_sweep")
        self.assertEqual(machine.binary_of(found), self.folder / "libexec" / "gpu_sweep")
        self.assertIsNone(machine.find_program("kernel_bench", [self.folder]))

    def test_nvidia_smi(self) -> None:
        cards = machine.parse_cards("NVIDIA H200, 580.1, 143771, 1980, 3201, 700.00, 9.0\n\nNo devices\n")
        self.assertEqual([card["name"] for card in cards], ["NVIDIA H200"])


class Profiler(unittest.TestCase):
    def test_one_step_lies_between_two_ends(self) -> None:
        kernels = profiler.parse(support.ncu_table({profiler.DURATION: "1,500"}))
        step = profiler.one_step(kernels)
        names = [profiler.short_name(kernel.name) for kernel in step]
        self.assertEqual(names, ["gather", "sm90_xmma_gemm_f32", "update", "advance"])
        self.assertEqual([kernel.us for kernel in step], [1.5] * 4)
        plain = ("advance(Op)", "advance", "void (anonymous namespace)::advance<(int)4>(Op)")
        self.assertEqual({profiler.short_name(name) for name in plain}, {"advance"})

    def test_no_table_and_no_step_are_said(self) -> None:
        with self.assertRaisesRegex(StepFailed, "no table of kernels: ==ERROR== No kernels"):
            profiler.parse("==PROF== Connected\n==ERROR== No kernels were profiled\n")
        with self.assertRaisesRegex(NotHere, "^ncu: ERR_NVGPUCTRPERM"):
            profiler.check_rights("==PROF== Connected\n==ERROR== ERR_NVGPUCTRPERM - no permission\n")
        with self.assertRaisesRegex(StepFailed, "no whole step"):
            profiler.one_step(profiler.parse(support.ncu_table({profiler.DURATION: "1"}))[:4])


class Benchmarks(unittest.TestCase):
    def test_times_and_floors(self) -> None:
        text = """{"benchmarks": [{"name": "tf32/1_hidden/train_step/all/real_time", "us": 250.0, "bytes": 6e8,
            "floor_us": 190.0, "nodes": 11}]}"""
        (entry,) = kernel_bench.parse(text)
        self.assertEqual((entry["name"], entry["us"]), ("tf32/1_hidden/train_step/all", 250.0))
        self.assertAlmostEqual(kernel_bench.copy_floor_us(entry, 3e12) or 0, 200)
        self.assertIsNone(kernel_bench.copy_floor_us(entry, None))
        self.assertEqual(kernel_bench.whole_steps([entry]), [entry])

    def test_a_failed_benchmark_fails_and_keeps_the_others(self) -> None:
        text = """{"benchmarks": [{"name": "a", "us": 1.0},
            {"name": "b", "error_occurred": true, "error_message": "out of memory"}]}"""
        with self.assertRaisesRegex(StepFailed, "1 of 2 failed: b: out of memory") as caught:
            kernel_bench.parse(text)
        self.assertEqual([entry["name"] for entry in caught.exception.figures["operations"]], ["a"])

    def test_the_study_is_cut_to_what_fits(self) -> None:
        self.assertEqual(fast.runs_that_fit(55, 900), 100)
        self.assertEqual(fast.runs_that_fit(55, 250), 41)  # 55 s x 3/4 x 250 epochs/s / (5 models x 50 epochs)
        self.assertEqual(fast.runs_that_fit(55, 0.01), 1)
        self.assertEqual(fast.runs_that_fit(55, None), 100)


class Stages(Folder):
    def test_no_step_ends_the_others_and_no_time_is_said(self) -> None:
        def broken(_: Context) -> Outcome:
            raise ValueError("of the step itself")

        def absent(_: Context) -> Outcome:
            raise NotHere("no such tool")

        def slow(context: Context) -> Outcome:
            context.run(["sleep", "614"])
            return Outcome("never")

        steps = [
            stage.Step("broken", 5, "", broken),
            stage.Step("slow", 4, "", slow),
            stage.Step("absent", 5, "", absent),
            stage.Step("fine", 5, "", lambda _: Outcome("done", {"x": 1})),
        ]
        found = results.Results(self.folder)
        context = Context("cuda", CARD, [], None, self.folder, found)
        short = stage.Stage("right", 60, steps)
        stage.run_stage(short, context, limits={}, only=(), after_step=lambda _: None)
        statuses = [entry["status"] for entry in found.steps.values()]
        self.assertEqual(statuses, [results.FAILED, results.TIMED_OUT, results.NOT_HERE, results.PASSED])
        self.assertIn("ValueError: of the step itself", found.steps["broken"]["log_tail"])
        self.assertEqual(found.figures("fine"), {"x": 1})
        spent = stage.Stage("fast", 1, [stage.Step("late", 5, "", lambda _: Outcome("done"))])
        stage.run_stage(spent, context, limits={}, only=(), after_step=lambda _: None)
        self.assertEqual(found.steps["late"]["status"], results.NO_TIME)
        self.assertFalse(found.finished("late"))

    def test_margins_are_shown_against_their_bounds(self) -> None:
        found = results.Results(self.folder)
        check = {
            "check": "training tf32",
            "compared": "the CPU",
            "figure": "losses",
            "passed": True,
            "margins": [
                {"name": "loss", "value": 0.005, "bound": 0.02},
                {"name": "odd | one", "value": None, "bound": None},
            ],
        }
        found.put(
            {
                "step": "selftest",
                "stage": "right",
                "status": results.FAILED,
                "headline": "h",
                "figures": {"devices": [{"checks": [check]}]},
            }
        )
        text = report.text(found, STAGES)
        self.assertIn("| training tf32 | passed | loss | 0.005 | 0.02 | 25% |", text)
        self.assertIn("odd \\| one", text)
        for one in STAGES:
            for step in one.steps:
                self.assertIn(f"| {one.name} | {step.name} |", text)

    def test_measured_times_stand_beside_computed_ones(self) -> None:
        found = results.Results(self.folder)

        def passed(name: str, figures: results.Json) -> None:
            found.put({"step": name, "stage": "fast", "status": results.PASSED, "headline": "h", "figures": figures})

        passed("copy", {"bytes_per_second": 3e12})
        step = {"name": "tf32/1_hidden/train_step/all", "us": 250.0, "bytes": 6e8, "floor_us": 190.0}
        adam = {"name": "tf32/1_hidden/train_step/adam/0", "us": 100.0, "bytes": 2.7e8, "shape": "adam 203530"}
        passed("operations_tf32", {"replicas": 50, "operations": [step, adam]})
        passed(
            "study_bf16",
            {"seconds": 20.0, "runs_a_model": 100, "scaled": False, "floor_s": 18.0, "data": "real images"},
        )
        algorithm = {"id": 1, "tile": 2, "stages": 3, "split_k": 1}
        offered = [{**algorithm, "microseconds": 30.0}, {**algorithm, "id": 7, "microseconds": 20.0}]
        passed(
            "products",
            {
                "products": [
                    {"product": "forward", "precision": "tf32", "algorithms": offered},
                    {"product": "weight gradient", "precision": "bf16", "algorithms": [], "error": "refused"},
                ]
            },
        )
        text = report.text(found, STAGES)
        self.assertIn("| tf32/1_hidden/train_step/all |  | 250.00 | 200.00 | 80% | 190.00 | 76% |  |", text)
        self.assertIn("| tf32/1_hidden/train_step/adam/0 | adam 203530 | 100.00 | 90.00 | 90% |  |  |  |", text)
        self.assertIn("| bf16 | 20.0 | 100 | no | 18.0 | 90% | real images |", text)
        self.assertIn("| forward | tf32 | 2 | 30.0 | 20.0 | id 7, tile 2, stages 3, split 1 |", text)
        self.assertIn("| weight gradient | bf16 | refused |", text)
        self.assertNotIn("not to be shown", text)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
