"""The steps and the command line of first_light on a card, with scripts in place of our programs and other tools."""

from __future__ import annotations

import os
import pathlib
import signal
import sys
import tempfile
import unittest
from collections.abc import Callable
from unittest import mock

import support
from first_light import command_line, fast, machine, process, results, right, why
from first_light.context import CARD, Context, NotHere, Outcome, StepFailed
from first_light.stage import Stage, Step

USABLE = "cuda:0\n    NVIDIA H100\n    sm_90, 81559 MiB\n"
UNUSABLE = "cuda:0\n    Tesla M60\n    sm_52, 8192 MiB\n    cannot be used: compute capability 5.2\n"
CPU = "cpu\n    a processor\n    8 cores\n"


class OnACard(unittest.TestCase):
    """Makes a folder with programs, tools on PATH, and the Context for --device cuda."""

    def setUp(self) -> None:
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = pathlib.Path(held.name).resolve()
        self.programs = self.folder / "programs"
        self.programs.mkdir()
        self.tools = support.write_tools(self.folder / "tools")
        clean = {name: text for name, text in os.environ.items() if not name.startswith(("CUDA", "CONDA", "LD_LIB"))}
        patched = mock.patch.dict(os.environ, {**clean, "PATH": f"{self.tools}:/usr/bin:/bin"}, clear=True)
        patched.start()
        for caught in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.addCleanup(signal.signal, caught, signal.getsignal(caught))
        self.addCleanup(patched.stop)

    def script(self, folder: pathlib.Path, name: str, text: str) -> pathlib.Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    def context(self) -> Context:
        out = self.folder / "out"
        made = Context("cuda", CARD, [self.programs], None, out, results.Results(out))
        made.begin("step", 60)
        return made

    def devices(self, text: str, said: str = "") -> None:
        self.script(self.programs, "gpu_sweep", f"cat <<'END'\n{text}END\ncat >&2 <<'END'\n{said}END")


class Devices(OnACard):
    def test_a_card_that_cannot_be_used_is_none(self) -> None:
        self.devices(CPU + UNUSABLE, "no CUDA device: none of 1 can be used\n    lane: here\n")
        with self.assertRaisesRegex(StepFailed, "^cuda:0 cannot be used: compute capability 5.2$"):
            right.devices(self.context())
        self.devices(CPU, "no CUDA device: found no driver\n    lane: here\n")
        with self.assertRaisesRegex(StepFailed, "^no CUDA device: found no driver$"):
            right.devices(self.context())
        self.devices(CPU + UNUSABLE + USABLE.replace("cuda:0", "cuda:1"))
        self.assertEqual(
            right.devices(self.context()).headline,
            "cpu a processor; cuda:0 Tesla M60; cuda:1 NVIDIA H100; cuda:0 cannot be used: compute capability 5.2",
        )

    def test_what_the_program_finds_for_itself_is_not_missing(self) -> None:
        self.script(self.tools, "ldd", "echo '	libcublas.so.13 => not found'; exit 0")
        (self.programs / "libgpu_sweep_cuda.so").touch()
        self.devices(CPU + USABLE)
        found = right.libraries(self.context())
        self.assertIn("libgpu_sweep_cuda.so lacks libcublas.so.13", found.headline)
        self.devices(CPU + UNUSABLE)
        with self.assertRaisesRegex(StepFailed, "libgpu_sweep_cuda.so lacks libcublas.so.13"):
            right.libraries(self.context())

    def test_cudnn_is_looked_for_by_the_loader(self) -> None:
        self.script(self.programs, "kernel_bench_cudnn", "echo '{\"benchmarks\": []}'")
        self.script(self.tools, "ldd", "echo '	libcudnn.so.9 => not found'")
        with self.assertRaisesRegex(NotHere, "needs libcudnn.so.9"):
            fast.cudnn(self.context())
        self.script(self.tools, "ldd", "echo '	libcudnn.so.9 => /usr/lib/x86_64-linux-gnu/libcudnn.so.9'")
        with self.assertRaisesRegex(StepFailed, "no benchmark of that name"):
            fast.cudnn(self.context())

    def test_what_cudnn_does_not_offer_is_no_failure(self) -> None:
        self.script(self.tools, "ldd", "exit 0")
        timed = '{"name": "fp32/a/cudnn", "us": 1.0}'
        refused = '{"name": "fp32/b/cudnn", "error_occurred": true, "error_message": "%s"}'
        absent = refused % "NOT TESTED: cuDNN does not offer cudnnAddTensor"
        self.script(self.programs, "kernel_bench_cudnn", f"echo '{{\"benchmarks\": [{timed}, {absent}]}}'")
        self.assertIn("1 compositions timed; 1 not: fp32/b/cudnn", fast.cudnn(self.context()).headline)
        failed = refused % "out of memory"
        self.script(self.programs, "kernel_bench_cudnn", f"echo '{{\"benchmarks\": [{timed}, {absent}, {failed}]}}'")
        with self.assertRaisesRegex(StepFailed, "2 of 3 failed"):
            fast.cudnn(self.context())


