#!/bin/bash
# `make conformance`: our engine beside PyTorch, transformers and diffusers, live (the fixtures of `make test` are their answers on paper).
# 1. every fixture's numbers are what the installed PyTorch answers today; 2. a picture of the embedded model equals diffusers';
# 3. folders, handles and LoRA go out and in; CLIP and DINO see what transformers' do; 4. Stable Diffusion 1 and 2 at their real size (12 GB of memory, 10 GB of disk; each script runs alone too);
# 5. nbformat and nbconvert read the notebooks that go out, and notebooks of theirs come in.
# 6. the Jupyter kernel passes jupyter_kernel_test, and nbclient runs a notebook with it.
# 7. Chromium shows the live page of a notebook that is edited, what people explore in pages, masks that are painted, and a lesson in JupyterLab
#    (left out where it is not installed).
# 8. a sweep of 100,000 jobs is killed and goes on; one by a real Slurm gives the table of one process, also when the node dies (left out
#    without root or slurm-wlm).
# 9. the program installed without Swift in a bare Debian, and its package (left out without root or debootstrap).
set -euo pipefail
source "$(dirname "$0")/environment.sh"
cd "$ROOT"
[ -x "${BAS:=.build/release/bas}" ] || { echo "no $BAS: run 'make build' first" >&2; exit 66; }
status=0
"$PYTHON" Tests/Conformance/check_fixtures.py || status=1
"$PYTHON" Tests/Conformance/compare_generation.py --bas "$BAS" || status=1
"$PYTHON" Tests/Conformance/adapters.py --bas "$BAS" || status=1
"$PYTHON" Tests/Conformance/evaluators.py --bas "$BAS" || status=1
"$PYTHON" Tests/Conformance/significance.py --bas "$BAS" || status=1
"$PYTHON" Tests/Conformance/coco.py --bas "$BAS" || status=1
"$PYTHON" Tests/Conformance/study.py --bas "$BAS" || [ $? = 77 ] || status=1
"$PYTHON" Tests/Conformance/notebooks.py --bas "$BAS" || status=1
"$PYTHON" Tests/Conformance/kernel.py --bas "$BAS" || status=1
"$PYTHON" Tests/Conformance/preview.py --bas "$BAS" || [ $? = 77 ] || status=1
"$PYTHON" Tests/Conformance/pages.py --bas "$BAS" || [ $? = 77 ] || status=1
"$PYTHON" Tests/Conformance/jupyterlab.py --bas "$BAS" || [ $? = 77 ] || status=1
"$PYTHON" Tests/Conformance/many_jobs.py --bas "$BAS" || status=1
BAS="$BAS" Tests/Conformance/slurm.sh || [ $? = 77 ] || status=1
BAS="$BAS" Tests/Conformance/packages.sh || [ $? = 77 ] || status=1
"$PYTHON" Tests/Conformance/masks.py --bas "$BAS" || [ $? = 77 ] || status=1
for version in v1 v2; do "$PYTHON" Tests/Conformance/full_size.py --bas "$BAS" --version $version || status=1; done
exit $status
