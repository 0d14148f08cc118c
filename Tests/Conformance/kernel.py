"""The Jupyter kernel beside Jupyter's own programs.

  python kernel.py [--bas .build/release/bas] [--soak SECONDS]

Installs the kernel into a temporary JUPYTER_DATA_DIR, runs jupyter_kernel_test and what that leaves out (interrupts, order, limits), executes a
notebook with nbclient and checks the result with nbformat. --soak runs cells in a loop instead, and says how memory and descriptors change.
"""
import argparse, base64, os, subprocess, sys, tempfile, time, unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
parser = argparse.ArgumentParser()
parser.add_argument("--bas", default=ROOT + "/.build/release/bas")
parser.add_argument("--soak", type=float, default=0)
arguments = parser.parse_args()
folder = tempfile.TemporaryDirectory()
os.environ["JUPYTER_DATA_DIR"] = folder.name
subprocess.run([os.path.abspath(arguments.bas), "kernel", "install"], check=True, stdout=subprocess.DEVNULL)

import jupyter_kernel_test, nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


class KernelTests(jupyter_kernel_test.KernelTests):
    """Jupyter's own tests. Help is a result here, not a page, and nothing clears output."""
    kernel_name, language_name, file_extension = "bas", "bas", ".bas"
    code_hello_world = 'print("hello, world")'
    code_stderr = "image(tensor([[[1.0, 0.0, 1.0]]]) / 0);"
    completion_samples = [{"text": "phas", "matches": {"phase1", "phase2"}}, {"text": "load_sc", "matches": {"load_scene"}}]
    complete_code_samples = ["1 + 1", "fn f(x) { x }\nf(2)", "?phase1"]
    incomplete_code_samples = ["fn f(x) {", "(1 +"]
    invalid_code_samples = ["1 +* 2", "x = )"]
    code_generate_error = "[1, 2][len(Out) + 5]"
    code_execute_result = [{"code": "1 + 2 + 3", "result": "6"}, {"code": '"a" + "b"', "result": '"ab"'}, {"code": "1 + 2 + 4", "result": "7"}]
    code_display_data = [{"code": "show ellipse([4, 4], [2, 2], [8, 8])", "mime": "image/png"}, {"code": 'show "words"', "mime": "text/plain"}]
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "1 ? 2 ? 3"
    code_inspect_sample = "phase1"

    def published(self, message):
        """What is published for a request, up to idle."""
        found = []
        while not found or found[-1]["content"].get("execution_state") != "idle":
            one = self.kc.get_iopub_msg(timeout=20)
            if one["parent_header"].get("msg_id") == message:
                jupyter_kernel_test.validate_message(one, one["msg_type"], message)
                found.append(one)
        return found

    def test_interrupt(self):
        self.flush_channels()
        for code in ["while true { }", "while true { print(1) }"]:
            message = self.kc.execute(code)
            while self.kc.get_iopub_msg(timeout=10)["msg_type"] != "execute_input": pass
            began = time.monotonic()
            self.km.interrupt_kernel()
            reply = self.kc.get_shell_msg(timeout=10)
            self.assertLess(time.monotonic() - began, 1)
            self.assertEqual((reply["content"]["status"], reply["content"]["ename"]), ("error", "Interrupted"))
            self.published(message)

    def test_training_is_interrupted_and_kept(self):
        self.flush_channels()
        self.execute_helper('photo = load_scene("toys"); base = load_model("collage");', timeout=60)
        message = self.kc.execute('m = phase1(base, photo, init=["fish", "duck", "ball"], steps=100000, prior_weight=0, seed=1)')
        while self.kc.get_iopub_msg(timeout=60)["msg_type"] != "update_display_data": pass
        began = time.monotonic()
        self.km.interrupt_kernel()
        self.kc.get_shell_msg(timeout=30)
        self.assertLess(time.monotonic() - began, 1)
        self.published(message)
        reply, outputs = self.execute_helper("len(m.handles)")
        self.assertEqual(outputs[-1]["content"]["data"]["text/plain"], "3")

    def test_limit_of_text(self):
        self.flush_channels()
        message = self.kc.execute("for i in 1..200000 { print(i) }")
        outputs = self.published(message)
        self.kc.get_shell_msg(timeout=20)
        size = sum(len(o["content"]["text"]) for o in outputs if o["msg_type"] == "stream" and o["content"]["name"] == "stdout")
        self.assertLessEqual(size, 512 << 10)
        self.assertLess(len(outputs), 100)

    def test_restart_forgets(self):
        self.flush_channels()
        self.execute_helper("gone = 1")
        self.km.restart_kernel(now=False)
        self.kc.wait_for_ready(timeout=30)
        self.flush_channels()
        reply, _ = self.execute_helper("gone")
        self.assertEqual(reply["content"]["ename"], "E0201")