class Sanitizer(OnACard):
    def sanitize(self, said: str) -> Outcome:
        self.script(self.programs, "kernel_tests_cuda", f"cat <<'END'\n{said}END")
        return right.sanitizer("memcheck").run(self.context())

    def test_nothing_checked_is_not_passed(self) -> None:
        self.assertEqual(self.sanitize("[  PASSED  ] 1 test.\n").figures, {"found": 0, "tests": 1})
        self.assertEqual(self.sanitize("[  PASSED  ] 31 tests.\n").figures, {"found": 0, "tests": 31})
        with self.assertRaisesRegex(StepFailed, "nothing was checked: NOT TESTED on cuda: no CUDA device"):
            self.sanitize("NOT TESTED on cuda: no CUDA device\n[  PASSED  ] 0 tests.\n")
        with self.assertRaisesRegex(StepFailed, "nothing was checked: no test passed"):
            self.sanitize("")
        with self.assertRaisesRegex(StepFailed, "nothing was checked: Target application terminated"):
            self.sanitize(f"========= {right.NOT_INSTRUMENTED}\n[  PASSED  ] 31 tests.\n")

    def test_it_is_given_the_binary(self) -> None:
        self.script(self.programs, "bin/kernel_tests_cuda", "exit 9")
        self.script(self.programs, "libexec/kernel_tests_cuda", "echo '[  PASSED  ] 2 tests.'")
        self.assertEqual(right.sanitizer("memcheck").run(self.context()).figures["tests"], 2)


class OneOfSeveral(OnACard):
    def test_every_program_is_shown_the_chosen_card_alone(self) -> None:
        os.environ.pop("CUDA_VISIBLE_DEVICES", None)
        whole = machine.environment_of("cuda")
        self.assertEqual(whole["CUDA_DEVICE_ORDER"], "PCI_BUS_ID")
        self.assertNotIn("CUDA_VISIBLE_DEVICES", whole)
        self.assertNotIn("-i", machine.cards_command("nvidia-smi", whole))
        self.assertEqual(machine.environment_of("cuda:3")["CUDA_VISIBLE_DEVICES"], "3")
        self.assertNotIn("CUDA_DEVICE_ORDER", machine.environment_of("simt"))
        with mock.patch.dict(os.environ, CUDA_VISIBLE_DEVICES="5, GPU-ab,MIG-cd"):
            chosen = machine.environment_of("cuda:1")
            self.assertEqual(chosen["CUDA_VISIBLE_DEVICES"], "GPU-ab")
            self.assertEqual(machine.cards_command("nvidia-smi", chosen)[1:3], ["-i", "GPU-ab"])
            self.assertNotIn("-i", machine.cards_command("nvidia-smi", machine.environment_of("cuda:2")))
            with self.assertRaisesRegex(machine.NoSuchCard, "found cuda:3, .* has 3 cards"):
                machine.environment_of("cuda:3")

    def test_a_call_passes_it_on(self) -> None:
        self.script(self.tools, "nvidia-smi", 'echo "card $2, 580.1, 1, 1, 1, 1, 7.5"')
        seen: list[str] = []

        def look(context: Context) -> Outcome:
            self.assertEqual(context.device, "cuda")
            show = ["sh", "-c", "echo $CUDA_VISIBLE_DEVICES"]
            seen.extend([context.run(show).stdout.strip(), context.run(show, ours=False).stdout.strip()])
            context.needs_precision("fp32")
            context.needs_precision("bf16")
            return Outcome("never")

        out = self.folder / "call"
        with stages(look):
            call = ["right", "--out", str(out), "--programs", str(self.programs)]
            self.assertEqual(command_line.main([*call, "--device", "cuda:2"]), 0)
            with mock.patch.dict(os.environ, CUDA_VISIBLE_DEVICES="0"):
                self.assertEqual(command_line.main([*call, "--device", "cuda:2"]), 2)
            with self.assertRaises(SystemExit):
                command_line.main([*call, "--device", "cpu"])
        self.assertEqual(seen, ["2", "2"])
        entry = support.entries(out)["right_step"]
        self.assertEqual((entry["status"], entry["headline"][:32]), ("not here", "bf16 needs compute capability 8."))


