#!/usr/bin/env bash
# What the GitHub action runs. All it needs to know comes in variables, never in
# the text of a command.
#
#   redhanded.sh scan     find or fetch the program, run it, write the outputs
#   redhanded.sh finish   end as the scan ended
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
releases=${REDHANDED_RELEASES:-https://github.com/redhanded/redhanded/releases/download}

# Ends with an error where annotations are seen. What comes from outside cannot
# end the line.
die() {
    local message=${1//'%'/%25}
    message=${message//$'\r'/%0D}
    echo "::error title=redhanded::${message//$'\n'/%0A}"
    exit 2
}

output() {
    case $2 in *$'\n'*) die "the output $1 has more than one line" ;; esac
    printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

# The name that the archive for this machine has in a release.
archive_name() {
    local target
    case ${RUNNER_OS:-}-${RUNNER_ARCH:-} in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc ;;
    *) die "there is no release for ${RUNNER_OS:-?} on ${RUNNER_ARCH:-?}; build the program and name it in redhanded-path" ;;
    esac
    echo "redhanded-v$1-$target.tar.gz"
}

# The checksum that an archive must have, if it is known: the one that is given,
# or the one in the table beside this file, which comes with the action's own
# commit.
expected_sum() {
    if [[ -n ${INPUT_SHA256:-} ]]; then
        echo "$INPUT_SHA256"
    else
        awk -v name="$1" '$2 == name { print $1 }' "$here/checksums.txt"
    fi
}

sum_of() {
    if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d' ' -f1
}

# Makes sure that an archive is the one that was released. No commit can know the
# checksums of what is built from it, so where none is known the attestation
# that the release workflow signed for that very version has to hold.
verify() {
    local archive=$1 name=$2 version=$3 expected
    expected=$(expected_sum "$name")
    if [[ -n $expected ]]; then
        [[ $(sum_of "$archive") == "$expected" ]] || die "$name is not what it should be: its checksum differs"
        return
    fi
    command -v gh >/dev/null || die "no checksum is known for $name, and there is no gh to verify it with: give sha256"
    gh attestation verify "$archive" --repo redhanded/redhanded --source-ref "refs/tags/v$version" \
        --signer-workflow redhanded/redhanded/.github/workflows/release.yml >&2 ||
        die "$name is not what it should be: the release workflow did not sign it"
}

# Fetches the program, and sets `program`.
fetch() {
    local version=$1 name folder
    [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || die "version must be an exact one, as 0.1.0: $version"
    name=$(archive_name "$version") || { echo "$name"; exit 2; }
    folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/redhanded.XXXXXX")
    curl --fail --silent --show-error --location --retry 3 --max-time 300 \
        --output "$folder/archive" -- "$releases/v$version/$name" || die "cannot download $name"
    verify "$folder/archive" "$name" "$version"
    (cd "$folder" && tar -xzf archive) || die "cannot unpack $name"
    program=$folder/redhanded
    [[ ! -f $program.exe ]] || program=$program.exe
    [[ -f $program ]] || die "there is no program in $name"
}

# Whether results go to code scanning. What runs for a fork, and for Dependabot,
# has a token that may only read. On a branch an upload replaces the one before:
# what one push brought would close the alerts of all others, so of a push only
# the scan of everything is uploaded.
may_upload() {
    [[ ${INPUT_UPLOAD_SARIF:-true} == true ]] || return 1
    case ${GITHUB_EVENT_NAME:-} in
    push) [[ " $* " == *' --full '* ]] ;;
    pull_request | pull_request_review)
        [[ ${GITHUB_ACTOR:-} != 'dependabot[bot]' && ${HEAD_REPOSITORY:-} == "${GITHUB_REPOSITORY:-}" ]]
        ;;
    esac
}

scan() {
    local program=${INPUT_REDHANDED_PATH:-} code=0 log findings
    local sarif=${INPUT_SARIF_FILE:-redhanded.sarif}
    local arguments=(ci --sarif "$sarif")
    case $sarif in -*) die "sarif-file is no file: $sarif" ;; esac
    [[ -n $program ]] || fetch "${INPUT_VERSION:-}"
    while IFS= read -r argument; do
        argument=${argument%$'\r'}
        [[ -z $argument ]] || arguments+=("$argument")
    done <<<"${INPUT_ARGS:-}"
    [[ ${INPUT_TRUST_HEAD:-false} != true ]] || arguments+=(--trust-head)
    log=$(mktemp "${RUNNER_TEMP:-/tmp}/redhanded.XXXXXX")
    # A file of that name in the checkout is not what this scan found.
    rm -f -- "$sarif"
    "$program" "${arguments[@]}" | tee "$log" || code=${PIPESTATUS[0]}
    # Its last line is the program's own, whatever was found.
    findings=$(tail -n 1 "$log" | sed -n 's/^redhanded: \([0-9][0-9]*\) findings\{0,1\}.*/\1/p')
    rm -f -- "$log"
    output exit-code "$code"
    output findings "$findings"
    if [[ -f $sarif ]]; then
        output sarif-file "$sarif"
        if may_upload "${arguments[@]}"; then output upload true; fi
    fi
}

finish() {
    local code=${SCAN_EXIT_CODE:-}
    [[ $code =~ ^[0-9]+$ ]] || die 'the scan did not run to its end'
    if [[ $code == 1 && ${INPUT_FAIL:-true} == false ]]; then
        echo 'redhanded: there are findings, which are not to fail this job'
        exit 0
    fi
    exit "$code"
}

case ${1:-} in
scan) scan ;;
finish) finish ;;
*) die 'usage: redhanded.sh scan|finish' ;;
esac
