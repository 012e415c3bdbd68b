#!/usr/bin/env bash
# Installs a Docker engine, compose v2 and buildx from Debian's packages and starts the engine where nothing manages it.
# Safe to repeat: what answers already is not touched.  Needs root on a Debian machine; exit 3 anywhere else.
set -euo pipefail

readonly LOG=/var/log/dockerd.log
readonly PID_FILE=/var/run/docker.pid
readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
readonly PLUGINS=(docker-compose docker-buildx)
export DEBIAN_FRONTEND=noninteractive

say() { printf 'setup-docker: %s\n' "$*" >&2; }
refuse() {
  say "$1"
  say "What to do: $2"
  exit 3
}

engine_answers() { docker version >/dev/null 2>&1; }
plugins_answer() { docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1; }
apt_knows() { [[ -n $(apt-cache show --no-all-versions "$1" 2>/dev/null) ]]; }
install_packages() { # --no-remove: apt gives up rather than take away an engine of another origin
  apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends --no-remove -y "$@" >/dev/null
}

check_machine() {
  # shellcheck disable=SC1091
  [[ -r /etc/os-release ]] && . /etc/os-release
  [[ ${ID:-} == debian && -n ${VERSION_CODENAME:-} ]] || refuse "this is no Debian machine" \
    "install Docker Engine 20.10 or newer with compose v2 and buildx as your system's documentation says"
  [[ $(id -u) == 0 ]] || refuse "this needs root" "run: sudo $0"
}

# Debian 12 has neither plug-in; those of Debian 13 need nothing but this libc.  They come from the mirror that this
# machine uses already, with package lists of their own, so no other package changes its release.
fetch_plugins() {
  local work=$1 uri
  uri=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' 'Origin: Debian' |
    awk -v suite="$VERSION_CODENAME" '$2 == suite && !seen++ {print $1}')
  [[ -n $uri ]] || refuse "apt has no mirror of Debian $VERSION_CODENAME" "add one to /etc/apt/sources.list.d"
  printf 'deb [signed-by=%s] %s trixie main\n' "$KEYRING" "$uri" >"$work/sources.list"
  mkdir -p "$work/lists/partial"
  local -a apt=(apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::State::lists="$work/lists" -o Dir::Cache::pkgcache="$work/packages.bin"
    -o Dir::Cache::srcpkgcache="$work/sources.bin" -o APT::Sandbox::User=root)
  "${apt[@]}" update
  (cd "$work" && "${apt[@]}" download "${PLUGINS[@]}" >/dev/null)
}

install_missing() {
  local -a missing=()
  command -v dockerd >/dev/null || engine_answers || missing+=(docker.io)
  command -v docker >/dev/null || ! apt_knows docker-cli || missing+=(docker-cli)
  if ! plugins_answer && apt_knows docker-buildx; then
    missing+=("${PLUGINS[@]}")
  elif ! plugins_answer; then
    WORK=$(mktemp -d)
    trap 'rm -rf "$WORK"' EXIT
    fetch_plugins "$WORK" &
    [[ ${#missing[@]} == 0 ]] || install_packages "${missing[@]}"
    wait $!
    missing=("$WORK"/*.deb)
  fi
  [[ ${#missing[@]} == 0 ]] || install_packages "${missing[@]}"
}

engine_runs() { # whether dockerd is there already, perhaps still starting; a dead one may be left as a zombie
  local pid
  [[ -s $PID_FILE ]] && pid=$(<"$PID_FILE") && [[ -r /proc/$pid/status ]] &&
    awk '/^Name:/ {name = $2} /^State:/ {state = $2} END {exit name != "dockerd" || state == "Z"}' "/proc/$pid/status"
}

start_engine() {
  if [[ -d /run/systemd/system ]]; then
    systemctl start docker
  elif ! engine_runs; then
    # Nothing manages services here (a container, a CI job): the engine outlives this script and logs to a file.  It
    # would not start if another process has the number that a dead engine left behind.
    rm -f "$PID_FILE"
    setsid dockerd >>"$LOG" 2>&1 </dev/null &
  fi
  for _ in {1..150}; do
    if engine_answers; then return; fi
    sleep 0.2
  done
  tail -n 20 "$LOG" >&2 2>/dev/null || true
  refuse "the engine does not answer" "see $LOG, or 'journalctl -u docker'"
}

if engine_answers && plugins_answer; then
  say "the engine answers already; nothing to do"
  exit 0
fi
check_machine
if ! { command -v dockerd >/dev/null || engine_answers; } || ! plugins_answer; then
  say "installing from Debian's packages"
  apt-get -qq update
  install_missing
fi
engine_answers || start_engine
say "engine $(docker version --format '{{.Server.Version}}'), compose $(docker compose version --short)"
