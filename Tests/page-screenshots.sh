#!/usr/bin/env bash
# Pictures of a page of `icd report --html`, to be looked at: as wide as a desk (1280 px), as wide as a phone (390 px),
# dark, and printed on A4.
#
#   bash Tests/page-screenshots.sh report.html pictures      needs chromium and pdftoppm (poppler-utils)
set -euo pipefail
if [[ $# -ne 2 ]]; then
  echo "usage: bash Tests/page-screenshots.sh PAGE.html FOLDER" >&2
  exit 2
fi
page=$(realpath -- "$1")
mkdir -p -- "$2"
folder=$(realpath -- "$2")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

browse() {
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files \
    --user-data-dir="$work/profile" "$@" >/dev/null 2>&1
}

# A frame, since a window is no narrower than 500 px.
height=${SCREENSHOT_HEIGHT:-12000}
cat >"$work/phone.html" <<END
<!DOCTYPE html><body style="margin: 0"><iframe src="file://$page" style="border: 0; width: 390px; height: ${height}px">
END
browse --screenshot="$folder/wide.png" --window-size="1280,$height" "file://$page"
browse --screenshot="$folder/phone.png" --window-size="500,$height" "file://$work/phone.html"
browse --screenshot="$folder/dark.png" --window-size="1280,$height" --blink-settings=preferredColorScheme=0 "file://$page"
browse --print-to-pdf="$folder/print.pdf" --no-pdf-header-footer "file://$page"
pdftoppm -r 60 -png "$folder/print.pdf" "$folder/print"
ls -- "$folder"
