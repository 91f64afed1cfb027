"""All of first_light on the stand-in for a GPU (tests/simt/README.md): whole_test.py BUILD_FOLDER

One step is forced to fail and one to hang. Scripts replace third-party tools that need a card.
"""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import support
from first_light.command_line import STAGES

BUILD = ""
HANG_LIMIT_S = 6.0


def generous(stage: str) -> list[str]:
    """Returns flags that raise the time limits of steps, for a machine that is busy with other tests."""
    return [part for name in names(stage) for part in ("--limit", f"{name}=240")]


def names(stage: str) -> list[str]:
    return [step.name for one in STAGES if one.name == stage for step in one.steps]


class OnTheStandIn(unittest.TestCase):
    def setUp(self) -> None:
        held = tempfile.TemporaryDirectory(prefix="first light ")  # the path contains a space
        self.addCleanup(held.cleanup)
        self.folder = pathlib.Path(held.name).resolve()
        self.out = self.folder / "out"
        self.tools = support.write_tools(self.folder / "tools")

    def call(self, stage: str, *flags: str) -> subprocess.CompletedProcess[str]:
        return support.call(support.command(stage, self.out, *flags, programs=BUILD), self.tools)

    def check_statuses(self, expected: dict[str, str]) -> None:
        found = support.entries(self.out)
        statuses = {name: found[name]["status"] for name in expected}
        told = {name: found[name]["headline"] for name in expected if statuses[name] != expected[name]}
        self.assertEqual(statuses, expected, told)

    def test_every_stage(self) -> None:
        self.stage_right()
        self.stage_fast()
        self.stage_why()
        text = (self.out / "first_light.md").read_text()
        for stage in STAGES:
            for step in stage.steps:
                self.assertIn(f"| {stage.name} | {step.name} |", text)
        self.assertNotIn("not run yet", text)
        self.assertNotIn("not to be shown", text)
        self.assertNotIn("the step itself failed", text)
        for title in (
            "What failed",
            "Margins",
            "The whole step",
            "Groupings that tune",
            "The study",
            "nodes of a step",
        ):
            self.assertIn(f"## {title}" if title != "nodes of a step" else "## The nodes of a step", text)
        before = text
        self.assertEqual(self.call("report").returncode, 0)
        self.assertEqual((self.out / "first_light.md").read_text(), before)

    def stage_right(self) -> None:
        start = time.monotonic()
        done = self.call(
            "right",
            *generous("right"),
            "--sabotage",
            "kernel_tests=fail",
            "--sabotage",
            "devices=hang",
            "--limit",
            f"devices={HANG_LIMIT_S}",
        )
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertEqual(support.processes_in(self.out / "work"), [])
        expected = dict.fromkeys(names("right"), "passed")
        expected.update(
            kernel_tests="failed",
            devices="timed out",
            library_tests="not here",
            cudnn_tests="not here",
            sanitizer_memcheck="passed",
        )
        self.check_statuses(expected)
        found = support.entries(self.out)
        self.assertIn("forced to fail", found["kernel_tests"]["headline"])
        self.assertLess(found["devices"]["seconds"], HANG_LIMIT_S + 3.5)
        self.assertGreater(found["devices"]["seconds"], HANG_LIMIT_S - 3.5)
        self.assertLess(time.monotonic() - start, 540)
        self.assertEqual(found["selftest"]["figures"]["devices"][0]["device"], "simt:0")
        self.assertEqual(
            json.loads((self.out / "first_light.json").read_text())["machine"]["cards"][0]["name"],
            "NVIDIA H100 80GB HBM3",
        )

        done = self.call("right", "--resume")  # all steps are finished, including those that failed
        self.assertEqual((done.returncode, done.stdout.count("\n")), (0, 1), done.stdout)
        self.assertEqual(support.entries(self.out), found)
        done = self.call("right", "--only", "kernel_tests")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.check_statuses({**expected, "kernel_tests": "passed"})

    def stage_fast(self) -> None:
        command = support.command("fast", self.out, *generous("fast"), programs=BUILD)
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=support.environment(self.tools)
        ) as running:
            assert running.stdout is not None
            self.assertIn("copy", running.stdout.readline())
            deadline = time.monotonic() + 60
            while support.entries(self.out).get("node_cost", {}).get("status") is None and time.monotonic() < deadline:
                time.sleep(0.01)
            running.send_signal(signal.SIGTERM)
            running.wait(30)
        self.assertEqual(support.processes_in(self.out / "work"), [])
        first = support.entries(self.out)
        self.assertEqual(first["copy"]["status"], "passed")
        self.assertNotIn("cudnn", first)

        done = self.call("fast", "--resume", *generous("fast"))
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("\npassed        copy ", "\n" + done.stdout)
        self.assertEqual(support.entries(self.out)["copy"], first["copy"])
        self.check_statuses({**dict.fromkeys(names("fast"), "passed"), "cudnn": "not here"})
        found = support.entries(self.out)
        self.assertGreater(found["copy"]["figures"]["bytes_per_second"], 0)
        operations = found["operations_bf16"]["figures"]["operations"]
        self.assertEqual(len([o for o in operations if "/train_step/" in o["name"]]), 12)  # 11 operations, and "all"
        whole = next(o for o in operations if o["name"] == "bf16/1_hidden/train_step/all")
        self.assertGreater(whole["floor_us"], 0)  # the lower bound for the H100 that nvidia-smi names
        self.assertGreater(whole["us"], 100)  # the stand-in takes milliseconds
        self.assertLess(whole["us"], 10e6)
        self.assertGreater(found["study_tf32"]["figures"]["seconds"], 0)

    def stage_why(self) -> None:
        lane = str(pathlib.Path(BUILD) / "libgpu_sweep_simt.so")
        done = self.call("why", *generous("why"), "--variant", lane)
        found = support.entries(self.out)
        peers = {name: found[name]["status"] for name in ("peer_torch", "peer_jax")}
        self.assertLessEqual(set(peers.values()), {"passed", "not here"}, done.stdout)
        self.check_statuses(
            {"step_nodes": "passed", "step_counters": "passed", "products": "not here", "variants": "passed"}
        )
        self.assertEqual(found["step_nodes"]["figures"]["nodes_us"], 6.0)
        self.assertEqual(found["step_counters"]["figures"]["kernels"][-1]["DRAM Throughput"], 91.5)
        self.assertTrue((self.out / "step.ncu-rep").is_file())

    def test_without_tools_and_programs_all_is_not_here(self) -> None:
        empty = self.folder / "empty"
        empty.mkdir()
        environment = dict(os.environ, PATH="/usr/bin:/bin")
        command = support.command("right", self.out, programs=str(empty))
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout)
        ours = [name for name in names("right") if name != "nvidia_smi" and not name.startswith("sanitizer")]
        self.check_statuses(dict.fromkeys(ours, "not here"))

    def test_bad_usage_is_one_line(self) -> None:
        cases = {
            ("--only", "copy"): "--only: found 'copy', expected a step of right",
            ("--limit", "selftest=0"): "expected seconds above 0",
            ("--limit", "nothing=3"): "found 'nothing=3', expected STEP=VALUE",
            ("--data", str(self.folder / "none")): "--data: found no folder",
        }
        for flags, expected in cases.items():
            done = self.call("right", *flags)
            self.assertEqual(done.returncode, 2, flags)
            self.assertIn(expected, done.stderr)
        self.out.mkdir(exist_ok=True)
        (self.out / "first_light.json").write_text("{}")
        done = self.call("right", "--resume")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))
        self.assertEqual((self.out / "first_light.json").read_text(), "{}")
        file = self.folder / "file"
        file.touch()
        done = support.call(support.command("right", file, programs=BUILD))
        self.assertEqual((done.returncode, done.stderr.count("\n")), (5, 1), done.stderr)


if __name__ == "__main__":
    BUILD = sys.argv.pop(1)
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]])