class EndTests(unittest.TestCase):
    def test_ends_with_the_program_that_started_it(self):
        start = "import os; from jupyter_client.manager import start_new_kernel as s; m, c = s(kernel_name='bas'); print(m.provisioner.pid, flush=True); os._exit(0)"
        process = int(subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, check=True).stdout)
        end = time.monotonic() + 5
        while os.path.exists(f"/proc/{process}") and time.monotonic() < end: time.sleep(0.1)
        self.assertFalse(os.path.exists(f"/proc/{process}"))


class WelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name, support_iopub_welcome = "bas", True


class NotebookTests(unittest.TestCase):
    def notebook(self, *cells):
        notebook = nbformat.v4.new_notebook()
        notebook.metadata["kernelspec"] = {"name": "bas", "display_name": "bas", "language": "bas"}
        notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
        return notebook

    def test_notebook(self):
        notebook = self.notebook(
            'photo = load_scene("toys")\nphoto', 'base = load_model("collage");',
            'm = phase1(base, photo, init=["fish", "duck", "ball"], steps=2, prior_weight=0, seed=1)\nshow generate(m, "a photo of {m.handles[0]}", steps=2, seed=1)',
            '[{handle: "a", iou: 0.5}, {handle: "b", iou: 0.25}]', 'print("done")')
        done = NotebookClient(notebook, timeout=120, kernel_name="bas").execute()
        nbformat.validate(done)
        self.assertEqual([cell.execution_count for cell in done.cells], [1, 2, 3, 4, 5])
        self.assertEqual(done.metadata.language_info.name, "bas")
        pictures = [base64.b64decode(o.data["image/png"]) for c in done.cells for o in c.outputs if "image/png" in o.get("data", {})]
        self.assertEqual((len(pictures), {p[:4] for p in pictures}), (2, {b"\x89PNG"}))
        # A bar that was drawn many times stays as one line.
        bars = [o for o in done.cells[2].outputs if "phase 1" in o.get("data", {}).get("text/plain", "")]
        self.assertEqual((len(bars), "2/2" in bars[0].data["text/plain"]), (1, True))
        self.assertIn("<td>0.25</td>", done.cells[3].outputs[0].data["text/html"])
        self.assertEqual(done.cells[4].outputs[0].text, "done\n")

    def test_error_stops_the_notebook(self):
        notebook = self.notebook("x = [1, 2][len(Out) + 5]", 'print("not reached")')
        with self.assertRaises(CellExecutionError) as caught:
            NotebookClient(notebook, timeout=60, kernel_name="bas").execute()
        self.assertIn("E0307", str(caught.exception))
        nbformat.validate(notebook)
        self.assertEqual(notebook.cells[1].outputs, [])


def soak(seconds):
    """Runs cells in a loop. Prints memory and descriptors of the kernel at the start, and at ten later times."""
    cells = ["x = 1 + 1", 'for i in 1..200 { print("line {i}") }', "1 / (2 - len([1, 1]))", 'load_scene("toys")', "?mean",
             '[{a: 1, b: "x"}, {a: 2, b: "y"}]', "show ellipse([40, 40], [20, 20], [80, 80])", "t = randn([64, 64], seed=1);"]
    manager, client = start_new_kernel(kernel_name="bas")
    process = manager.provisioner.pid
    def state():
        with open(f"/proc/{process}/status") as file:
            memory = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
        return memory / 1024, len(os.listdir(f"/proc/{process}/fd"))
    # Results are kept by number up to a budget; without a number nothing of a cell may stay.
    began, count, next_report = time.monotonic(), 0, 0.1
    print("seconds cells  MiB descriptors")
    while time.monotonic() - began < seconds:
        client.execute(cells[count % len(cells)], store_history=False, stop_on_error=False)
        client.get_shell_msg(timeout=20)
        while client.get_iopub_msg(timeout=20)["content"].get("execution_state") != "idle": pass
        client.complete("load_"); client.get_shell_msg(timeout=20)
        while client.get_iopub_msg(timeout=20)["content"].get("execution_state") != "idle": pass
        count += 1
        if time.monotonic() - began >= next_report * seconds or count == len(cells) * 4:
            print("%7.0f %6d %5.1f %d" % (time.monotonic() - began, count, *state()), flush=True)
            next_report += 0.1 if time.monotonic() - began >= next_report * seconds else 0
    client.stop_channels()
    manager.shutdown_kernel()


if arguments.soak: soak(arguments.soak)
else: sys.exit(not unittest.main(argv=["kernel"], exit=False).result.wasSuccessful())
