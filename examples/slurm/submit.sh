#!/bin/bash
# Runs the matrix as a Slurm array job, waits for it, and says where the one report is.
set -u

help() {
  cat <<'EOF'
usage: submit.sh [--shards N] [--out DIR] [--sbatch OPTION]... [-- OPTION OF dmaspec matrix...]

  --shards N       tasks of the array (default: 4)
  --out DIR        where the results go (default: out/slurm-<date>)
  --sbatch OPTION  for sbatch, of the array only: --sbatch --partition=long --sbatch --nodelist=a,b

Three jobs: the first builds what is missing, the array runs a shard a task, the last merges what there is, also when a
task failed or never ran. The clone, the cache ($DMASPEC_CACHE) and DIR must be on a file system that every node sees.

  submit.sh --shards 8
  submit.sh --shards 2 -- --kernel 6.1 --kernel 6.12 --spec bus-limit

Exit status: that of dmaspec merge: 0 all passed, 1 something did not, or is missing, 2 something could not be done;
130 interrupted: the jobs are cancelled.
EOF
}

fail() {
  printf 'submit.sh: %s\n' "$1" >&2
  exit 2
}

shards=4 out=
sbatch_options=()
while [ $# -gt 0 ]; do
  case $1 in
    --) shift && break ;;
    --help) help && exit 0 ;;
    --shards | --out | --sbatch) [ $# -ge 2 ] || fail "$1 wants a value" ;;
    *) fail "unknown option '$1'; --help says more. What dmaspec shall have comes after --" ;;
  esac
  case $1 in
    --shards) shards=$2 ;;
    --out) out=$2 ;;
    --sbatch) sbatch_options+=("$2") ;;
  esac
  shift 2
done
[[ $shards =~ ^[1-9][0-9]{0,3}$ ]] || fail "shards must be a whole number from 1 to 9999, not '$shards'"
command -v sbatch >/dev/null || fail 'there is no sbatch here: run this where jobs are submitted, or apt-get install slurm-client'

here=$(cd "$(dirname "$0")" && pwd)
clone=$(cd "$here/../.." && pwd)
out=$(realpath -m "${out:-$clone/out/slurm-$(date +%Y%m%d-%H%M%S)}")
[ -z "$(ls -A "$out" 2>/dev/null)" ] || fail "$out is not empty: its results would be merged, too; name another folder with --out"
mkdir -p "$out/logs" || fail "$out can't be made"
export DMASPEC_OUT=$out

jobs=()
cancel() { [ ${#jobs[@]} -eq 0 ] || scancel --quiet "${jobs[@]}"; }
interrupted() {
  cancel
  echo 'submit.sh: interrupted; the jobs are cancelled' >&2
  exit 130
}

# Sets $job. A job that is just being submitted must be known before it can be cancelled.
submit() {
  local signalled=
  trap 'signalled=1' INT TERM HUP
  job=$(sbatch --parsable --kill-on-invalid-dep=yes --chdir="$clone" "$@") || {
    cancel
    fail 'sbatch refused the job; its reason is above'
  }
  job=${job%%;*}
  jobs+=("$job")
  trap interrupted INT TERM HUP
  [ -z "$signalled" ] || interrupted
}

submit --output="$out/logs/build.log" "$here/build.sbatch" "$@"
build=$job
submit --output="$out/logs/shard-%a.log" --array="1-$shards" --dependency="afterok:$build" \
  "${sbatch_options[@]}" "$here/matrix.sbatch" "$@"
array=$job
submit --output="$out/logs/merge.log" --dependency="afterany:$array" "$here/merge.sbatch"
merge=$job
echo "build job $build, array job $array of $shards, merge job $merge; logs are in $out/logs"

# `2 completed, 1 running`. Jobs that are done stay known for the cluster's MinJobAge, five minutes by default.
states() {
  squeue --noheader --array --states=all --jobs="$1" --format=%T 2>/dev/null | sort | uniq -c |
    awk '{ printf "%s%d %s", sep, $1, tolower($2); sep = ", " }'
}

said='' unanswered=0
while :; do
  now="build: $(states "$build"); shards: $(states "$array"); merge: $(states "$merge")"
  [ "$now" = "$said" ] || printf '%(%T)T %s\n' -1 "$now"
  said=$now
  case ${now##*merge: } in
    *completed | *failed | *cancelled | *timeout | *node_fail | *out_of_memory | *deadline | *boot_fail) break ;;
    '') unanswered=$((unanswered + 1)) ;;
    *) unanswered=0 ;;
  esac
  [ "$unanswered" -lt 60 ] || fail "squeue knows nothing of job $merge any more; see $out"
  sleep "${SUBMIT_POLL_SECONDS:-5}"
done

[ ! -e "$out/logs/merge.log" ] || cat "$out/logs/merge.log"
case $now in
  'build: 1 completed; '*) ;;
  *) tail -n 20 "$out/logs/build.log" >&2 && fail "the build failed, so no shard ran: $out/logs/build.log" ;;
esac
# ExitCode=<status>:<signal>
ended=$(scontrol show job --oneliner "$merge" | sed -n 's/.* ExitCode=\([0-9]*:[0-9]*\).*/\1/p')
case $now:$ended in
  *'merge: 1 completed:0:0' | *'merge: 1 failed:'*:0) ;;
  *) fail "the merge job did not come to its end (${now##*merge: }, ${ended:-no exit status}): $out/logs/merge.log" ;;
esac
report=$out/report.html
[ -e "$report" ] || report=$out/report.md
[ ! -e "$report" ] || echo "report: $report"
exit "${ended%:*}"
