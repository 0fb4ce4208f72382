"""runc and crun: containers from bundles, no daemon, and no init of their own."""

import json
import os
import subprocess

from common import NAMES, fill, need, run
from docker import by_name, checks_of


class Runtime:
    def __init__(self, work, sexton):
        need(self.name, self.name)
        self.environment = os.environ
        self.runtime = [*self.prefix, self.name, *self.options, "--root", str(work / "state")]
        self.bundle = work / "bundle"
        fill(self.bundle / "rootfs", sexton)
        run(self.name, "spec", cwd=self.bundle)
        self.spec = json.loads((self.bundle / "config.json").read_text())
        run(*self.command(["true"], init="sexton"))

    def command(self, program, init, terminal=False, stops=True):
        self.spec["process"]["terminal"] = terminal
        self.spec["process"]["args"] = [f"/{init}", "--", *program]
        # Limits that a sandbox may refuse to set have nothing to do with init.
        self.spec["process"].pop("rlimits", None)
        self.spec["root"] = {"path": "rootfs", "readonly": True}
        self.spec["mounts"] = [m for m in self.spec["mounts"] if m["type"] != "cgroup"]
        (self.bundle / "config.json").write_text(json.dumps(self.spec))
        return [*self.runtime, "run", "--bundle", self.bundle, "it"]

    def kill(self, number):
        run(*self.runtime, "kill", "it", str(number))

    def stop(self):
        self.kill(15)

    def clean(self):
        subprocess.run([*self.runtime, "delete", "--force", "it"], capture_output=True)

    def close(self):
        self.clean()

    def checks(self):
        for name in NAMES:
            yield from checks_of(self, f"as {name}", init=name, **by_name(name))


class Runc(Runtime):
    name = "runc"
    prefix = options = ()


class Crun(Runtime):
    name = "crun"
    # It does not know hosts with both kinds of cgroups: it sees only one.
    prefix = ("unshare", "--mount", "sh", "-c", "[ ! -d /sys/fs/cgroup/unified ] || "
              "mount --bind /sys/fs/cgroup/unified /sys/fs/cgroup; exec \"$@\"", "sh")
    options = ("--cgroup-manager=disabled",)
