#!/bin/sh
# Make .venv from the locked packages: `sh scripts/setup.sh run` for running, `dev` for tests as well.
# Nothing happens when .venv already holds what the lock says. A venv without its stamp is a half-made one and is
# made anew. Writes nothing outside this folder (pip keeps its usual cache).
set -eu
cd "$(dirname "$0")/.."

what=${1:-run}
venv=.venv
stamp=$venv/.locked
log=$venv/setup.log
needed_mb=900

say() { printf 'kehou: %s\n' "$*" >&2; }
stop() {
    say "$*"
    exit 1
}

# --- is there anything to do? -----------------------------------------------------------------------------------
case $what in
run) locks=requirements/run.txt ;;
dev) locks="requirements/run.txt requirements/dev.txt" ;;
*) stop "unknown set of packages “$what”: say run or dev." ;;
esac
# shellcheck disable=SC2086 # several files on purpose
wanted=$(cat $locks | cksum)
is_current() {
    [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && grep -qxF "$what $wanted" "$stamp"
}
is_current && exit 0

# Two at once would tear each other's venv down. An orphaned pip holds the lock, too.
if command -v flock >/dev/null 2>&1; then
    exec 9>.setup.lock
    flock -n 9 || { say "another setup is at work here; waiting for it"; flock 9; }
    is_current && exit 0
fi

# --- a Python that will do ---------------------------------------------------------------------------------------
python=
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || stop "Python 3.11 or newer is needed and was not found (${PYTHON:-python3} is" \
    "$("${PYTHON:-python3}" -V 2>/dev/null || echo missing)): install one, or name it: make PYTHON=/path/to/python3.12 demo"
"$python" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
    stop "$python lacks its venv module: install it (Debian and Ubuntu: apt-get install python3-venv), then try again."

# --- room and rights ---------------------------------------------------------------------------------------------
[ -w . ] || stop "this user may not write in $(pwd): copy the project to a folder of your own, or change its owner."

half_made=yes
[ -x "$venv/bin/python" ] && [ -f "$stamp" ] && ! grep -qx updating "$stamp" && half_made=no
if [ $half_made = yes ]; then
    free_mb=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
    [ "$free_mb" -ge $needed_mb ] ||
        stop "only $free_mb MB are free here and the packages need $needed_mb: make room, then try again."
    rm -rf "$venv"
    "$python" -m venv "$venv" >/dev/null 2>&1 ||
        stop "$python could not make $venv: try \`$python -m venv $venv\` to see why."
fi

# --- install -----------------------------------------------------------------------------------------------------
lock=requirements/$what.txt
count=$(grep -c '^[A-Za-z0-9]' "$lock")
echo updating >"$stamp"
"$venv/bin/python" -m pip install --require-hashes --no-input --progress-bar off \
    --disable-pip-version-check --requirement "$lock" >"$log" 2>&1 &
pip=$!
trap 'kill $pip 2>/dev/null; printf "\n" >&2; exit 130' INT TERM
[ -t 2 ] || say "installing $count locked packages into $venv (once; a minute or so)"
while kill -0 $pip 2>/dev/null; do
    if [ -t 2 ]; then
        seen=$(grep -cE '^(Collecting|Requirement already)' "$log" || true)
        printf '\rkehou: installing %s locked packages into %s (once): %s seen ' "$count" "$venv" "$seen" >&2
    fi
    sleep 0.3
done
[ -t 2 ] && printf '\n' >&2
if ! wait $pip; then
    if grep -q 'No space left on device' "$log"; then
        stop "the disk is full: make room, then try again."
    elif grep -qE 'name resolution|Name or service not known|Failed to establish|from versions: none' "$log"; then
        stop "pip cannot reach its package index: check the network or pip's settings, then try again ($log)."
    fi
    stop "pip failed: $(grep -m1 '^ *ERROR' "$log" || echo 'it did not say why'); all of it is in $log."
fi

{
    echo "run $(cat requirements/run.txt | cksum)"
    [ "$what" = run ] || echo "$what $wanted"
} >"$stamp.new"
mv "$stamp.new" "$stamp"
