"""Disks for a test: a small ext4 of its own, which loses its power, goes wrong and becomes full."""
import errno
import fcntl
import os
import shutil
import struct
import subprocess
import tempfile

from harness import Skip, need, until

FS_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2


class Disk:
    """ext4 on a loop device, mounted at `path`."""

    def __init__(self, mib=32):
        if os.geteuid() != 0:
            raise Skip("only root can mount a file system")
        need("mount", "umount", "mke2fs")
        self.dir = tempfile.mkdtemp(prefix="tocsin-disk-")
        self.image = os.path.join(self.dir, "image")
        self.path = os.path.join(self.dir, "disk")
        self.ballast = os.path.join(self.path, "ballast")
        os.mkdir(self.path)
        with open(self.image, "wb") as f:
            f.truncate(mib << 20)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-m", "0", self.image], check=True)
        self.mounted = False
        try:
            self.mount()
        except Skip:
            shutil.rmtree(self.dir)
            raise

    def mount(self):
        done = subprocess.run(["mount", "-o", "loop", self.image, self.path], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Skip(f"nothing can be mounted here: {done.stderr.strip()}")
        self.mounted = True

    def umount(self):
        """Once the last of those who were killed has let go of it."""
        if self.mounted:
            until(lambda: subprocess.run(["umount", self.path], stderr=subprocess.DEVNULL, check=False).returncode == 0,
                  "the disk is unmounted")
        self.mounted = False

    def lose_power(self):
        """What was not brought to the disk is gone, and nothing reaches it any more."""
        fd = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(fd, FS_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(fd)

    def remount(self):
        """While another mount namespace that was made meanwhile still has it, what comes back is as it was."""
        def is_anew():
            self.umount()
            self.mount()
            return not self.is_read_only()
        until(is_anew, "the disk is mounted anew")

    def go_wrong(self):
        """As ext4 does on an error with errors=remount-ro: read-only from now on, until it is mounted anew."""
        subprocess.run(["mount", "-o", "remount,abort", self.path], check=True)
        until(self.is_read_only, "the disk is read-only")

    def is_read_only(self):
        """Newer kernels do not say so in the file system's flags."""
        try:
            probe = os.path.join(self.path, "probe")
            os.close(os.open(probe, os.O_CREAT | os.O_WRONLY, 0o600))
            os.unlink(probe)
            return False
        except OSError as error:
            return error.errno == errno.EROFS

    def fill(self):
        """Down to the last block."""
        with open(self.ballast, "ab", buffering=0) as f:
            for size in (1 << 20, 1 << 12):
                try:
                    while f.write(b"x" * size):
                        pass
                except OSError:
                    pass

    def empty(self):
        os.unlink(self.ballast)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.umount()
        shutil.rmtree(self.dir)
