#!/bin/sh
# Prints the path of a Chromium that starts, getting one when there is none. Prints nothing and fails when none can be had.
# Chromium's headless shell comes first: it has no windows to draw and opens a page at less than a third of the cost.
set -u
python=.venv/bin/python

starts() { "$1" --version >/dev/null 2>&1; }

print_first() {
    for candidate in "$@"; do
        path=$(command -v "$candidate") || continue
        if starts "$path"; then echo "$path"; return 0; fi
    done
    return 1
}

find_shell() { print_first "${CHROMIUM_PATH:-}" chromium-headless-shell; }

find_installed() {
    print_first chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" || print_first "$(playwrights_own)"
}

playwrights_own() {
    "$python" -c 'from playwright.sync_api import sync_playwright
with sync_playwright() as p: print(p.chromium.executable_path)' 2>/dev/null
}

# Ubuntu's package of that name is an empty shell around a snap, which containers cannot run.
by_apt() {
    [ "$(id -u)" = 0 ] && grep -q '^ID=debian' /etc/os-release 2>/dev/null || return 1
    echo "Installing Chromium with apt-get" >&2
    apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium-headless-shell >&2
}

by_playwright() {
    echo "Installing Chromium with Playwright" >&2
    if [ "$(id -u)" = 0 ]; then "$python" -m playwright install --with-deps chromium >&2
    else "$python" -m playwright install chromium >&2; fi
}

find_shell || { by_apt && find_shell; } || find_installed || { by_playwright && find_installed; }
