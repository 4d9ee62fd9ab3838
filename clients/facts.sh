# What the suites in Bash share: facts are functions, run one after the other, each told as a line of TAP. To be sourced by a
# suite that has a function "admin", by which its client is called.
set -uo pipefail

failures=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A fact is a function; it holds if it succeeds. What it printed is shown if it does not.
fact() {
    local out status
    out=$(set -eu; "$1" 2>&1) # Not as a condition: there, nothing but the last of its commands would count.
    status=$?
    if [ "$status" -eq 0 ]; then
        printf 'ok - %s\n' "${1//_/ }"
    else
        printf 'not ok - %s\n' "${1//_/ }"
        printf '%s\n' "$out" | sed 's/^/# /'
        failures=$((failures + 1))
    fi
}

# admin COMMAND... prints that.
says() {
    local part=$1 out
    shift
    out=$(admin "$@") || {
        printf 'failed: %s\n%s\n' "$*" "$out"
        return 1
    }
    [[ $out == *"$part"* ]] || {
        printf '%s: expected %s in\n%s\n' "$*" "$part" "$out"
        return 1
    }
}

refuses() {
    ! admin "$@" || {
        printf 'was done: %s\n' "$*"
        return 1
    }
}
