"""podman, with its own init flag, and a pod whose pause container is sexton."""

import os
import shutil
import subprocess

from common import NAMES, expect, fill, need, run, tar, wait_for
from docker import by_name, checks_of, run_with_input


# Low limits, for podman would raise them, which a sandbox may refuse.
CONFIGURATION = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
"""


class Podman:
    name = "podman"

    def __init__(self, work, sexton):
        need("podman", "podman")
        need("runc", "runc")
        (work / "containers.conf").write_text(CONFIGURATION)
        self.environment = os.environ | {
            "TMPDIR": str(work), "CONTAINERS_CONF": str(work / "containers.conf")}
        # What podman mounts as /run/podman-init, and so runs under that name.
        self.init_path = work / "podman-init"
        shutil.copy(sexton, self.init_path)
        self.podman = ["podman", "--root", str(work / "storage"), "--runroot", str(work / "run"),
                       "--tmpdir", str(work / "tmp"), "--storage-driver=vfs", "--runtime=runc",
                       "--cgroup-manager=cgroupfs", "--events-backend=none"]
        fill(work / "image", sexton)
        run_with_input([*self.podman, "import", "-", "image"], tar(work / "image"), self.environment)
        run(*self.command(["true"], init="sexton"), env=self.environment)

    def command(self, program, init=None, flag=False, terminal=False, stops=True):
        before = [*self.podman, "run", "--rm", "--name", "it", "--network=none"]
        before += ["--init", f"--init-path={self.init_path}"] * flag + ["-it"] * terminal
        inside = ["--entrypoint", f"/{init}", "image", "--", *program] if init else ["image", *program]
        return before + inside

    def kill(self, number):
        run(*self.podman, "kill", "-s", str(number), "it", env=self.environment)

    def stop(self):
        run(*self.podman, "stop", "-t", "20", "it", env=self.environment)

    def clean(self):
        subprocess.run([*self.podman, "rm", "-f", "it"], env=self.environment, capture_output=True)

    def close(self):
        subprocess.run([*self.podman, "pod", "rm", "-f", "-a"], env=self.environment, capture_output=True)
        self.clean()

    def a_pod_is_held_and_ended(self):
        run(*self.podman, "pod", "create", "--name", "pod", "--network=none", "--infra-image=image",
            "--infra-command=/catatonit -P", env=self.environment)
        run(*self.podman, "run", "--rm", "--pod", "pod", "image", "sh", "-c", "exit 3",
            code=3, env=self.environment)
        [infra] = run(*self.podman, "ps", "-a", "--filter", "pod=pod", "--format", "{{.Pid}}",
                      env=self.environment).split()
        wait_for("the pause process", lambda: os.readlink(f"/proc/{infra}/exe").endswith("/catatonit"))
        run(*self.podman, "pod", "stop", "-t", "20", "pod", env=self.environment)
        codes = run(*self.podman, "ps", "-a", "--filter", "pod=pod", "--format", "{{.ExitCode}}",
                    env=self.environment).split()
        expect("the pause container's exit code", ["0"], codes)

    def checks(self):
        yield from checks_of(self, "run --init", dropped=(21, 22), stops=False, missing=1, flag=True)
        for name in NAMES:
            yield from checks_of(self, f"ENTRYPOINT {name}", init=name, **by_name(name))
        yield "pod", self.a_pod_is_held_and_ended