class Libraries(OnACard):
    def test_the_places_of_the_program(self) -> None:
        conda, home = self.folder / "conda", self.folder / "home"
        places = [
            conda / "lib",
            conda / "targets/x86_64-linux/lib",
            conda / "lib/python3.12/site-packages/nvidia/cudnn/lib",
            home / ".local/lib/python3.11/site-packages/nvidia/cublas/lib",
        ]
        for place in places:
            place.mkdir(parents=True)
        with mock.patch.dict(os.environ, CONDA_PREFIX=str(conda), HOME=str(home)):
            found = machine.library_folders(None)
        self.assertEqual([place for place in found if self.folder in place.parents], places)

    def test_the_runtime_of_a_shared_folder_stays_out(self) -> None:
        shared, own = self.folder / "shared", self.folder / "own"
        for folder, names in ((shared, ["libcudart.so.13", "libcublasLt.so.13", "libstdc++.so.6"]), (own, ["libx"])):
            folder.mkdir()
            for name in names:
                (folder / name).touch()
        libraries = [own / "libcudnn.so.9", shared / "libcudart.so.13"]
        for _ in range(2):
            kept, linked = machine.loader_folders(libraries, self.folder / "links")
            self.assertEqual(kept, own)
            self.assertEqual({path.name for path in linked.iterdir()}, {"libcudart.so.13", "libcublasLt.so.13"})


class Others(OnACard):
    def test_a_library_that_sees_no_card_is_not_here(self) -> None:
        self.script(self.tools, "python3", 'case "$2" in *find_spec*) exit 0 ;; esac; echo no card >&2; exit 1')
        for step in ("peer_torch", "peer_jax"):
            (peer,) = (one for one in why.STAGE.steps if one.name == step)
            with mock.patch.object(sys, "executable", ""), self.assertRaisesRegex(NotHere, "no card|No module"):
                peer.run(self.context())

    def test_the_profiler_without_rights_is_not_here(self) -> None:
        self.script(self.programs, "kernel_bench", """echo '{"benchmarks": [{"name": "a", "us": 1}]}'""")
        self.script(self.tools, "ncu", "echo '==ERROR== ERR_NVGPUCTRPERM - The user may not'; exit 1")
        for step in (why.step_nodes, why.step_counters):
            with self.assertRaisesRegex(NotHere, "ERR_NVGPUCTRPERM - The user"):
                step(self.context())

    def test_the_profilers_stand_in_wants_its_flags_and_an_executable(self) -> None:
        good = ["--csv", "--clock-control", "none", "--graph-profiling", "node", sys.executable, "--x"]
        self.assertIn("advance", support.call([str(self.tools / "ncu"), *good]).stdout)
        launcher = str(self.script(self.folder, "launcher", "exit 0"))
        for place, instead in ((2, "base"), (4, "graph"), (5, launcher), (5, str(self.folder / "none"))):
            bad = [*good[:place], instead, *good[place + 1 :]]
            self.assertEqual(support.call([str(self.tools / "ncu"), *bad]).returncode, 2, bad)


def stages(*looks: Callable[[Context], Outcome]) -> mock._patch[tuple[Stage, ...]]:
    """Replaces the stages by one stage of one step for each of `looks`: right, fast and why, in this order."""
    made = [Stage(n, 60, (Step(f"{n}_step", 20, n, look),)) for n, look in zip(("right", "fast", "why"), looks)]
    return mock.patch.object(command_line, "STAGES", tuple(made))


class AllStages(OnACard):
    def test_all_run_in_turn_and_resume_goes_on_in_the_unfinished_one(self) -> None:
        ran: list[str] = []
        is_killed = False

        def fails(_: Context) -> Outcome:
            ran.append("right")
            raise StepFailed("a fault")

        def may_be_killed(_: Context) -> Outcome:
            ran.append("fast")
            if is_killed:
                raise process.Stopped(143)
            return Outcome("done")

        def passes(_: Context) -> Outcome:
            ran.append("why")
            return Outcome("done")

        out = self.folder / "call"
        call = ["all", "--out", str(out), "--device", "simt", "--programs", str(self.programs)]
        with stages(fails, may_be_killed, passes):
            self.assertEqual(command_line.main(call), 4)  # the exit code of the first stage; the last one passed
            self.assertEqual(ran, ["right", "fast", "why"])
            is_killed = True
            with self.assertRaises(process.Stopped):
                command_line.main(call)
            self.assertEqual(list(support.entries(out)), ["right_step", "fast_step"])  # no old entries remain
            ran.clear()
            is_killed = False
            self.assertEqual(command_line.main([*call, "--resume"]), 0)
            self.assertEqual(ran, ["fast", "why"])
            ran.clear()
            self.assertEqual(command_line.main([*call, "--only", "why_step"]), 0)
            self.assertEqual(ran, ["why"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
