#!/bin/bash
# Makes docs/report.png, the README's picture of a report: its head, the table of accuracies, and every run.
#   tools/report_picture.sh [STUDY]   a results folder; without one, trains experiments/quick.toml, nine runs of each
#                                     model (minutes)
# The links, the table of losses and what follows the first two charts are left out. GPU_SWEEP names
# the program if it is not build/gpu_sweep. Needs chromium; replaces docs/report.png only by a complete picture.
set -euo pipefail
if [ $# -gt 1 ] || [[ ${1:-} == -* ]]; then
  sed -n '2,6s/^# *//p' "$0" >&2
  exit 2
fi
repository=$(dirname "$(readlink -f "$0")")/..
program=$(readlink -f "${GPU_SWEEP:-$repository/build/gpu_sweep}")
readonly width=1000 largest=300000

fail() {
  echo "report_picture: $1" >&2
  exit 1
}
command -v chromium >/dev/null || fail "chromium: not found, expected Debian's package chromium"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
study=${1:-$folder/quick}
[ $# -eq 1 ] || "$program" run "$repository/experiments/quick.toml" --runs 9 --out "$study" >&2
"$program" report "$study" --to "$folder" >/dev/null

# Hides what is left out, and writes the height of the rest into the page once the charts are drawn.
cat >>"$folder/report.html" <<'PAGE'
<style>
nav, #figures table ~ table, #figures .scroll ~ .scroll, #figures details, main > :not(#figures), footer { display: none }
</style>
<script>
addEventListener("load", () => setTimeout(() => {
  document.body.dataset.height = Math.ceil(document.querySelector("#figures").getBoundingClientRect().bottom);
}, 2000));
</script>
PAGE

# browser HEIGHT FLAG...
browser() {
  timeout 90 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --virtual-time-budget=10000 \
    --user-data-dir="$folder/profile" --window-size="$width,$1" "${@:2}" "file://$folder/report.html" \
    2>"$folder/browser.log" || fail "chromium ended with $?: $(tail -n 1 "$folder/browser.log")"
}
height=$(browser 2000 --dump-dom | sed -n 's/.*<body[^>]* data-height="\([0-9]*\)".*/\1/p')
[ -n "$height" ] || fail "report.html: found no charts, expected those of two models or more"
browser $((height + 24)) --screenshot="$folder/report.png"
bytes=$(stat -c %s "$folder/report.png")
[ "$bytes" -le "$largest" ] || fail "report.png: found $bytes bytes, expected at most $largest"
mv "$folder/report.png" "$repository/docs/report.png"
echo "docs/report.png: $width x $((height + 24)), $bytes bytes"
