"""Jupyter's own libraries read what `bas export` writes, and `bas import` reads what they write.

    python notebooks.py [--bas PATH] [--examples FOLDER] [--quick]

Every example is copied, recorded by `bas notebook` (with --quick it is taken as it is), exported, validated by nbformat, written anew by it, imported
back, compared byte by byte, and converted by nbconvert to HTML and Markdown. Then notebooks of nbformat 3 and 4 that nbformat makes are imported.
Prints a line for each, and ends with 1 where something is wrong.
"""

import argparse
import base64
import copy
import html.parser
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

import nbconvert
import nbformat

ROOT = pathlib.Path(__file__).resolve().parents[2]
failures = []


def run(bas, *words, folder):
    """Returns the completed process of a call of bas."""
    environment = os.environ | {"BAS_STDLIB": str(ROOT / "stdlib")}
    return subprocess.run([str(bas), *map(str, words)], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def check(what, is_right, detail=""):
    """Notes a failure, and says whether there was none."""
    if not is_right:
        failures.append(what)
        print(f"WRONG  {what}  {detail}")
    return is_right


class Pictures(html.parser.HTMLParser):
    """Counts the pictures of a page, and those without words."""

    def __init__(self, page):
        super().__init__()
        self.count = self.silent = 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        """Looks at each picture."""
        if tag == "img":
            self.count += 1
            self.silent += not dict(attributes).get("alt")


def example(bas, path, folder, is_quick):
    """Takes one example there and back."""
    script = folder / path.name
    shutil.copy(path, script)
    pictures = path.with_name(f"{path.stem}.out")
    if pictures.is_dir():
        shutil.copytree(pictures, folder / pictures.name)
    if not is_quick:
        done = run(bas, "notebook", "-q", script.name, folder=folder)
        check(f"{path.name}: recorded", done.returncode == 0, done.stderr)
    text = script.read_bytes()
    notebook = script.with_suffix(".ipynb")
    done = run(bas, "export", script.name, "-o", notebook.name, folder=folder)
    if not check(f"{path.name}: exported", done.returncode == 0, done.stderr):
        return
    written = notebook.read_text()
    cells = nbformat.reads(written, as_version=4)
    try:
        nbformat.validate(cells, relax_add_props=False)
    except nbformat.ValidationError as error:
        check(f"{path.name}: valid", False, str(error)[:400])
    check(f"{path.name}: nbformat 4.5", (cells.nbformat, cells.nbformat_minor) == (4, 5))
    ids = [cell.id for cell in cells.cells]
    check(f"{path.name}: identifiers differ", len(set(ids)) == len(ids))
    check(f"{path.name}: Jupyter saves the same text", nbformat.writes(cells) + "\n" == written)
    outputs = [output for cell in cells.cells if cell.cell_type == "code" for output in cell.outputs]
    shown = [output for output in outputs if "image/png" in output.get("data", {})]
    named = text.decode().count(f"]({path.stem}.out/")
    check(f"{path.name}: pictures", len(shown) == named, f"{len(shown)} of {named}")
    for exporter in (nbconvert.HTMLExporter(), nbconvert.MarkdownExporter()):
        page, _ = exporter.from_notebook_node(cells)
        check(f"{path.name}: {exporter.file_extension} has contents", len(page) > 200)
        if exporter.file_extension == ".html":
            pictures = Pictures(page)
            check(f"{path.name}: pictures have words", pictures.count >= named and pictures.silent == 0, f"{pictures.count} {pictures.silent}")
    back = folder / "back" / path.name
    back.parent.mkdir(exist_ok=True)
    nbformat.write(cells, str(notebook))
    done = run(bas, "import", notebook.name, "-o", back, folder=folder)
    check(f"{path.name}: imported", done.returncode == 0 and "warning" not in done.stderr, done.stderr)
    check(f"{path.name}: the same file", back.read_bytes() == text)
    for picture in (folder / f"{path.stem}.out").glob("*.png"):
        check(f"{path.name}: {picture.name}", (folder / "back" / f"{path.stem}.out" / picture.name).read_bytes() == picture.read_bytes())
    print(f"{path.name}: {len(ids)} cells, {len(outputs)} outputs, {len(shown)} pictures")


def png(side):
    """Returns a grey PNG as base64."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + bytes([120]) * side for _ in range(side)))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return base64.encodebytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")).decode()


def other_notebooks(bas, folder):
    """Imports notebooks that nbformat makes."""
    v4 = nbformat.v4
    page = v4.new_notebook(metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}})
    outputs = [
        v4.new_output("stream", text="1\n2\n"),
        v4.new_output("display_data", {"image/png": png(5), "text/plain": "<Figure size 5x5>"}),
        v4.new_output("execute_result", {"text/plain": "3", "text/html": "<b>3</b>"}, execution_count=1),
        v4.new_output("error", ename="ValueError", evalue="no", traceback=["\x1b[31mValueError\x1b[0m: no"]),
    ]
    page.cells = [v4.new_markdown_cell("# Title\n\nSome *prose*."), v4.new_code_cell("print(1)", outputs=outputs), v4.new_raw_cell("raw")]
    bas_page = v4.new_notebook(metadata={"kernelspec": {"name": "bas", "language": "bas", "display_name": "bas"}}, cells=list(page.cells))
    bas_page.cells[1] = v4.new_code_cell("x = 1\nprint(x)", outputs=outputs)
    old = nbformat.convert(copy.deepcopy(page), 3)
    for name, made, words in (("python", page, "#| ```python"), ("bas", bas_page, "#> ValueError: no"), ("old", old, "#| ```python")):
        path = folder / f"{name}.ipynb"
        nbformat.write(made, str(path), version=nbformat.NO_CONVERT)
        done = run(bas, "import", path.name, "-o", f"{name}.bas", folder=folder)
        text = (folder / f"{name}.bas").read_text() if done.returncode == 0 else ""
        right = done.returncode == 0 and text.startswith("# %% Title\n") and words in text and f"]({name}.out/" in text
        check(f"{name}.ipynb: imported", right, done.stderr + text)
        check(f"{name}.ipynb: runs", run(bas, "run", f"{name}.bas", folder=folder).returncode == 0)
        print(f"{name}.ipynb: nbformat {made.nbformat}, {done.stderr.count('warning')} warnings")
    (folder / "none.ipynb").write_text("{")
    check("no notebook ends with 65", run(bas, "import", "none.ipynb", folder=folder).returncode == 65)


def main():
    """Runs everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bas", default=".build/release/bas")
    parser.add_argument("--examples", default=str(ROOT / "examples"))
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    bas = pathlib.Path(options.bas).resolve()
    with tempfile.TemporaryDirectory() as place:
        for path in sorted(pathlib.Path(options.examples).glob("*.bas")):
            example(bas, path, pathlib.Path(place), options.quick)
        other_notebooks(bas, pathlib.Path(place))
    print(f"{len(failures)} wrong" if failures else "notebooks: all right")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
