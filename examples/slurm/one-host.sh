#!/bin/bash
# Runs a command beside a Slurm of its own, controller and one node on this host:
#
#   one-host.sh COMMAND [ARGUMENT]...
#   one-host.sh examples/slurm/submit.sh --shards 2 -- --kernel 6.1
#
# For trying things out, and for the test. It wants root, and Debian's slurmctld, slurmd, slurm-client and munge. Nothing of the
# host's own Slurm is read or changed: configuration, state and logs are in a temporary folder, the ports are free ones.
# Everything runs in a PID namespace, so that the kernel ends it all, jobs too, however this script ends.
#
# Exit status: the command's; 2 if Slurm did not start.
set -u
umask 022
# A second, if nothing else runs.
START_SECONDS=60

fail() {
  printf 'one-host.sh: %s\n' "$1" >&2
  exit 2
}

# Below the ports that the kernel hands out by itself.
free_port() {
  local port
  while port=$((16384 + RANDOM % 16384)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

configure() {
  local node=$1 dir=$2 controller node_port memory
  controller=$(free_port)
  while node_port=$(free_port); [ "$node_port" -eq "$controller" ]; do :; done
  memory=$(awk '/^MemTotal:/ { print int($2 / 1024 * 0.9) }' /proc/meminfo)
  sed -e "s|@DIR@|$dir|g" -e "s|@NODE@|$node|g" -e "s|@CPUS@|$(nproc)|g" -e "s|@MEMORY@|$memory|g" \
    -e "s|@CONTROLLER_PORT@|$controller|g" -e "s|@NODE_PORT@|$node_port|g" \
    "$(dirname "$0")/slurm.conf.in" >"$dir/slurm.conf"
}

controller_answers() { scontrol ping 2>/dev/null | grep -q 'is UP'; }
node_is_idle() { [ "$(sinfo --noheader --format=%T 2>/dev/null)" = idle ]; }

# Waits for what a daemon does when it is ready.
until_true() {
  local daemon=$1 deadline=$((SECONDS + START_SECONDS))
  shift
  until "$@"; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      tail -n 20 "$dir"/*.log "$dir"/*.out >&2
      fail "$daemon was not ready in $START_SECONDS s; the daemons' last words are above"
    fi
    sleep 0.2
  done
}

# Process 1 of the namespace: when it ends, so does all that it has started.
inside() {
  local dir=$1 status
  shift
  export SLURM_CONF=$dir/slurm.conf
  # Whoever can reach the controller can run jobs as root, unless they must prove who they are.
  head -c 128 /dev/urandom >"$dir/munge.key"
  chmod 400 "$dir/munge.key"
  munged --foreground --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" --seed-file="$dir/munge.seed" \
    --pid-file="$dir/munge.pid" --log-file="$dir/munged.log" >"$dir/munged.out" 2>&1 &
  until_true munged test -S "$dir/munge.socket"
  slurmctld -D -i >"$dir/slurmctld.log" 2>&1 &
  until_true slurmctld controller_answers
  # One that finds no controller registers late, or never.
  slurmd -D >"$dir/slurmd.log" 2>&1 &
  until_true slurmd node_is_idle
  "$@"
  status=$?
  # A job's last words are still on their way to the controller, which says so if it finds it gone.
  scancel --quiet --user="$(id -un)" 2>/dev/null
  return "$status"
}

if [ "${1-}" = --inside ]; then
  shift
  inside "$@"
  exit
fi

[ $# -gt 0 ] || fail 'usage: one-host.sh COMMAND [ARGUMENT]...'
[ "$(id -u)" -eq 0 ] || fail "slurmd runs jobs as their users: it wants root"
for tool in slurmctld slurmd sbatch munged; do
  command -v "$tool" >/dev/null || fail "$tool is not installed: apt-get install slurmctld slurmd slurm-client munge"
done
namespace=(setpriv --pdeathsig KILL unshare --pid --fork --kill-child=KILL --mount-proc)
"${namespace[@]}" true 2>/dev/null || fail 'this container may not make a PID namespace: start it with --cap-add SYS_ADMIN'

dir=$(mktemp -d "${TMPDIR:-/tmp}/dmaspec-slurm.XXXXXX") || exit 2
mkdir "$dir/state" "$dir/spool"
trap 'rm -rf "$dir"' EXIT
configure "$(hostname -s)" "$dir"

"${namespace[@]}" "$0" --inside "$dir" "$@" &
namespace_pid=$!
# unshare itself does not listen to these.
trap 'kill -KILL "$namespace_pid" 2>/dev/null; wait; exit 130' INT
trap 'kill -KILL "$namespace_pid" 2>/dev/null; wait; exit 143' TERM HUP
wait "$namespace_pid"
