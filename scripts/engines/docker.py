"""A dockerd of our own, with nothing shared and no network."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess

import scenarios
from common import NAMES, Failure, expect, fill, need, run, tar, wait_for


class Docker:
    name = "docker"

    def __init__(self, work, sexton):
        need("dockerd", "docker.io")
        need("docker", "docker.io")
        self.environment = os.environ | {"DOCKER_HOST": f"unix://{work}/docker.sock",
                                         "DOCKER_CONFIG": f"{work}/docker-config"}
        # The daemon runs its init under this name and asks it for its version.
        self.init_path = work / "docker-init"
        shutil.copy(sexton, self.init_path)
        self.log = work / "dockerd.log"
        with self.log.open("w") as log:
            self.daemon = subprocess.Popen(
                ["dockerd", "--bridge=none", "--iptables=false", "--ip6tables=false",
                 "--storage-driver=vfs", "--init-path", self.init_path,
                 "--host", self.environment["DOCKER_HOST"], "--data-root", work / "docker",
                 "--exec-root", work / "docker-exec", "--pidfile", work / "docker.pid"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_for("dockerd to answer", self.answers)
            fill(work / "image", sexton)
            run_with_input(["docker", "import", "-", "image"], tar(work / "image"), self.environment)
        except BaseException:
            self.close()
            raise

    def answers(self):
        if self.daemon.poll() is not None:
            last = self.log.read_text().splitlines()[-3:]
            raise Failure("expected a running dockerd, found its end: " + " / ".join(last))
        asked = subprocess.run(["docker", "version"], env=self.environment, capture_output=True)
        return asked.returncode == 0

    def command(self, program, init=None, flag=False, terminal=False, stops=True, options=()):
        before = ["docker", "run", "--rm", "--name", "it", "--network=none", *options]
        before += ["--init"] * flag + ["-it"] * terminal
        inside = ["--entrypoint", f"/{init}", "image", "--", *program] if init else ["image", *program]
        return before + inside

    def kill(self, number):
        run("docker", "kill", "-s", str(number), "it", env=self.environment)

    def stop(self):
        run("docker", "stop", "-t", "20", "it", env=self.environment)

    def clean(self):
        subprocess.run(["docker", "rm", "-f", "it"], env=self.environment, capture_output=True)

    def close(self):
        if self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGTERM)
            try:
                self.daemon.wait(30)
            except subprocess.TimeoutExpired:
                self.daemon.kill()

    def info_names_the_init(self):
        info = json.loads(run("docker", "info", "--format", "{{json .}}", env=self.environment))
        expect("the init binary", str(self.init_path), info["InitBinary"])
        said = run(self.init_path, "--version")
        commit = re.search(r" - git\.([0-9a-f]+)$", said.strip())
        expect("the init's commit", commit[1] if commit else "", info["InitCommit"]["ID"])
        shown = json.loads(run("docker", "version", "--format", "{{json .Server.Components}}",
                               env=self.environment))
        [init] = [part for part in shown if part["Name"] == "docker-init"]
        expect("the init's version", re.match(r"tini version (\S+)", said)[1], init["Version"])
        warned = [line for line in self.log.read_text().splitlines()
                  if "level=warning" in line and "docker-init" in line]
        expect("warnings about the init", [], warned)

    def checks(self):
        flag = {"flag": True}
        yield "docker info", self.info_names_the_init
        # The name docker-init makes it tini: signals to the child, and no stop.
        yield from checks_of(self, "run --init", dropped=(21, 22), stops=False, missing=127, **flag)
        for name in NAMES:
            yield from checks_of(self, f"ENTRYPOINT {name}", init=name, **by_name(name))
        for name in ("sexton", "dumb-init", "tini", "catatonit"):
            nested = by_name(name) | {"stops": False, "dropped": (20, 21, 22)}
            checks = checks_of(self, f"run --init, ENTRYPOINT {name}", init=name, **nested, **flag)
            # Where another init has the terminal, dumb-init's child has none.
            yield from (check for check in checks if name != "dumb-init" or "job control" not in check[0])


def by_name(name):
    """How containers differ by the name that init has in them."""
    if name == "dumb-init":
        return {"missing": 2}
    if name == "sexton":
        return {"missing": 127}
    missing = 1 if name in ("catatonit", "podman-init") else 127
    return {"dropped": (21, 22), "stops": False, "missing": missing}


def checks_of(engine, title, missing, dropped=(), **how):
    yield f"{title}: exit codes", lambda: scenarios.exit_codes(engine, **how)
    yield f"{title}: a missing program", lambda: scenarios.a_missing_program(engine, missing, **how)
    yield f"{title}: a graceful stop", lambda: scenarios.a_graceful_stop(engine, **how)
    yield f"{title}: every signal arrives", lambda: scenarios.every_signal_arrives(
        engine, dropped, **how)
    yield f"{title}: orphans are reaped", lambda: scenarios.orphans_are_reaped(engine, **how)
    yield f"{title}: job control", lambda: scenarios.job_control(engine, **how)


def run_with_input(command, text, environment):
    done = subprocess.run(command, input=text, env=environment, capture_output=True)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}: {done.stderr.decode().strip()}")
