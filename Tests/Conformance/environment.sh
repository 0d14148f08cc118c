# Sourced: makes .venv at the top of the project, with PyTorch and diffusers at the versions of the fixtures, and sets PYTHON.
# PYTHON set beforehand to an interpreter that has the packages is taken as it is.
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
if [ -z "${PYTHON:-}" ]; then
    PYTHON="$ROOT/.venv/bin/python"
    wanted="$(sha256sum "$ROOT/Tests/Conformance/requirements.txt" | cut -c1-16)"
    if [ ! -f "$ROOT/.venv/$wanted" ]; then
        echo "setting up .venv with PyTorch and diffusers (once, some minutes; the CPU build of torch suffices)" >&2
        python3 -m venv "$ROOT/.venv" || { echo "python3 -m venv failed: apt-get install python3-venv" >&2; exit 69; }
        "$ROOT/.venv/bin/pip" install --quiet -r "$ROOT/Tests/Conformance/requirements.txt" || exit 69
        touch "$ROOT/.venv/$wanted"
    fi
fi
export PYTHON TOKENIZERS_PARALLELISM=false HF_HUB_OFFLINE=1
