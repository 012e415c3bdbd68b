#!/usr/bin/env bash
# Installs a Docker engine, compose v2 and buildx from Debian's packages and starts the engine where nothing manages it.
# Safe to repeat: what answers already is not touched.  Needs root on a Debian machine; exit 3 anywhere else.
set -euo pipefail

readonly LOG=/var/log/dockerd.log
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
apt_quiet() { apt-get -qq -o Dpkg::Use-Pty=0 "$@"; }
apt_knows() { [[ -n $(apt-cache show --no-all-versions "$1" 2>/dev/null) ]]; }

check_machine() {
  # shellcheck disable=SC1091
  [[ -r /etc/os-release ]] && . /etc/os-release
  [[ ${ID:-} == debian && -n ${VERSION_CODENAME:-} ]] || refuse "this is no Debian machine" \
    "install Docker Engine 20.10 or newer with compose v2 and buildx as your system's documentation says"
  [[ $(id -u) == 0 ]] || refuse "installing needs root" "run: sudo $0"
}

# Older Debians have neither plug-in; those of the next stable release need nothing but this libc.  They come from the
# mirror that this machine uses already, with package lists of their own: no other package changes its release.
newer_plugins() {
  local work=$1 uri
  uri=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' 'Origin: Debian' |
    awk -v suite="$VERSION_CODENAME" '$2 == suite {print $1; exit}')
  [[ -n $uri ]] || refuse "apt has no mirror for Debian $VERSION_CODENAME" "add one to /etc/apt/sources.list.d"
  printf 'deb [signed-by=%s] %s trixie main\n' /usr/share/keyrings/debian-archive-keyring.gpg "$uri" >"$work/sources.list"
  mkdir -p "$work/lists/partial"
  local -a apt=(apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::State::lists="$work/lists" -o Dir::Cache::pkgcache="$work/packages.bin"
    -o Dir::Cache::srcpkgcache="$work/sources.bin" -o APT::Sandbox::User=root)
  "${apt[@]}" update
  (cd "$work" && "${apt[@]}" download "${PLUGINS[@]}")
}

install_missing() {
  local -a missing=()
  command -v dockerd >/dev/null || missing+=(docker.io)
  command -v docker >/dev/null || ! apt_knows docker-cli || missing+=(docker-cli)
  if plugins_answer; then
    [[ ${#missing[@]} == 0 ]] || apt_quiet install --no-install-recommends --no-remove -y "${missing[@]}"
  elif apt_knows docker-buildx; then
    apt_quiet install --no-install-recommends --no-remove -y "${missing[@]}" "${PLUGINS[@]}"
  else
    WORK=$(mktemp -d)
    trap 'rm -rf "$WORK"' EXIT
    newer_plugins "$WORK" &
    [[ ${#missing[@]} == 0 ]] || apt_quiet install --no-install-recommends --no-remove -y "${missing[@]}"
    wait $!
    apt_quiet install --no-install-recommends --no-remove -y "$WORK"/*.deb
  fi
}

start_engine() {
  if [[ -d /run/systemd/system ]]; then
    systemctl start docker
  elif pgrep -x dockerd >/dev/null; then
    say "an engine is running already; waiting for it"
  else
    # Nothing manages services here (a container, a CI job): the engine outlives this script and logs to a file.
    setsid dockerd >>"$LOG" 2>&1 </dev/null &
  fi
  for _ in {1..150}; do
    if engine_answers; then return; fi
    sleep 0.2
  done
  tail -n 20 "$LOG" >&2 2>/dev/null || true
  refuse "the engine does not answer" "see its log: $LOG, or 'journalctl -u docker'"
}

if engine_answers && plugins_answer; then
  say "the engine answers already; nothing to do"
  exit 0
fi
check_machine
if ! { command -v dockerd >/dev/null || engine_answers; } || ! plugins_answer; then
  say "installing from Debian's packages"
  apt_quiet update
  install_missing
fi
engine_answers || start_engine
say "engine $(docker version --format '{{.Server.Version}}'), compose $(docker compose version --short)"
